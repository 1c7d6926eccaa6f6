import CPlatform
import System

/// A terminal's settings as read from it, changed, and written back.
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

  /// Bytes as they are: termios(3) `cfmakeraw`, 8N1, no flow control of either sort.
  mutating func makeRaw() {
    cfmakeraw(&settings)
    settings.c_iflag &= ~flag(IXOFF | IXANY)
    settings.c_cflag &= ~(flag(CSTOPB | HUPCL) | tcflag_t(CP_CRTSCTS))
    // CLOCAL: a three-wire line has no carrier to wait for. HUPCL went because boards of the
    // Arduino sort take the falling line at close for a reset.
    settings.c_cflag |= flag(CLOCAL | CREAD)
    // With VMIN = 0 a read of an idle line returns 0, as that of an unplugged one does; with
    // VMIN = 1 the idle line says EAGAIN.
    withUnsafeMutableBytes(of: &settings.c_cc) { characters in
      characters[Int(VMIN)] = 1
      characters[Int(VTIME)] = 0
    }
  }

  /// True when nothing between the wire and `read` changes, swallows or adds a byte.
  var isRaw: Bool {
    let input = flag(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXOFF)
    let local = flag(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
    return settings.c_iflag & input == 0 && settings.c_oflag & flag(OPOST) == 0
      && settings.c_lflag & local == 0
      && settings.c_cflag & flag(CSIZE | PARENB | CSTOPB) == flag(CS8)
      && settings.c_cflag & tcflag_t(CP_CRTSCTS) == 0
  }

  /// Both directions, as a `B…` code.
  mutating func setSpeed(_ speed: speed_t) {
    cfsetispeed(&settings, speed)
    cfsetospeed(&settings, speed)
  }

  /// The code of both directions; nil when they differ.
  var speed: speed_t? {
    var copy = settings
    let (input, output) = (cfgetispeed(&copy), cfgetospeed(&copy))
    return input == output ? input : nil
  }
}

/// The headers' flags are signed in one Swift and not in the other.
private func flag(_ bits: some BinaryInteger) -> tcflag_t { tcflag_t(truncatingIfNeeded: bits) }
