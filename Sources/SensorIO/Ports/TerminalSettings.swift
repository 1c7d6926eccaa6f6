import CPlatform
import System

/// A terminal's settings: read from it, changed, and written back.
struct TerminalSettings {
  private var settings = cp_terminal()

  init(of descriptor: Descriptor) throws(SystemError) {
    guard cp_terminal_get(descriptor.raw, &settings) == 0 else { throw .last(.tcgetattr) }
  }

  func apply(to descriptor: Descriptor) throws(SystemError) {
    var copy = settings
    guard uninterrupted({ cp_terminal_set(descriptor.raw, &copy) }) == 0 else {
      throw .last(.tcsetattr)
    }
  }

  /// Lets bytes pass unchanged: termios(3) `cfmakeraw`, no flow control by software.
  mutating func makeRaw() {
    settings.input &= ~Self.inputChanges
    settings.output &= ~UInt32(OPOST)
    settings.local &= ~Self.localChanges
    // HUPCL is off, because it drops a line at close, and boards like the Arduino take that for a
    // reset. CLOCAL: a line with three wires has no carrier to wait for.
    settings.control &= ~(UInt32(HUPCL) | Self.formBits)
    settings.control |= UInt32(CS8 | CLOCAL | CREAD)
    // With VMIN = 0 a read of an idle line returns 0, like a read of an unplugged line. With VMIN =
    // 1 a read of an idle line gives EAGAIN.
    (settings.minimum, settings.time) = (1, 0)
  }

  /// Sets rate, form and flow. Call `makeRaw` before.
  mutating func set(_ line: SerialSettings) {
    settings.control = settings.control & ~Self.formBits | Self.form(of: line)
    settings.control &= ~(CP_CBAUD | CP_CIBAUD)
    settings.control |= Self.names.first { $0.baud == line.baud }?.code ?? CP_BOTHER
    settings.in_speed = UInt32(clamping: line.baud)
    settings.out_speed = UInt32(clamping: line.baud)
  }

  /// Bits per second in both directions; nil when they differ. A rate's name counts more than its
  /// number, which an emulator of user space does not give.
  var baud: Int? {
    let code = settings.control & CP_CBAUD
    if let name = Self.names.first(where: { $0.code == code }), settings.control & CP_CIBAUD == 0 {
      return name.baud
    }
    return settings.in_speed == settings.out_speed ? Int(settings.out_speed) : nil
  }

  /// True when the driver changes, drops and adds no byte between the wire and `read`, and the
  /// characters have the form that was asked for.
  func isRaw(with line: SerialSettings) -> Bool {
    settings.input & Self.inputChanges == 0 && settings.output & UInt32(OPOST) == 0
      && settings.local & Self.localChanges == 0
      && settings.control & Self.formBits == Self.form(of: line)
  }

  private static let inputChanges = UInt32(
    IGNBRK | BRKINT | PARMRK | INPCK | ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXOFF | IXANY)
  private static let localChanges = UInt32(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
  private static let formBits =
    UInt32(CSIZE | PARENB | PARODD | CSTOPB) | CP_CMSPAR | CP_CRTSCTS

  private static func form(of line: SerialSettings) -> UInt32 {
    var bits = UInt32(line.dataBits == 7 ? CS7 : CS8)
    switch line.parity {
    case .none: break
    case .even: bits |= UInt32(PARENB)
    case .odd: bits |= UInt32(PARENB | PARODD)
    case .mark: bits |= UInt32(PARENB | PARODD) | CP_CMSPAR
    case .space: bits |= UInt32(PARENB) | CP_CMSPAR
    }
    if line.stopBits == 2 { bits |= UInt32(CSTOPB) }
    if line.flow == .rtsCts { bits |= CP_CRTSCTS }
    return bits
  }

  /// Rates with a name of their own. Other programs that look at the line know these only.
  static let names: [(baud: Int, code: UInt32)] = [
    (50, 1), (75, 2), (110, 3), (134, 4), (150, 5), (200, 6), (300, 7), (600, 8), (1200, 9),
    (1800, 10), (2400, 11), (4800, 12), (9600, 13), (19_200, 14), (38_400, 15),
    (57_600, 0x1001), (115_200, 0x1002), (230_400, 0x1003), (460_800, 0x1004),
    (500_000, 0x1005), (576_000, 0x1006), (921_600, 0x1007), (1_000_000, 0x1008),
    (1_152_000, 0x1009), (1_500_000, 0x100A), (2_000_000, 0x100B), (2_500_000, 0x100C),
    (3_000_000, 0x100D), (3_500_000, 0x100E), (4_000_000, 0x100F),
  ]
}
