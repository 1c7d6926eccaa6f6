import CPlatform
import Config
import SensorIO
import System

/// Opens and closes the devices of outputs for the hot thread: GPIO lines and serial lines. A
/// device that vanishes is tried again; nothing else waits for it.
final class OutputKeeper: @unchecked Sendable {
  let heartbeat = Heartbeat()
  /// The hot thread wakes it when a device comes back.
  let wakeup: Wakeup
  private let hotWakeup: Wakeup
  private let lines: [DeviceDoor<GPIOLine>]
  private let ports: [DeviceDoor<Descriptor>]

  init(
    lines: [DeviceDoor<GPIOLine>], ports: [DeviceDoor<Descriptor>], wakeup: Wakeup,
    hotWakeup: Wakeup
  ) {
    (self.lines, self.ports) = (lines, ports)
    (self.wakeup, self.hotWakeup) = (wakeup, hotWakeup)
  }

  var isNeeded: Bool { !lines.isEmpty || !ports.isEmpty }

  /// Tries what is due. At start the main thread calls it once, so that outputs work from READY on;
  /// then only the keeper's thread does.
  ///
  /// - Returns: when something is due again.
  @discardableResult
  func step(at now: Int64) -> Int64 {
    var due = now + OutputLimits.roundNanoseconds
    var hasOpened = false
    func note(_ step: DeviceStep) {
      switch step {
      case .held: break
      case .opened: hasOpened = true
      case .closed(let retryAt): due = min(due, retryAt)
      }
    }
    for door in lines { note(door.step(at: now)) }
    for door in ports { note(door.step(at: now)) }
    if hasOpened { hotWakeup.wake() }
    return due
  }

  /// The thread's body.
  func run() {
    while true {
      heartbeat.beat()
      let due = step(at: Clock.boot())
      wakeup.wait(milliseconds: Int32(max(0, due - Clock.boot()) / 1_000_000) + 1)
      wakeup.clear()
    }
  }
}
