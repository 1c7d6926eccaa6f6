import SensorIO
import Text

/// The kinds of ports by the word before the colon, as the configuration and the command line have
/// them: `serial:/dev/ttyUSB0`.
enum PortScheme: CaseIterable {
  case serial, unix, unixDatagram, unixPackets, unixClient, can, sound, iio, file, standardInput

  var word: String {
    switch self {
    case .serial: "serial"
    case .unix: "unix"
    case .unixDatagram: "unix-dgram"
    case .unixPackets: "unix-seqpacket"
    case .unixClient: "unix-connect"
    case .can: "can"
    case .sound: "alsa"
    case .iio: "iio"
    case .file: "file"
    case .standardInput: "stdin"
    }
  }

  /// The longest that may stand behind the colon.
  var bytesMax: Int {
    switch self {
    case .serial, .file: ConfigurationLimits.pathBytesMax
    case .unix, .unixDatagram, .unixPackets, .unixClient: ConfigurationLimits.socketPathBytesMax
    // IFNAMSIZ without its NUL.
    case .can: 15
    // A card's name has 15 bytes; a comma, and the number of its device.
    case .sound: 18
    case .iio: ConfigurationLimits.nameBytesMax
    case .standardInput: 0
    }
  }

  var isPath: Bool {
    switch self {
    case .can, .sound, .iio, .standardInput: false
    case .serial, .unix, .unixDatagram, .unixPackets, .unixClient, .file: true
    }
  }

  /// The port; nil where that is no place of the scheme's.
  ///
  /// - Parameters:
  ///   - place: what stands behind the colon: a path, an interface, a sound card, or a device.
  ///   - hertz: of a microphone.
  func address(_ place: String, _ line: SerialSettings, hertz: Int = 16_000) -> PortAddress? {
    guard self == .standardInput || ConfigurationText.isLine(place, bytes: 1...bytesMax) else {
      return nil
    }
    switch self {
    case .sound: return Self.sound(place, hertz)
    case .serial: return .serial(path: place, line)
    case .unix: return .unix(path: place)
    case .unixDatagram: return .unixDatagram(path: place)
    case .unixPackets: return .unixPackets(path: place)
    case .unixClient: return .unixClient(path: place)
    case .can: return .can(interface: place)
    case .iio: return .iio(IIOSettings(device: place))
    case .file: return .file(path: place)
    case .standardInput: return .standardInput
    }
  }

  /// `CARD` or `CARD,DEVICE`.
  private static func sound(_ place: String, _ hertz: Int) -> PortAddress? {
    let (card, rest) = ConfigurationText.split(place, at: ",")
    let device = rest.map { Digits.number($0) } ?? 0
    // A slash would leave the folder of the cards.
    guard ConfigurationText.isLine(card, bytes: 1...15), !card.utf8.contains(UInt8(ascii: "/")),
      let device, (0...31).contains(device)
    else { return nil }
    return .sound(card: card, device: Int(device), hertz: hertz)
  }

  /// The scheme of a text, and what stands behind its colon; nil for a text that is no port.
  static func cut(_ text: String) -> (scheme: PortScheme, place: String)? {
    let (word, rest) = ConfigurationText.split(text, at: ":")
    guard let scheme = allCases.first(where: { $0.word.utf8.elementsEqual(word.utf8) }) else {
      return nil
    }
    if scheme == .standardInput { return rest?.isEmpty ?? true ? (scheme, "") : nil }
    guard let rest, !rest.isEmpty else { return nil }
    return (scheme, rest)
  }
}

/// Ports on a command line.
package enum PortText {
  /// The port of a text: as the configuration has it, or the path of a device alone. Nil for any
  /// other text. A path that does not begin with `/` begins in the working folder.
  ///
  /// - Parameter line: of a serial line.
  @export(interface)
  package static func address(_ text: String, line: SerialSettings) -> PortAddress? {
    if text.utf8.starts(with: "/dev/".utf8),
      ConfigurationText.isPath(text, bytesMax: PortScheme.serial.bytesMax)
    {
      return .serial(path: text, line)
    }
    guard let (scheme, place) = PortScheme.cut(text) else { return nil }
    return scheme.address(place, line)
  }

  /// The text of a port, as `port` takes it.
  package static func text(_ port: PortAddress) -> String {
    switch port {
    case .serial(let path, _): "serial:\(path)"
    case .unix(let path): "unix:\(path)"
    case .unixDatagram(let path): "unix-dgram:\(path)"
    case .unixPackets(let path): "unix-seqpacket:\(path)"
    case .unixClient(let path): "unix-connect:\(path)"
    case .can(let interface): "can:\(interface)"
    case .sound(let card, let device, _): "alsa:\(card),\(device)"
    case .iio(let settings): "iio:\(settings.device)"
    case .file(let path): "file:\(path)"
    case .standardInput: "stdin:"
    }
  }
}
