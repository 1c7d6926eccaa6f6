import SensorIO
import Text

/// Reads how a sensor's bytes are cut into frames.
///
/// Each framing has keys of its own; one that stands beside another framing is a fault, so that
/// nobody believes in a checksum that is not looked at.
struct FramingReader {
  enum Word: CaseIterable {
    case line, length, fixed, sync, cobs, slip, hdlc, nmea, ubx, can, modbus

    var text: String {
      switch self {
      case .line: "line"
      case .length: "length"
      case .fixed: "fixed"
      case .sync: "sync"
      case .cobs: "cobs"
      case .slip: "slip"
      case .hdlc: "hdlc"
      case .nmea: "nmea"
      case .ubx: "ubx"
      case .can: "can"
      case .modbus: "modbus-rtu"
      }
    }

    fileprivate var keys: [String] {
      switch self {
      case .line: ["line_end", "line_max"]
      case .length:
        [
          "length_bytes", "length_at", "length_endian", "length_adds", "checksum",
          "checksum_endian", "checksum_from",
        ]
      case .fixed: ["frame_bytes", "checksum", "checksum_endian", "checksum_from"]
      case .sync:
        [
          "start", "end", "frame_bytes", "length_bytes", "length_at", "length_endian",
          "length_adds", "checksum", "checksum_endian", "checksum_from",
        ]
      case .cobs, .slip, .hdlc: ["checksum", "checksum_endian"]
      case .nmea: ["sentence", "checksum"]
      case .ubx: ["message"]
      case .can: ["id"]
      case .modbus: ModbusReader.keys
      }
    }
  }

  static let keys =
    [
      "framing", "line_end", "line_max", "length_bytes", "length_at", "length_endian",
      "length_adds",
      "start", "end", "frame_bytes", "checksum", "checksum_endian", "checksum_from", "message",
      "sentence", "id",
    ] + ModbusReader.keys

  let sensor: TableReader
  let word: Word

  /// Nil when a fault was noted.
  init?(_ sensor: TableReader) {
    self.sensor = sensor
    guard let entry = sensor.optional("framing") else {
      word = .line
      noteOtherKeys()
      return
    }
    let words = Word.allCases.map { ($0.text, $0) }
    guard let word = sensor.choice(entry, words) else { return nil }
    self.word = word
    noteOtherKeys()
  }

  private func noteOtherKeys() {
    for key in Self.keys.dropFirst() where !word.keys.contains(bytesOf: key) {
      guard let entry = sensor.optional(key) else { continue }
      let framings = Word.allCases.filter { $0.keys.contains(bytesOf: key) }.map { $0.text }
      sensor.faults.note(
        .notApplicable(key: key, in: sensor.name, onlyWith: .framings(framings)), at: entry.place)
    }
  }

  /// Nil when a fault was noted.
  func settings() -> FramingSettings? {
    switch word {
    case .line: line()
    case .length: length()
    case .fixed: fixed()
    case .sync: sync()
    case .cobs: check(.crc16Modbus).map { .cobs($0.check) }
    case .slip: check(.crc16Modbus).map { .slip($0.check) }
    case .hdlc: check(FrameCheck.hdlcDefault.kind).map { .hdlc($0.check) }
    case .nmea: nmea()
    case .ubx: ubx()
    case .can: can()
    // Of the image that the fields make, `ModbusReader` knows the length.
    case .modbus: .packet(PacketSettings(length: .fixed(1)))
    }
  }

  // MARK: lines and sentences

  private func line() -> FramingSettings? {
    let ends: [(String, LineEnd)] = [("any", .any), ("lf", .lf), ("cr", .cr), ("crlf", .crlf)]
    let end = sensor.optional("line_end").map { sensor.choice($0, ends) } ?? .any
    let max =
      sensor.optional("line_max").map { sensor.integer($0, in: SensorLimits.lineBytesRange) }
      ?? SensorLimits.lineBytesMax
    guard let end, let max else { return nil }
    return .line(LineSettings(end: end, bytesMax: max))
  }

  private func nmea() -> FramingSettings? {
    let sentence: String?? = sensor.optional("sentence").map {
      sensor.parsed($0, .text(bytes: 3...3)) { text in
        text.utf8.count == 3 && text.utf8.allSatisfy { (0x30...0x5A).contains($0) } ? text : nil
      }
    }
    let isRequired = sensor.optional("checksum").map {
      sensor.choice($0, [("required", true), ("optional", false)])
    }
    if let sentence, sentence == nil { return nil }
    guard let required = isRequired ?? true else { return nil }
    return .nmea(
      NMEASettings(
        sentence: (sentence ?? nil).map { Array($0.utf8) }, requiresChecksum: required))
  }

  // MARK: packets

  private func length() -> FramingSettings? {
    guard let carried = carriedLength(), let check = check(.crc16Modbus) else { return nil }
    let head = carried.at + carried.byteCount
    let from = checksumFrom(head)
    let adds = sensor.optional("length_adds").map { adjustment($0) } ?? 0
    guard let from, let adds else { return nil }
    let checkBytes = check.check?.kind.byteCount ?? 0
    return .packet(
      PacketSettings(
        length: .carried(
          at: carried.at, byteCount: carried.byteCount, isBigEndian: carried.isBigEndian,
          adds: adds + head + checkBytes),
        check: check.check.map { PacketCheck($0.kind, isBigEndian: $0.isBigEndian, from: from) },
        header: head,
        trailer: checkBytes))
  }

