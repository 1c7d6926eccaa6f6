import SensorIO
import Text

/// Reads how a sensor's frames become values.
struct DecodingReader {
  enum Word: CaseIterable {
    case csv, labels, json, binary, nmea, s16le
    /// What a port makes of scans; no word for it.
    case scan

    var text: String {
      switch self {
      case .csv: "csv"
      case .labels: "labels"
      case .json: "json"
      case .binary: "binary"
      case .nmea: "nmea"
      case .s16le: "s16le"
      case .scan: "scan"
      }
    }

    fileprivate var keys: [String] {
      switch self {
      case .csv: ["separator", "decimal", "quote", "header", "comment"]
      case .labels: ["separator", "assign"]
      case .json: ["numbers_in_strings", "duplicates"]
      case .binary: ["skip", "samples", "type", "endian", "word_order"]
      case .nmea, .s16le, .scan: []
      }
    }
  }

  static let keys = [
    "decode", "separator", "decimal", "quote", "header", "comment", "assign",
    "numbers_in_strings", "duplicates", "skip", "samples", "type", "endian", "word_order",
  ]

  let sensor: TableReader
  let word: Word

  /// - Parameters:
  ///   - framing: what it is without the key `decode`.
  ///   - own: what the port itself says of it; nil where it carries any bytes.
  init?(_ sensor: TableReader, framing: FramingReader.Word, own: Word?) {
    self.sensor = sensor
    var word: Word
    switch framing {
    case .line: word = .csv
    case .nmea: word = .nmea
    case .length, .fixed, .sync, .cobs, .slip, .hdlc, .ubx, .can, .modbus: word = .binary
    }
    if own == .scan { sensor.noteNotApplicable(["decode"], .portWithoutScans) }
    if let own { word = own }
    if own != .scan, let entry = sensor.optional("decode") {
      let words = own.map { [$0] } ?? Word.allCases.filter { $0 != .scan }
      guard let found = sensor.choice(entry, words.map { ($0.text, $0) }) else { return nil }
      word = found
    }
    self.word = word
    for key in Self.keys.dropFirst() where !word.keys.contains(bytesOf: key) {
      guard let entry = sensor.optional(key) else { continue }
      let words = Word.allCases.filter { $0.keys.contains(bytesOf: key) }.map { $0.text }
      sensor.faults.note(
        .notApplicable(key: key, in: sensor.name, onlyWith: .decodings(words)), at: entry.place)
    }
  }

  /// Nil when a fault was noted.
  func settings() -> DecodingSettings? {
    switch word {
    case .csv: csv()
    case .labels: labels()
    case .json: json()
    case .binary: binary()
    case .nmea: nmea()
    case .s16le, .scan: .binary(BinarySettings())
    }
  }

  private func csv() -> DecodingSettings? {
    let decimals: [(String, Bool)] = [(".", false), (",", true)]
    let hasDecimalComma =
      sensor.optional("decimal").map { sensor.choice($0, decimals) } ?? false
    let header = sensor.optional("header").map { sensor.boolean($0) } ?? false
    guard let separator = separator(.byte(UInt8(ascii: ","))), let hasDecimalComma, let header,
      let quote = character("quote"), let comment = character("comment")
    else { return nil }
    if hasDecimalComma, separator == .byte(UInt8(ascii: ",")) {
      sensor.faults.note(.commaTwice, at: sensor.place(of: "decimal"))
      return nil
    }
    return .csv(
      CSVSettings(
        separator: separator, hasDecimalComma: hasDecimalComma, quote: quote.byte,
        hasHeader: header, comment: comment.byte))
  }

  private func labels() -> DecodingSettings? {
    let assigns: [(String, UInt8)] = [(":", UInt8(ascii: ":")), ("=", UInt8(ascii: "="))]
    let assign =
      sensor.optional("assign").map { sensor.choice($0, assigns) } ?? UInt8(ascii: ":")
    guard let separator = separator(.any), let assign else { return nil }
    return .labels(LabelSettings(assignment: assign, separator: separator))
  }

  private func json() -> DecodingSettings? {
    let strings = sensor.optional("numbers_in_strings").map { sensor.boolean($0) } ?? false
    let duplicates =
      sensor.optional("duplicates").map {
        sensor.choice($0, [("refuse", JSONSettings.Duplicates.refuse), ("last", .last)])
      } ?? .refuse
    guard let strings, let duplicates else { return nil }
    return .json(JSONSettings(takesNumbersInStrings: strings, duplicates: duplicates))
  }

  private func binary() -> DecodingSettings? {
    let skip =
      sensor.optional("skip").map { sensor.integer($0, in: 0...SensorLimits.payloadBytesMax) } ?? 0
    guard let skip, let samples = samplesPerFrame() else { return nil }
    return .binary(BinarySettings(headBytes: skip, samplesPerFrame: samples))
  }

  /// The values of a sentence that the agent knows have names; of any other, columns.
  private func nmea() -> DecodingSettings? {
    guard let text = sensor.table.entry("sentence")?.placedText?.text else { return .nmea(nil) }
    return .nmea(NMEASentence.allCases.first { $0.rawValue.utf8.elementsEqual(text.utf8) })
  }

  private func samplesPerFrame() -> BinarySettings.SamplesPerFrame? {
    guard let entry = sensor.optional("samples") else { return .one }
    let range = 1...SensorLimits.payloadBytesMax
    return sensor.value(entry, .samplesPerFrame) { content in
      switch content {
      case .string("all"): .asManyAsFit
      case .integer(let count):
        Int(exactly: count).flatMap { range.contains($0) ? .count($0) : nil }
      default: nil
      }
    }
  }

  // MARK: separators and characters

  private func separator(_ standard: CellSeparator) -> CellSeparator? {
    guard let entry = sensor.optional("separator") else { return standard }
    let words: [(String, CellSeparator)] = [
      ("comma", .byte(UInt8(ascii: ","))), ("semicolon", .byte(UInt8(ascii: ";"))),
      ("tab", .byte(0x09)), ("blanks", .blanks), ("any", .any), (",", .byte(UInt8(ascii: ","))),
      (";", .byte(UInt8(ascii: ";"))), ("|", .byte(UInt8(ascii: "|"))),
    ]
    return sensor.choice(entry, words)
  }

  /// One printable character; nil when a fault was noted.
  private func character(_ key: String) -> (byte: UInt8?, Void)? {
    guard let entry = sensor.optional(key) else { return (nil, ()) }
    let byte: UInt8? = sensor.parsed(entry, .text(bytes: 1...1)) { text in
      guard text.utf8.count == 1, let byte = text.utf8.first, (0x21...0x7E).contains(byte) else {
        return nil
      }
      return byte
    }
    return byte.map { ($0, ()) }
  }
}
