import SensorIO
import Text

/// Reads where a sensor's bytes come from.
struct PortReader {
  private static let serialKeys = [
    "baud", "data_bits", "parity", "stop_bits", "flow", "rs485", "low_latency",
  ]
  static let keys = ["port", "trigger"] + serialKeys

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
    guard let (scheme, place) = PortScheme.cut(text) else {
      return sensor.parsed(entry, .port) { _ in nil }
    }
    if scheme != .serial { noteNotSerial() }
    guard scheme != .iio else { return iio(entry, place) }
    sensor.noteNotApplicable(["trigger"], .iioPort)
    guard let line = scheme == .serial ? line : standard else { return nil }
    guard scheme.isPath else {
      // A microphone has to have the sensor's rate.
      let hertz =
        scheme == .sound
        ? sensor.integer(sensor.required("rate"), in: ConfigurationLimits.soundHertz) : nil
      return sensor.parsed(entry, .port) { _ in scheme.address(place, line, hertz: hertz ?? 0) }
    }
    return path(entry, place, scheme.bytesMax).flatMap { scheme.address($0, line) }
  }

  /// A device has to be set to the sensor's rate. That, and which of its channels are wanted, the
  /// sensor says later.
  private func iio(_ entry: TOMLEntry, _ place: String) -> PortAddress? {
    let rate = sensor.required("rate")
    let trigger = sensor.optional("trigger").map {
      sensor.text($0, .text(bytes: 1...ConfigurationLimits.nameBytesMax))
    }
    let port = sensor.parsed(entry, .port) { _ in PortScheme.iio.address(place, standard) }
    guard case .iio(var settings)? = port, rate != nil, trigger == nil || trigger! != nil else {
      return nil
    }
    settings.trigger = trigger ?? nil
    return .iio(settings)
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
