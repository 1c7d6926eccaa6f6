import SensorIO
import Text

/// Reads where a sensor's bytes come from.
struct PortReader {
  private static let serialKeys = [
    "baud", "data_bits", "parity", "stop_bits", "flow", "rs485", "low_latency",
  ]
  static let keys = ["port"] + serialKeys
  /// The prefixes that a port may have.
  private static let schemes = [
    "serial:", "unix:", "unix-dgram:", "unix-seqpacket:", "unix-connect:", "can:", "alsa:",
    "file:", "stdin:",
  ]

  let sensor: TableReader
  /// Paths stand beside it.
  let mainFile: String
  /// What the device does where the configuration is silent.
  let standard: SerialSettings

  /// Nil when a fault was noted.
  func port() -> PortAddress? {
    let line = serialSettings()
    guard let entry = sensor.required("port"),
      case .string(let text)? = Optional(entry.value.content)
    else {
      return sensor.parsed(sensor.optional("port"), .port) { _ in nil }
    }
    let (scheme, rest) = ConfigurationText.split(text, at: ":")
    if text == "stdin" || text == "stdin:" {
      noteNotSerial()
      return .standardInput
    }
    guard let rest, !rest.isEmpty, Self.schemes.contains(bytesOf: "\(scheme):") else {
      return sensor.parsed(entry, .port) { _ in nil }
    }
    guard scheme != "serial" else {
      guard let line else { return nil }
      return path(entry, rest, ConfigurationLimits.pathBytesMax).map { .serial(path: $0, line) }
    }
    noteNotSerial()
    switch scheme {
    case "unix": return socket(entry, rest).map { .unix(path: $0) }
    case "unix-dgram": return socket(entry, rest).map { .unixDatagram(path: $0) }
    case "unix-seqpacket": return socket(entry, rest).map { .unixPackets(path: $0) }
    case "unix-connect": return socket(entry, rest).map { .unixClient(path: $0) }
    case "can":
      // IFNAMSIZ without its NUL.
      return sensor.parsed(entry, .port) { _ in
        ConfigurationText.isLine(rest, bytes: 1...15) ? .can(interface: rest) : nil
      }
    case "alsa": return sound(entry, rest)
    default: return path(entry, rest, ConfigurationLimits.pathBytesMax).map { .file(path: $0) }
    }
  }

  /// `CARD` or `CARD,DEVICE`. The device has to have the sensor's rate.
  private func sound(_ entry: TOMLEntry, _ text: String) -> PortAddress? {
    let hertz = sensor.integer(sensor.required("rate"), in: ConfigurationLimits.soundHertz)
    return sensor.parsed(entry, .port) { _ in
      let (card, rest) = ConfigurationText.split(text, at: ",")
      let device = rest.map { Digits.number($0) } ?? 0
      // The names of cards have 15 bytes; a slash would leave their folder.
      guard ConfigurationText.isLine(card, bytes: 1...15), !card.utf8.contains(UInt8(ascii: "/")),
        let device, (0...31).contains(device)
      else { return nil }
      return .sound(card: card, device: Int(device), hertz: hertz ?? 0)
    }
  }

  private func socket(_ entry: TOMLEntry, _ text: String) -> String? {
    path(entry, text, ConfigurationLimits.socketPathBytesMax)
  }

  private func path(_ entry: TOMLEntry, _ text: String, _ bytesMax: Int) -> String? {
    let path = ConfigurationText.pathBeside(mainFile, text)
    return sensor.value(entry, .path(bytesMax: bytesMax)) { _ in
      ConfigurationText.isPath(path, bytesMax: bytesMax) ? path : nil
    }
  }

  private func noteNotSerial() {
    for key in Self.serialKeys {
      guard let entry = sensor.optional(key) else { continue }
      sensor.faults.note(
        .notApplicable(key: key, in: sensor.name, onlyWith: .serialPort), at: entry.place)
    }
  }

  // MARK: serial lines

  /// Nil when a fault was noted.
  private func serialSettings() -> SerialSettings? {
    var line = standard
    var isSound = true
    func read<Value>(_ key: String, _ convert: (TOMLEntry) -> Value?, _ set: (Value) -> Void) {
      guard let entry = sensor.optional(key) else { return }
      if let value = convert(entry) { set(value) } else { isSound = false }
    }
    read("baud", { sensor.integer($0, in: SerialSettings.baudRange) }, { line.baud = $0 })
    read("data_bits", { sensor.integer($0, in: 7...8) }, { line.dataBits = $0 })
    read("stop_bits", { sensor.integer($0, in: 1...2) }, { line.stopBits = $0 })
    let parities = SerialSettings.Parity.allCases.map { ($0.rawValue, $0) }
    read("parity", { sensor.choice($0, parities) }, { line.parity = $0 })
    let flows = SerialSettings.Flow.allCases.map { ($0.rawValue, $0) }
    read("flow", { sensor.choice($0, flows) }, { line.flow = $0 })
    read("rs485", { sensor.boolean($0) }, { line.isRS485 = $0 })
    read("low_latency", { sensor.boolean($0) }, { line.isLowLatency = $0 })
    return isSound ? line : nil
  }
}
