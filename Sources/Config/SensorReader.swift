import SensorIO
import Text

/// Reads `[[sensor]]` into `SensorSettings`.
extension ConfigurationReader {
  private static let sensorKeys = [
    "name", "port", "baud", "framing", "length_bytes", "checksum", "decode", "fields", "rate",
    "stale_after", "dead_man",
  ]

  /// Nil only when a fault was noted.
  func sensor(_ table: TOMLTable) -> SensorSettings? {
    let sensor = TableReader(table, .sensor, known: Self.sensorKeys, faults: faults)
    let name = sensor.text(sensor.required("name"), .name)
    let port = port(sensor)
    let framing = framing(sensor)
    let decoding = decoding(sensor)
    checkDecoding(sensor, decoding, framing)
    let fields = fields(sensor, decoding)
    // One sample a second, as most slow sensors do; of one that sends twice as many the log tells.
    let rate =
      sensor.optional("rate").map { sensor.number($0, .number(ConfigurationLimits.rateHertz)) } ?? 1
    let staleAfter = sensor.duration(
      sensor.optional("stale_after"), in: ConfigurationLimits.staleAfterNanoseconds)
    guard let name, let port, let framing, let decoding, let fields, let rate else { return nil }
    var settings = SensorSettings(
      name: name, port: port, framing: framing, decoding: decoding,
      fields: fields.map { $0.settings }, rateHertz: rate, place: sensor.place,
      portPlace: sensor.place(of: "port"), fieldsPlace: sensor.place(of: "fields"),
      fieldPlaces: fields.map { $0.place }, ratePlace: sensor.place(of: "rate"))
    settings.staleAfterNanoseconds = staleAfter ?? settings.defaultStaleAfterNanoseconds
    if let watches = sensor.boolean(sensor.optional("dead_man")) { settings.hasDeadMan = watches }
    checkAge(of: settings, at: sensor.place(of: "stale_after"))
    return settings
  }

  // MARK: Port

  private func port(_ sensor: TableReader) -> PortAddress? {
    let entry = sensor.required("port")
    let baud = baud(sensor)
    guard let entry, !noteUnsupportedPort(sensor, entry) else { return nil }
    var bytesMax = ConfigurationLimits.pathBytesMax
    let port: PortAddress? = sensor.parsed(entry, .port) { text in
      if text == "stdin" || text == "stdin:" { return .standardInput }
      let (scheme, path) = ConfigurationText.split(text, at: ":")
      guard let path, !path.isEmpty else { return nil }
      let place = ConfigurationText.pathBeside(mainFile, path)
      switch scheme {
      case "serial": return .serial(path: place, baud: baud ?? 115_200)
      case "unix":
        bytesMax = ConfigurationLimits.socketPathBytesMax
        return .unix(path: place)
      case "file": return .file(path: place)
      default: return nil
      }
    }
    guard let port else { return nil }
    if !port.isSerial { sensor.noteNotApplicable(["baud"], .serialPort) }
    guard let path = port.path else { return port }
    return sensor.value(entry, .path(bytesMax: bytesMax)) { _ in
      ConfigurationText.isPath(path, bytesMax: bytesMax) ? port : nil
    }
  }

  private func noteUnsupportedPort(_ sensor: TableReader, _ entry: TOMLEntry) -> Bool {
    guard case .string(let text) = entry.value.content else { return false }
    let (scheme, _) = ConfigurationText.split(text, at: ":")
    guard ["unix-dgram", "unix-seqpacket"].contains(bytesOf: scheme) else { return false }
    let kind = ConfigurationFaultKind.unsupportedValue(
      key: entry.key, in: .sensor, found: "\(scheme):",
      supported: ["serial:", "unix:", "file:", "stdin"])
    faults.note(kind, at: entry.value.place)
    return true
  }

  /// `baud` of a serial line.
  func baud(_ table: TableReader) -> Int? {
    let rates = SerialPort.baudRates
    return table.value(table.optional("baud"), .oneOfIntegers(rates)) { content in
      guard case .integer(let value) = content, let value = Int(exactly: value),
        rates.contains(value)
      else { return nil }
      return value
    }
  }

