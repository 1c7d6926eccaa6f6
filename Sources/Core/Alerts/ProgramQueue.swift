import Synchronization
import System

/// The hot thread's end of the way to the commands of alerts: a ring of fixed size, and a count of
/// what is not through with its commands.
final class ProgramQueue: @unchecked Sendable {
  private let ring = Ring<AlertEvent>(capacity: PipelineLimits.programsWaitingMax)
  let wakeup = Wakeup()
  static let byteCount = Ring<AlertEvent>.byteCount(PipelineLimits.programsWaitingMax)

  private let unfinishedCount = Atomic<Int>(0)

  /// Hot: from the hot thread. False when the queue is full.
  func put(_ event: AlertEvent) -> Bool {
    // Counted first: it must not be finished before it is counted.
    unfinishedCount.add(1, ordering: .relaxed)
    guard ring.put(event) else {
      unfinishedCount.subtract(1, ordering: .relaxed)
      return false
    }
    wakeup.wake()
    return true
  }

  // MARK: the commands' side

  func take() -> AlertEvent? { ring.take() }

  /// The commands of an alert that was taken have ended.
  func finished() { unfinishedCount.subtract(1, ordering: .releasing) }

  /// Alerts put and not yet through with their commands.
  var unfinished: Int { unfinishedCount.load(ordering: .acquiring) }
}
