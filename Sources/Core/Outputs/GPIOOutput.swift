import CPlatform
import Config
import System

/// One GPIO line: what it shows of all alerts that list it, driven by the hot thread's rounds.
///
/// A fail-safe line is energised (logically active) while the agent is well and nothing is to be
/// signalled. A signal, the agent's death and a cut wire all let the relay fall.
final class GPIOOutput {
  let output: Int
  private let settings: GPIOSettings
  private let handover: Handover<GPIOLine>
  private let keeperWakeup: Wakeup
  private let health: OutputHealth
  private var line: GPIOLine?
  private var shown = ShownSignal.off
  private var shownSince: Int64 = 0
  /// The level that the line has; nil until the first write to it.
  private var level: Bool?
  /// When the level was written last.
  private var writtenAt: Int64 = 0
  /// When `tick` has something to do, CLOCK_BOOTTIME in nanoseconds; `.max`: when a line arrives.
  private(set) var nextChange: Int64 = .max

  init(
    output: Int, _ settings: GPIOSettings, handover: Handover<GPIOLine>, keeperWakeup: Wakeup,
    health: OutputHealth
  ) {
    (self.output, self.settings, self.handover) = (output, settings, handover)
    (self.keeperWakeup, self.health) = (keeperWakeup, health)
  }

  /// What an alert's signal is for this output.
  func shown(for signal: OutputSignal) -> ShownSignal {
    ShownSignal(signal, role: settings.role, pattern: settings.pattern)
  }

  var role: SignalRole { settings.role }

  /// Hot: shows that from now on. A pattern that goes on does not begin anew.
  func show(_ signal: ShownSignal, at now: Int64) {
    if signal != shown { (shown, shownSince) = (signal, now) }
    adopt()
    drive(at: now)
  }

  /// Hot: takes over a line that was opened, and follows the pattern. Where neither is due it costs
  /// two looks.
  func tick(at now: Int64) {
    if adopt() || now >= nextChange { drive(at: now) }
  }

  /// Gives the line the level that is due.
  private func drive(at now: Int64) {
    let moment = moment(at: now)
    let wanted = moment.isOn != settings.isFailSafe
    if let line, level != wanted || now >= writtenAt + OutputLimits.gpioProofNanoseconds {
      write(wanted, to: line, at: now)
    }
    nextChange =
      line == nil
      ? .max : min(moment.nextChange, writtenAt + OutputLimits.gpioProofNanoseconds)
  }

  /// At the end of the process, after the last `tick`: the line becomes inactive, as
  /// `outputs off` leaves it. That command reads the configuration anew: where a person has broken
  /// it, or has given another line, only the agent still knows this line.
  func end() {
    adopt()
    _ = line?.set(false)
    nextChange = .max
  }

  /// - Returns: true when a line came.
  @discardableResult
  private func adopt() -> Bool {
    guard let opened = handover.adopt() else { return false }
    (line, level) = (opened, nil)
    return true
  }

  private func moment(at now: Int64) -> SignalPattern.Moment {
    guard let pattern = shown.pattern else {
      return SignalPattern.Moment(isOn: false, nextChange: .max)
    }
    var moment = SignalPattern.moment(pattern, shown.severity, elapsed: now - shownSince)
    let (time, hasOverflowed) = moment.nextChange.addingReportingOverflow(shownSince)
    moment.nextChange = hasOverflowed ? .max : time
    return moment
  }

  private func write(_ wanted: Bool, to line: GPIOLine, at now: Int64) {
    guard line.set(wanted) == 0 else {
      health.failed(output)
      self.line = nil
      level = nil
      handover.giveBack(line)
      return keeperWakeup.wake()
    }
    (level, writtenAt) = (wanted, now)
    health.well(output)
  }

  /// Cold: the door through which the keeper opens this line. It begins as if there were nothing to
  /// signal.
  static func door(
    output: Int, name: String, _ settings: GPIOSettings, handover: Handover<GPIOLine>,
    health: OutputHealth, driver: GPIODriver
  ) -> DeviceDoor<GPIOLine> {
    DeviceDoor(output: output, name: name, handover: handover, health: health) {
      () throws(DeviceFault) in
      do throws(GPIOError) {
        return try GPIOLine(settings.address, level: settings.isFailSafe, driver: driver)
      } catch {
        throw DeviceFault(message: error.message)
      }
    }
  }
}

extension GPIOSettings {
  var address: GPIOAddress { GPIOAddress(chip: chip, line: line, isActiveLow: isActiveLow) }
}
