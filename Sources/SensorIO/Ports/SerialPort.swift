import CPlatform
import System

/// A serial device: raw, 8N1, for this program alone.
package enum SerialPort {
  /// Bits per second that every driver knows by name, ascending.
  package static let baudRates = speeds.map { $0.baud }

  /// Opens the device, makes it raw, checks that the driver took the settings, and drops the bytes
  /// that had arrived before. The line may still be in the middle of a frame: the framer must start
  /// at a boundary.
  ///
  /// The device is exclusive as far as Linux can do that. TIOCEXCL refuses later opens, except by
  /// root. The lock stops programs that ask for the lock. Neither stops a program that has the
  /// device open already.
  @export(interface)
  package static func open(path: String, baud: Int) throws(PortError) -> Descriptor {
    guard let speed = speeds.first(where: { $0.baud == baud }) else {
      throw .baudUnknown(baud: baud)
    }
    let descriptor: Descriptor
    let actual: TerminalSettings
    do throws(SystemError) {
      descriptor = try openExclusively(path: path)
      actual = try configure(descriptor, speed: speed.code)
    } catch {
      switch error.code {
      case ENOTTY, EISDIR: throw .notTerminal(path: path)
      case EAGAIN: throw .busy(path: path)
      default: throw .from(error, path: path)
      }
    }
    guard actual.isRaw, actual.speed == speed.code else {
      let baudNow = speeds.first { $0.code == actual.speed }?.baud ?? 0
      throw .settingsRefused(path: path, baud: baud, actual: baudNow)
    }
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
    _ descriptor: Descriptor, speed: speed_t
  ) throws(SystemError) -> TerminalSettings {
    var settings = try TerminalSettings(of: descriptor)
    settings.makeRaw()
    settings.setSpeed(speed)
    try settings.apply(to: descriptor)
    guard tcflush(descriptor.raw, TCIFLUSH) == 0 else { throw .last(.tcflush) }
    return try TerminalSettings(of: descriptor)
  }

  private static let speeds: [(baud: Int, code: speed_t)] = [
    (1200, speed_t(B1200)), (2400, speed_t(B2400)), (4800, speed_t(B4800)),
    (9600, speed_t(B9600)), (19200, speed_t(B19200)), (38400, speed_t(B38400)),
    (57600, speed_t(B57600)), (115_200, speed_t(B115200)), (230_400, speed_t(B230400)),
    (460_800, speed_t(B460800)), (500_000, speed_t(B500000)), (576_000, speed_t(B576000)),
    (921_600, speed_t(B921600)), (1_000_000, speed_t(B1000000)),
    (1_152_000, speed_t(B1152000)), (1_500_000, speed_t(B1500000)),
    (2_000_000, speed_t(B2000000)), (2_500_000, speed_t(B2500000)),
    (3_000_000, speed_t(B3000000)), (3_500_000, speed_t(B3500000)),
    (4_000_000, speed_t(B4000000)),
  ]
}
