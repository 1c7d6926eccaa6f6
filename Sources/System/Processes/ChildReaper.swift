import CPlatform
import Synchronization

/// Children that were killed and have not ended: they hang in the Linux kernel, for example on a
/// dead disk. Nobody waits for them; each later look takes those that have ended meanwhile, so that
/// no zombie stays.
package final class ChildReaper: Sendable {
  package static let shared = ChildReaper()

  /// More than programs can run at once; if so many hang, the board is broken.
  package static let childrenMax = 32

  private let places: [Place] = (0..<childrenMax).map { _ in Place() }

  private final class Place: Sendable {
    /// 0: free.
    let child = Atomic<Int32>(0)
  }

  package init() {}

  /// False while every place has a child that does not end.
  package var hasRoom: Bool {
    reap()
    return places.contains { $0.child.load(ordering: .relaxed) == 0 }
  }

  /// Leaves a child here. Without room it is forgotten: it stays a zombie once it has ended.
  package func take(_ child: pid_t) {
    for place in places {
      let (isTaken, _) = place.child.compareExchange(
        expected: 0, desired: child, ordering: .acquiringAndReleasing)
      if isTaken { return }
    }
  }

  /// Looks at every child once; never waits.
  package func reap() {
    for place in places where place.child.load(ordering: .relaxed) != 0 {
      // Out of its place while this thread looks: once it has been waited for, its number may
      // belong to another child.
      let child = place.child.exchange(0, ordering: .acquiringAndReleasing)
      guard child != 0 else { continue }
      if uninterrupted({ waitpid(child, nil, WNOHANG) }) == 0 { take(child) }
    }
  }

  /// Children that have not ended, as far as the last look knows.
  package var count: Int {
    places.count { $0.child.load(ordering: .relaxed) != 0 }
  }
}
