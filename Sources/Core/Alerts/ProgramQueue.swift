import Synchronization
import System

/// The hot thread's end of the way to the programs of alerts: a ring of fixed size, and a count of
/// the alerts whose programs have not ended.
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

  // MARK: the programs' side

  func take() -> AlertEvent? { ring.take() }

  /// The programs of an alert that was taken have ended.
  func finished() { unfinishedCount.subtract(1, ordering: .releasing) }

  /// Alerts that were put here and whose programs have not ended.
  var unfinished: Int { unfinishedCount.load(ordering: .acquiring) }
}
