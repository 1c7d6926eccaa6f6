import Synchronization

/// The time of a thread's latest round of its loop, for the watchdog.
package final class Heartbeat: Sendable {
  private let time = Atomic<Int64>(Clock.boot())

  package init() {}

  package func beat() { time.store(Clock.boot(), ordering: .relaxed) }

  /// CLOCK_BOOTTIME in nanoseconds.
  package var last: Int64 { time.load(ordering: .relaxed) }
}
