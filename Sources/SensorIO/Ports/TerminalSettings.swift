import CPlatform
import System

/// A terminal's settings: read from it, changed, and written back.
struct TerminalSettings {
  private var settings = termios()

  init(of descriptor: Descriptor) throws(SystemError) {
    guard tcgetattr(descriptor.raw, &settings) == 0 else { throw .last(.tcgetattr) }
  }

  func apply(to descriptor: Descriptor) throws(SystemError) {
    var copy = settings
    guard uninterrupted({ tcsetattr(descriptor.raw, TCSANOW, &copy) }) == 0 else {
      throw .last(.tcsetattr)
    }
  }

  /// Lets bytes pass unchanged: termios(3) `cfmakeraw`, 8N1, no flow control by software or
  /// hardware.
  mutating func makeRaw() {
    cfmakeraw(&settings)
    settings.c_iflag &= ~flag(IXOFF | IXANY)
    settings.c_cflag &= ~(flag(CSTOPB | HUPCL) | tcflag_t(CP_CRTSCTS))
    // CLOCAL: a line with three wires has no carrier to wait for. HUPCL is off, because it drops a
    // line at close, and boards like the Arduino take that for a reset.
    settings.c_cflag |= flag(CLOCAL | CREAD)
    // With VMIN = 0 a read of an idle line returns 0, like a read of an unplugged line. With VMIN =
    // 1 a read of an idle line gives EAGAIN.
    withUnsafeMutableBytes(of: &settings.c_cc) { characters in
      characters[Int(VMIN)] = 1
      characters[Int(VTIME)] = 0
    }
  }

  /// True when the driver changes, drops and adds no byte between the wire and `read`.
  var isRaw: Bool {
    let input = flag(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXOFF)
    let local = flag(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
    return settings.c_iflag & input == 0 && settings.c_oflag & flag(OPOST) == 0
      && settings.c_lflag & local == 0
      && settings.c_cflag & flag(CSIZE | PARENB | CSTOPB) == flag(CS8)
      && settings.c_cflag & tcflag_t(CP_CRTSCTS) == 0
  }

  /// Sets the speed of both directions, as a `B…` code.
  mutating func setSpeed(_ speed: speed_t) {
    cfsetispeed(&settings, speed)
    cfsetospeed(&settings, speed)
  }

  /// The `B…` code of both directions; nil when they differ.
  var speed: speed_t? {
    var copy = settings
    let (input, output) = (cfgetispeed(&copy), cfgetospeed(&copy))
    return input == output ? input : nil
  }
}

/// The headers' flags are signed in one of the two Swift builds (ordinary, Embedded) and unsigned
/// in the other.
private func flag(_ bits: some BinaryInteger) -> tcflag_t { tcflag_t(truncatingIfNeeded: bits) }
