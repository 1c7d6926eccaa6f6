import CPlatform
import Synchronization

/// How one thread asks another to stop, and hears that it has.
package final class StopSign: Sendable {
  private let wakeup: Wakeup
  private let time = Atomic<Int64>(.max)
  private let isObeyed = Atomic<Bool>(false)

  /// - Parameter wakeup: what the thread waits for between its rounds.
  package init(_ wakeup: Wakeup) { self.wakeup = wakeup }

  // MARK: who asks

  /// The thread is to stop. It may work until that time, CLOCK_BOOTTIME in nanoseconds.
  package func ask(until time: Int64) {
    self.time.store(time, ordering: .releasing)
    wakeup.wake()
  }

  /// The thread has ended: what it had is the asker's.
  package var hasStopped: Bool { isObeyed.load(ordering: .acquiring) }

  /// Asks, and waits until the thread has stopped or that time is over.
  ///
  /// - Returns: false where the thread has not stopped.
  package func stop(until time: Int64) -> Bool {
    ask(until: time)
    while !hasStopped {
      guard Clock.boot() < time else { return false }
      usleep(1_000)
    }
    return true
  }

  // MARK: the thread

  /// Until when the thread may work; nil while nobody has asked it to stop. Ask before taking what
  /// waits: all that was there at the time of asking is then taken.
  package var deadline: Int64? {
    let time = time.load(ordering: .acquiring)
    return time == .max ? nil : time
  }

  /// The thread's last act.
  package func obey() { isObeyed.store(true, ordering: .releasing) }
}
