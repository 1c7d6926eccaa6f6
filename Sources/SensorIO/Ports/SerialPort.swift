import CPlatform
import System

/// A serial device: raw, for this program alone.
package enum SerialPort {
  /// Opens the device, makes it raw, checks that the driver took the settings, and drops the bytes
  /// that had arrived before. The line may still be in the middle of a frame: the framer must start
  /// at a boundary.
  ///
  /// The device is exclusive as far as Linux can do that. TIOCEXCL refuses later opens, except by
  /// root. The lock stops programs that ask for the lock. Neither stops a program that has the
  /// device open already.
  @export(interface)
  package static func open(
    path: String, _ line: SerialSettings = SerialSettings()
  ) throws(PortError) -> Descriptor {
    guard SerialSettings.baudRange.contains(line.baud) else { throw .baudUnknown(baud: line.baud) }
    let descriptor: Descriptor
    let actual: TerminalSettings
    do throws(SystemError) {
      descriptor = try openExclusively(path: path)
      actual = try configure(descriptor, line)
    } catch {
      switch error.code {
      case ENOTTY, EISDIR: throw .notTerminal(path: path)
      case EAGAIN: throw .busy(path: path)
      default: throw .from(error, path: path)
      }
    }
    // Receivers stand a departure of 2 to 3 %.
    let baud = actual.baud ?? 0
    guard actual.isRaw(with: line), (baud - line.baud).magnitude <= line.baud.magnitude / 50 else {
      throw .settingsRefused(path: path, wanted: line, actual: baud)
    }
    if line.isRS485, cp_serial_rs485(descriptor.raw) != 0 { throw .noRS485(path: path) }
    // A wish: where the driver has no such setting, bytes come a little later.
    if line.isLowLatency { _ = cp_serial_low_latency(descriptor.raw) }
    return descriptor
  }

  private static func openExclusively(path: String) throws(SystemError) -> Descriptor {
    let opened = try openDescriptor(path: path, flags: O_RDWR)
    guard isatty(opened.raw) == 1 else { throw .last(.tcgetattr) }
    // The lock comes first: without it the agent must not change the flag and the settings of
    // another program.
    guard uninterrupted({ flock(opened.raw, LOCK_EX | LOCK_NB) }) == 0 else { throw .last(.flock) }
    guard cp_ioctl_none(opened.raw, UInt(CP_TIOCEXCL)) == 0 else { throw .last(.ioctl) }
    return try duplicate(opened.raw, isExclusive: true)
  }

  /// - Returns: the settings as the driver reports them afterwards: tcsetattr succeeds when any
  ///   one of its changes did.
  private static func configure(
    _ descriptor: Descriptor, _ line: SerialSettings
  ) throws(SystemError) -> TerminalSettings {
    var settings = try TerminalSettings(of: descriptor)
    settings.makeRaw()
    settings.set(line)
    try settings.apply(to: descriptor)
    guard tcflush(descriptor.raw, TCIFLUSH) == 0 else { throw .last(.tcflush) }
    return try TerminalSettings(of: descriptor)
  }
}
