/// Something short to do during a long wait. The code that waits gets it, and does a step of it now
/// and then.
package protocol Interlude: AnyObject {
  func step()
}
