/// Something short that is done while something long is waited for. It is given to what waits, which
/// does a step of it now and then.
package protocol Interlude: AnyObject {
  func step()
}
