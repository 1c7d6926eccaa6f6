import Synchronization
import System

/// The hot thread's end of the way to one slow output: a ring of fixed size, and behind it for each
/// alert the first untold raise and the newest event. So an output that stands still hears of every
/// alert that called, however long it does.
final class OutputInlet: @unchecked Sendable {
  private let ring = Ring<QueuedEvent>(capacity: OutputLimits.eventsWaitingMax)
  let wakeup = Wakeup()
  /// Of each alert, what the ring had no room for. The hot thread's alone.
  private var backlog: [PendingAlert]
  private let backlogCount = Atomic<Int>(0)

  init(alertCount: Int) { backlog = Array(repeating: PendingAlert(), count: alertCount) }

  static func byteCount(alertCount: Int) -> Int {
    Ring<QueuedEvent>.byteCount(OutputLimits.eventsWaitingMax)
      + alertCount * MemoryLayout<PendingAlert>.stride
  }

  // MARK: the hot thread's side

  /// Hot.
  func put(_ event: AlertEvent) {
    let queued = QueuedEvent(event: event)
    // An alert's events keep their order: while one waits here, the next one does too.
    guard backlog[event.alert].isEmpty, ring.put(queued) else {
      if backlog[event.alert].isEmpty { backlogCount.add(1, ordering: .relaxed) }
      return backlog[event.alert].put(queued)
    }
    wakeup.wake()
  }

  /// Hot: gives the ring what waits behind it. Costs nothing where nothing waits, and while there
  /// is no room: the output was woken by what fills the ring.
  func tick() {
    guard isBehind, ring.hasRoom else { return }
    for alert in backlog.indices {
      while ring.hasRoom, let queued = backlog[alert].take() {
        _ = ring.put(queued)
        if backlog[alert].isEmpty { backlogCount.subtract(1, ordering: .releasing) }
      }
    }
    wakeup.wake()
  }

  /// Events wait behind the ring: `tick` is due soon.
  var isBehind: Bool { backlogCount.load(ordering: .acquiring) > 0 }

  // MARK: the output's side

  func take() -> QueuedEvent? { ring.take() }
}