  /// A sensor that is stale between any two of its samples is stale for ever.
  private func checkAge(of sensor: SensorSettings, at place: SourcePlace) {
    let minimum = Int64(1.5e9 / sensor.rateHertz)
    guard sensor.staleAfterNanoseconds > 0, sensor.staleAfterNanoseconds < minimum else { return }
    faults.note(
      .tooShort(
        key: "stale_after", in: .sensor, nanoseconds: sensor.staleAfterNanoseconds,
        minimum: minimum, .samplePeriod), at: place)
  }

  // MARK: Framing and decoding

  private func framing(_ sensor: TableReader) -> FramingSettings? {
    enum Word { case line, length, cobs }
    let word =
      sensor.optional("framing").map {
        sensor.choice(
          $0, [("line", Word.line), ("length", .length), ("cobs", .cobs)],
          unsupported: ["slip", "sync", "nmea", "modbus-rtu"])
      } ?? .line
    let check: FrameCheck? =
      sensor.choice(
        sensor.optional("checksum"),
        [
          ("none", FrameCheck?.none), ("crc16-modbus", FrameCheck(.crc16Modbus)),
          ("crc16-ccitt", FrameCheck(.crc16CCITT)),
        ]) ?? FrameCheck(.crc16Modbus)
    let lengthBytes = sensor.integer(sensor.optional("length_bytes"), in: 1...2)
    guard let word else { return nil }
    if word == .line { sensor.noteNotApplicable(["checksum"], .binaryFraming) }
    if word != .length { sensor.noteNotApplicable(["length_bytes"], .lengthFraming) }
    return switch word {
    case .line: .line(LineSettings())
    case .length: .packet(.lengthPrefixed(prefixBytes: lengthBytes ?? 1, check: check))
    case .cobs: .cobs(check)
    }
  }

  private func decoding(_ sensor: TableReader) -> DecodingSettings? {
    guard let entry = sensor.optional("decode") else { return .csv() }
    return sensor.choice(
      entry, [("csv", DecodingSettings.csv()), ("json", .json()), ("binary", .binary())])
  }

  /// Checks that the decoding fits the framing: a packed value may hold the byte that ends a line.
  private func checkDecoding(
    _ sensor: TableReader, _ decoding: DecodingSettings?, _ framing: FramingSettings?
  ) {
    if decoding?.isText == false, case .line? = framing {
      sensor.noteNotApplicable(["decode"], .binaryFraming)
    }
  }

  // MARK: Fields

  private func fields(
    _ sensor: TableReader, _ decoding: DecodingSettings?
  ) -> [(settings: FieldSettings, place: SourcePlace)]? {
    let counts = 1...ConfigurationLimits.fieldsMax
    guard let elements = sensor.elements(sensor.required("fields"), counts) else { return nil }
    let tables = elements.compactMap(sensor.subtable)
    let fields = tables.compactMap { table in
      field(table, decoding).map { (settings: $0, place: table.place) }
    }
    faults.noteDuplicates(
      "name", in: .field, tables.compactMap { $0.entry("name")?.placedText })
    return fields.count == elements.count ? fields : nil
  }

  private func field(_ table: TOMLTable, _ decoding: DecodingSettings?) -> FieldSettings? {
    let field = TableReader(
      table, .field, known: ["name", "unit", "type", "endian", "scale", "offset"], faults: faults)
    let bytesMax = ConfigurationLimits.nameBytesMax
    let name = field.text(field.required("name"), .text(bytes: 1...bytesMax))
    let unit = field.text(field.optional("unit"), .text(bytes: 0...bytesMax))
    let type = field.choice(
      field.optional("type"), FieldType.allCases.filter { $0 != .bit }.map { ($0.rawValue, $0) })
    let isBigEndian = field.choice(
      field.optional("endian"), [("little", false), ("big", true)])
    let scale = field.number(field.optional("scale"), .nonZeroNumber)
    let offset = field.number(field.optional("offset"), .finiteNumber)
    if let decoding, decoding.isText {
      field.noteNotApplicable(["type", "endian"], .binaryDecoding)
    }
    guard let name else { return nil }
    return FieldSettings(
      name: name, unit: unit ?? "", type: type ?? .float32, isBigEndian: isBigEndian ?? false,
      scale: scale ?? 1, offset: offset ?? 0)
  }
}

extension PortAddress {
  fileprivate var isSerial: Bool {
    guard case .serial = self else { return false }
    return true
  }

  fileprivate var path: String? {
    switch self {
    case .serial(let path, _), .unix(let path), .file(let path): path
    case .standardInput: nil
    }
  }
}
