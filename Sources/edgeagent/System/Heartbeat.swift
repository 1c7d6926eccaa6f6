import Synchronization

/// When a thread last went round its loop, for the watchdog.
final class Heartbeat: Sendable {
  private let time = Atomic<Int64>(Clock.boot())

  func beat() { time.store(Clock.boot(), ordering: .relaxed) }

  /// CLOCK_BOOTTIME in nanoseconds.
  var last: Int64 { time.load(ordering: .relaxed) }
}
