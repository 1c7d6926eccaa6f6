import System

/// A thread whose sign of life the hot thread looks at.
struct WatchedThread {
  enum Name: Sendable {
    case doorkeeper, programs, devices, broker, control, keeper, outbox, door, models
  }

  let name: Name
  let heartbeat: Heartbeat

  /// A thread that has not gone round for so long hangs.
  var limitNanoseconds: Int64 {
    switch name {
    // None waits longer than a second by intent; a driver may take a while to open a device.
    case .doorkeeper, .programs, .devices, .broker, .control, .door: 15_000_000_000
    // A worn SD card stops for half a minute and goes on.
    case .keeper, .outbox: 60_000_000_000
    // It runs the golden vectors of a new version, which may be slow.
    case .models: 600_000_000_000
    }
  }

  /// Whether systemd has to restart the agent when it hangs. Alerts need no disk, no broker and no
  /// new version.
  var isVital: Bool {
    switch name {
    case .doorkeeper, .programs, .devices: true
    case .broker, .control, .keeper, .outbox, .door, .models: false
    }
  }
}