  private func fixed() -> FramingSettings? {
    let bytes = sensor.integer(
      sensor.required("frame_bytes"), in: 1...SensorLimits.payloadBytesMax)
    guard let bytes, let check = check(nil), let from = checksumFrom(0) else { return nil }
    return .packet(
      PacketSettings(
        length: .fixed(bytes),
        check: check.check.map { PacketCheck($0.kind, isBigEndian: $0.isBigEndian, from: from) },
        trailer: check.check?.kind.byteCount ?? 0))
  }

  /// The frame is decoded from its first byte on, so that `at` counts as data sheets do.
  private func sync() -> FramingSettings? {
    let start = bytes(sensor.required("start"), 1...SensorLimits.startBytesMax)
    let end = sensor.optional("end").map { bytes($0, 1...SensorLimits.endBytesMax) } ?? []
    let frame = sensor.optional("frame_bytes").map {
      sensor.integer($0, in: 2...SensorLimits.payloadBytesMax)
    }
    guard let start, let end, let check = check(nil), let from = checksumFrom(0) else {
      return nil
    }
    let length: PacketLength
    if let frame {
      guard let frame else { return nil }
      for key in ["length_at", "length_bytes", "length_endian", "length_adds"] {
        guard sensor.optional(key) != nil else { continue }
        sensor.faults.note(
          .exclusive(keys: ["frame_bytes", key], in: sensor.name), at: sensor.place)
        return nil
      }
      length = .fixed(frame)
    } else {
      guard sensor.optional("length_at") != nil else {
        sensor.faults.note(
          .missingOneOf(["frame_bytes", "length_at"], in: sensor.name), at: sensor.place)
        return nil
      }
      guard let carried = carriedLength() else { return nil }
      let adds =
        sensor.optional("length_adds").map { adjustment($0) } ?? carried.at + carried.byteCount
      guard let adds else { return nil }
      length = .carried(
        at: carried.at, byteCount: carried.byteCount, isBigEndian: carried.isBigEndian, adds: adds)
    }
    return .packet(
      PacketSettings(
        start: start, end: end, length: length,
        check: check.check.map {
          PacketCheck($0.kind, isBigEndian: $0.isBigEndian, from: from, trailing: end.count)
        },
        trailer: end.count + (check.check?.kind.byteCount ?? 0)))
  }

  private func ubx() -> FramingSettings? {
    guard let message = bytes(sensor.required("message"), 2...2) else { return nil }
    return .packet(.ubx(class: message[0], id: message[1]))
  }

  /// Frames of a CAN bus as Linux hands them on, 16 bytes each. Which of them are this sensor's,
  /// `can()` of the settings says.
  private func can() -> FramingSettings? { .packet(PacketSettings(length: .fixed(16))) }

  /// The identifier: `C9`, or with an `x` at its end for one of 29 bits. Nil when a fault was
  /// noted.
  func identifier() -> CANIdentifier? {
    sensor.parsed(sensor.required("id"), .canIdentifier) { text in
      let isExtended = text.utf8.last == UInt8(ascii: "x")
      let digits = isExtended ? String(text.dropLast()) : text
      guard (1...8).contains(digits.utf8.count),
        digits.utf8.allSatisfy({ Digits.hexadecimal($0) != nil }),
        let number = UInt32(digits, radix: 16)
      else { return nil }
      return CANIdentifier(number, isExtended: isExtended)
    }
  }

  // MARK: parts

  private func carriedLength() -> (at: Int, byteCount: Int, isBigEndian: Bool)? {
    let at = sensor.optional("length_at").map {
      sensor.integer($0, in: 0...SensorLimits.payloadBytesMax)
    }
    let count = sensor.optional("length_bytes").map {
      sensor.value($0, .oneOfIntegers([1, 2, 4])) { content -> Int? in
        guard case .integer(let value) = content, [1, 2, 4].contains(value) else { return nil }
        return Int(value)
      }
    }
    guard let at = at ?? 0, let count = count ?? 1, let isBig = isBigEndian("length_endian") else {
      return nil
    }
    return (at, count, isBig)
  }

  private func isBigEndian(_ key: String) -> Bool? {
    sensor.optional(key).map { sensor.choice($0, [("little", false), ("big", true)]) } ?? false
  }

  private func adjustment(_ entry: TOMLEntry) -> Int? {
    sensor.integer(entry, in: SensorLimits.lengthAdds)
  }

  private func checksumFrom(_ standard: Int) -> Int? {
    sensor.optional("checksum_from").map {
      sensor.integer($0, in: 0...SensorLimits.payloadBytesMax)
    } ?? standard
  }

  /// Nil when a fault was noted.
  private func check(_ standard: Checksum?) -> (check: FrameCheck?, Void)? {
    let words: [(String, Checksum?)] =
      [("none", nil)] + Checksum.allCases.map { ($0.word, $0) }
    let kind: Checksum??
    if let entry = sensor.optional("checksum") {
      kind = sensor.choice(entry, words)
      guard kind != nil else { return nil }
    } else {
      kind = .some(standard)
    }
    guard let isBig = isBigEndian("checksum_endian") else { return nil }
    return ((kind ?? nil).map { FrameCheck($0, isBigEndian: isBig) }, ())
  }

  /// Bytes in hexadecimal: `"42 4D"`.
  private func bytes(_ entry: TOMLEntry?, _ counts: ClosedRange<Int>) -> [UInt8]? {
    sensor.parsed(entry, .hexadecimalBytes(counts)) { text in
      var bytes: [UInt8] = []
      for part in text.split(separator: " ") {
        guard part.utf8.count == 2, let byte = UInt8(part, radix: 16) else { return nil }
        bytes.append(byte)
      }
      return counts.contains(bytes.count) ? bytes : nil
    }
  }
}
