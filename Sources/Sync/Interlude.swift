/// Work in short steps that goes on during a long wait. The code that waits calls `step` about once
/// a second.
package protocol Interlude: AnyObject {
  func step()
}
