import System

/// Why a device did not open, in words.
struct DeviceFault: Error, Equatable {
  let message: String
}

/// The keeper's view of one device: whether the hot thread has it, and when it is tried again. Like
/// the doorkeeper it says so once per reason.
final class DeviceDoor<Device: Sendable> {
  private let output: Int
  private let name: String
  private let handover: Handover<Device>
  private let health: OutputHealth
  private let open: () throws(DeviceFault) -> Device
  /// Nil while the hot thread has the device.
  private var retryAt: Int64? = 0
  private var pause = RetryPause(OutputLimits.openRetryNanoseconds)
  private var reason: DeviceFault?
  private var openedAt: Int64 = 0

  init(
    output: Int, name: String, handover: Handover<Device>, health: OutputHealth,
    open: @escaping () throws(DeviceFault) -> Device
  ) {
    (self.output, self.name) = (output, name)
    (self.handover, self.health, self.open) = (handover, health, open)
  }

  /// Closes what came back, and tries to open what is due.
  func step(at now: Int64) -> DeviceStep {
    if handover.takeBack() != nil {
      Log.write(.error, "output \(name): lost; trying again")
      // A device that opens and fails at once is no better than one that does not open.
      let wasBrief = now - openedAt < OutputLimits.openRetryNanoseconds.upperBound
      if !wasBrief { pause.reset() }
      retryAt = now + pause.next()
      reason = DeviceFault(message: "")
    }
    guard let retryAt else { return .held }
    guard retryAt <= now else { return .closed(retryAt: retryAt) }
    do throws(DeviceFault) {
      let device = try open()
      if reason != nil { Log.write(.notice, "output \(name): works") }
      (self.retryAt, reason, openedAt) = (nil, nil, now)
      handover.give(device)
      return .opened
    } catch {
      if error != reason { Log.write(.error, "output \(name): \(error.message); trying again") }
      reason = error
      health.failed(output)
      let next = now + pause.next()
      self.retryAt = next
      return .closed(retryAt: next)
    }
  }
}

/// What came of one look at a device.
enum DeviceStep: Equatable {
  /// The hot thread has it.
  case held
  /// It has just been handed over.
  case opened
  case closed(retryAt: Int64)
}
