/// Work in short steps that goes on during a long wait. The code that waits calls `step` about once
/// a second.
package protocol Interlude: AnyObject {
  func step()

  /// What waits has to end, because the work needs its place: an exchange is cancelled then.
  var endsWaiting: Bool { get }
}

extension Interlude {
  package var endsWaiting: Bool { false }
}
