import SensorIO
import Text

/// Writes `[[sensor]]` for what a finder found, as a person would write it: no key that says what
/// holds without it.
package struct SensorTable {
  /// The longest line that it writes, where a field has room on it.
  private static let columnsMax = 100

  private let sensor: FoundSensor
  private let name: String
  private let port: PortAddress
  private let preset: DevicePreset?
  private var keys: [(key: String, value: String)] = []

  /// - Parameters:
  ///   - name: 1…64 of `A-Z a-z 0-9 _ -`.
  ///   - port: with the form of its line.
  ///   - prompt: what the device was told; nil where it sent by itself.
  package init(
    _ sensor: FoundSensor, name: String, port: PortAddress, prompt: BytesText? = nil
  ) {
    (self.sensor, self.name, self.port) = (sensor, name, port)
    preset = sensor.preset.flatMap { name in DevicePreset.all.first { $0.name == name } }
    add("name", TOMLText.quoted(name))
    add("port", TOMLText.quoted(PortText.text(port)))
    addLine()
    if let preset {
      add("preset", TOMLText.quoted(preset.name))
    } else {
      addFraming()
      addDecoding()
      add("fields", fields())
    }
    // The reader takes the preset's own on serial lines alone.
    var isSerial = false
    if case .serial = port { isSerial = true }
    if let prompt, !isSerial || prompt.bytes != preset?.prompt {
      add("prompt", TOMLText.quoted(prompt.written))
    }
    addRate()
  }

  /// The table, with an end of the last line.
  package var text: String {
    "[[sensor]]\n" + keys.map { "\($0.key) = \($0.value)\n" }.joined()
  }

  private mutating func add(_ key: String, _ value: String) { keys.append((key, value)) }

  private mutating func add(word key: String, _ value: String) {
    add(key, TOMLText.quoted(value))
  }

  // MARK: the line

  private mutating func addLine() {
    guard case .serial(_, let line) = port else { return }
    let standard = preset?.line
    if line.baud != standard?.baud { add("baud", "\(line.baud)") }
    if line.dataBits != 8 { add("data_bits", "\(line.dataBits)") }
    if line.parity != .none { add(word: "parity", line.parity.rawValue) }
    if line.stopBits != 1 { add("stop_bits", "\(line.stopBits)") }
    if line.flow != .none { add(word: "flow", line.flow.rawValue) }
  }

  // MARK: framing

  private mutating func addFraming() {
    guard sensor.can == nil else {
      add(word: "framing", "can")
      return add(word: "id", sensor.can!.text)
    }
    switch sensor.framing {
    case .line(let line):
      if line.bytesMax != SensorLimits.lineBytesMax { add("line_max", "\(line.bytesMax)") }
    case .nmea(let nmea):
      add(word: "framing", "nmea")
      if let sentence = nmea.sentence {
        add(word: "sentence", String(decoding: sentence, as: UTF8.self))
      }
      if !nmea.requiresChecksum { add(word: "checksum", "optional") }
    case .cobs(let check): addStuffed("cobs", check, standard: .crc16Modbus)
    case .slip(let check): addStuffed("slip", check, standard: .crc16Modbus)
    case .hdlc(let check): addStuffed("hdlc", check, standard: .crc16X25)
    case .packet(let packet): addPacket(packet)
    }
  }

  private mutating func addStuffed(_ word: String, _ check: FrameCheck?, standard: Checksum) {
    add(word: "framing", word)
    addCheck(check?.kind, isBigEndian: check?.isBigEndian ?? false, standard: standard)
  }

  private mutating func addCheck(_ kind: Checksum?, isBigEndian: Bool, standard: Checksum?) {
    if kind != standard { add(word: "checksum", kind?.word ?? "none") }
    if isBigEndian { add(word: "checksum_endian", "big") }
  }

  private mutating func addPacket(_ packet: PacketSettings) {
    let checkBytes = packet.check?.kind.byteCount ?? 0
    switch packet.length {
    case .fixed(let bytes):
      add(word: "framing", packet.start.isEmpty ? "fixed" : "sync")
      addMarks(packet)
      add("frame_bytes", "\(bytes)")
      addCheck(packet.check, standard: nil, from: 0)
    case .carried(let at, let byteCount, let isBigEndian, let adds):
      let hasMark = !packet.start.isEmpty
      add(word: "framing", hasMark ? "sync" : "length")
      addMarks(packet)
      if hasMark || at != 0 { add("length_at", "\(at)") }
      if byteCount != 1 { add("length_bytes", "\(byteCount)") }
      if isBigEndian { add(word: "length_endian", "big") }
      let head = at + byteCount
      if hasMark {
        if adds != head { add("length_adds", "\(adds)") }
        addCheck(packet.check, standard: nil, from: 0)
      } else {
        if adds != head + checkBytes { add("length_adds", "\(adds - head - checkBytes)") }
        addCheck(packet.check, standard: .crc16Modbus, from: head)
      }
    }
  }

  private mutating func addMarks(_ packet: PacketSettings) {
    func text(_ bytes: [UInt8]) -> String {
      bytes.map { Self.upperCase(Hexadecimal.text([$0])) }.joined(separator: " ")
    }
    if !packet.start.isEmpty { add(word: "start", text(packet.start)) }
    if !packet.end.isEmpty { add(word: "end", text(packet.end)) }
  }

  /// Of hexadecimal digits.
  private static func upperCase(_ digits: String) -> String {
    String(decoding: digits.utf8.map { $0 >= 0x61 ? $0 - 0x20 : $0 }, as: UTF8.self)
  }

  private mutating func addCheck(_ check: PacketCheck?, standard: Checksum?, from: Int) {
    addCheck(check?.kind, isBigEndian: check?.isBigEndian ?? false, standard: standard)
    if let check, check.from != from { add("checksum_from", "\(check.from)") }
  }

  // MARK: decoding

  private mutating func addDecoding() {
    switch sensor.decoding {
    case .csv(let csv):
      addSeparator(csv.separator, standard: .byte(UInt8(ascii: ",")))
      if csv.hasDecimalComma { add(word: "decimal", ",") }
      if csv.hasHeader { add("header", "true") }
    case .labels(let labels):
      add(word: "decode", "labels")
      if labels.assignment != UInt8(ascii: ":") { add(word: "assign", "=") }
      addSeparator(labels.separator, standard: .any)
    case .json(let json):
      add(word: "decode", "json")
      if json.takesNumbersInStrings { add("numbers_in_strings", "true") }
      if json.duplicates == .last { add(word: "duplicates", "last") }
    case .nmea: break
    case .binary(let binary):
      if binary.headBytes > 0 { add("skip", "\(binary.headBytes)") }
      switch binary.samplesPerFrame {
      case .one: break
      case .count(let count): add("samples", "\(count)")
      case .asManyAsFit: add(word: "samples", "all")
      }
      let first = sensor.fields[0]
      if isOfOneType, first.type != .float32 { add(word: "type", first.type.rawValue) }
      if isOfOneType, first.isBigEndian { add(word: "endian", "big") }
    }
  }

  private mutating func addSeparator(_ separator: CellSeparator, standard: CellSeparator) {
    guard separator != standard else { return }
    switch separator {
    case .byte(UInt8(ascii: ",")): add(word: "separator", "comma")
    case .byte(UInt8(ascii: ";")): add(word: "separator", "semicolon")
    case .byte(0x09): add(word: "separator", "tab")
    case .byte(let byte): add(word: "separator", String(decoding: [byte], as: UTF8.self))
    case .blanks: add(word: "separator", "blanks")
    case .any: add(word: "separator", "any")
    }
  }

  /// Packed numbers of one type have it beside each other.
  private var isOfOneType: Bool {
    sensor.fields.allSatisfy {
      $0.type == sensor.fields[0].type && $0.isBigEndian == sensor.fields[0].isBigEndian
    }
  }

  private func fields() -> String {
    let texts = sensor.fields.map { field($0) }
    let line = texts.joined(separator: ", ")
    if line.utf8.count + 12 <= Self.columnsMax { return "[\(line)]" }
    var lines = ["["]
    for text in texts {
      let last = lines[lines.count - 1]
      if lines.count > 1, last.utf8.count + text.utf8.count + 2 <= Self.columnsMax {
        lines[lines.count - 1] = "\(last) \(text),"
      } else {
        lines.append("  \(text),")
      }
    }
    return lines.joined(separator: "\n") + "\n]"
  }

  private func field(_ field: FieldSettings) -> String {
    var keys: [String] = []
    switch field.place {
    case .column(let column)?:
      // In a sentence the address is column 0.
      var number = column + 1
      if case .nmea = sensor.decoding { number = column }
      keys.append("column = \(number)")
    case .header(let text)?: keys.append("column = \(TOMLText.quoted(text))")
    case .label(let text)? where !text.utf8.elementsEqual(field.name.utf8):
      keys.append("label = \(TOMLText.quoted(text))")
    case .path(let steps)? where steps != [.member(field.name)]:
      keys.append("path = \(TOMLText.quoted(JSONPathText.text(steps)))")
    case .offset(let offset)?: keys.append("at = \(offset)")
    default: break
    }
    if !isOfOneType {
      keys.append("type = \(TOMLText.quoted(field.type.rawValue))")
      if field.isBigEndian { keys.append("endian = \"big\"") }
    }
    if !field.unit.isEmpty { keys.append("unit = \(TOMLText.quoted(field.unit))") }
    guard !keys.isEmpty else { return TOMLText.quoted(field.name) }
    return "{ name = \(TOMLText.quoted(field.name)), \(keys.joined(separator: ", ")) }"
  }

  // MARK: the rate

  private mutating func addRate() {
    guard let hertz = sensor.rateHertz else { return }
    // What a preset says holds within the tenth that the agent takes for the same.
    if let preset, (hertz - preset.rateHertz).magnitude <= preset.rateHertz / 10 { return }
    add("rate", Self.rate(hertz))
  }

  /// Rounded to two digits, or three where that is nearer by more than a fiftieth: a measured rate
  /// is no exact one.
  package static func rate(_ hertz: Double) -> String {
    let range = ConfigurationLimits.rateHertz
    let value = min(max(hertz, range.lowerBound), range.upperBound)
    if value >= 10 { return "\(Int(rounded(value)))" }
    var text = Decimal.text(value >= 1 ? rounded(value) : value, decimals: value >= 0.01 ? 3 : 6)
    while text.utf8.last == UInt8(ascii: "0") { text.removeLast() }
    if text.utf8.last == UInt8(ascii: ".") { text += "0" }
    return text
  }

  private static func rounded(_ value: Double) -> Double {
    var step = 1.0
    while value / step >= 100 { step *= 10 }
    while value / step < 10 { step /= 10 }
    let round = (value / step).rounded() * step
    return (round - value).magnitude <= value / 50
      ? round : (value / step * 10).rounded() * step / 10
  }
}

extension FoundSensor {
  /// A name for it: the preset, the sentence, the identifier.
  package var suggestedName: String {
    if let preset { return preset }
    if let can { return "can-" + can.text }
    if case .nmea(let nmea) = framing, let sentence = nmea.sentence {
      return String(decoding: sentence.map { $0 | 0x20 }, as: UTF8.self)
    }
    return "sensor"
  }
}
