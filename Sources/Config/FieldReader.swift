import SensorIO
import Text

/// Reads `fields`: names alone, or inline tables. What a preset knows of a field is the base; the
/// table's keys change it.
struct FieldReader {
  let sensor: TableReader
  let decoding: DecodingReader.Word
  /// Fields that are known by their names.
  let known: [FieldSettings]
  /// Nil where nobody asks for the fields.
  var modbus: ModbusReader?
  let faults: FaultList

  /// `asked`: where the device has it, of a field that is asked for.
  typealias Placed = (settings: FieldSettings, place: SourcePlace, asked: ModbusPlace?)

  /// Nil when a fault was noted. Without the key all known fields.
  func fields() -> [Placed]? {
    guard sensor.optional("fields") != nil || known.isEmpty else {
      return known.map { ($0, sensor.place, nil) }
    }
    let counts = 1...ConfigurationLimits.fieldsMax
    guard let elements = sensor.elements(sensor.required("fields"), counts) else { return nil }
    var fields: [Placed] = []
    var names: [(text: String, place: SourcePlace)] = []
    for element in elements {
      if case .string(let text) = element.value.content {
        guard let name = sensor.text(element, .text(bytes: 1...ConfigurationLimits.nameBytesMax)),
          let base = base(name, at: element.value.place)
        else { continue }
        names.append((text, element.value.place))
        if modbus != nil {
          faults.note(.registerMissing(field: name), at: element.value.place)
          continue
        }
        fields.append((withoutNeedlessWords(base), element.value.place, nil))
      } else if let table = sensor.subtable(element) {
        if let name = table.entry("name")?.placedText { names.append(name) }
        if let field = field(table) { fields.append((field.settings, table.place, field.asked)) }
      }
    }
    faults.noteDuplicates("name", in: .field, names)
    return fields.count == elements.count ? fields : nil
  }

  /// What the field is before its keys are read; nil when a fault was noted.
  private func base(_ name: String, at place: SourcePlace) -> FieldSettings? {
    if let field = known.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) { return field }
    guard known.isEmpty else {
      faults.note(
        .undefined(
          key: "fields", in: .sensor, found: name, what: .field, known: known.map { $0.name }),
        at: place)
      return nil
    }
    var field = FieldSettings(name: name)
    field.type = decoding == .s16le ? .int16 : .float32
    if modbus != nil { (field.type, field.isBigEndian) = (.uint16, true) }
    if decoding == .binary {
      let types = FieldType.allCases.map { ($0.rawValue, $0) }
      if let entry = sensor.optional("type"), let type = sensor.choice(entry, types) {
        field.type = type
      }
      if let entry = sensor.optional("endian"),
        let isBig = sensor.choice(entry, [("little", false), ("big", true)])
      {
        field.isBigEndian = isBig
      }
      if let order = readWordOrder(sensor) { set(order, in: &field) }
    }
    return field
  }

  // MARK: one table

  private static let keys = [
    "name", "unit", "scale", "offset", "invalid", "range", "warm_up", "on_fault",
  ]
  private static let placeKeys = ["column", "label", "path", "channel", "at", "bit"]
  private static let binaryKeys = ["at", "bit", "bits", "signed", "type", "endian", "word_order"]

  private func field(_ table: TOMLTable) -> (settings: FieldSettings, asked: ModbusPlace?)? {
    let known =
      Self.keys + ["column", "label", "path", "channel", "hex"] + Self.binaryKeys
      + ModbusReader.fieldKeys
    let field = TableReader(table, .field, known: known, faults: faults)
    let bytesMax = ConfigurationLimits.nameBytesMax
    guard let name = field.text(field.required("name"), .text(bytes: 1...bytesMax)),
      var settings = base(name, at: field.place(of: "name"))
    else { return nil }
    noteNotApplicable(field)
    if let entry = field.optional("unit") {
      guard let unit = field.text(entry, .text(bytes: 0...bytesMax)) else { return nil }
      settings.unit = unit
    }
    if let entry = field.optional("scale") {
      guard let scale = field.number(entry, .nonZeroNumber) else { return nil }
      settings.scale = scale
    }
    if let entry = field.optional("offset") {
      guard let offset = field.number(entry, .finiteNumber) else { return nil }
      settings.offset = offset
    }
    guard readLayout(field, &settings) else { return nil }
    if let modbus {
      guard let asked = modbus.place(field, &settings), readSanity(field, &settings) else {
        return nil
      }
      return (settings, asked)
    }
    guard readPlace(field, &settings), readSanity(field, &settings) else { return nil }
    return (settings, nil)
  }

  private func noteNotApplicable(_ field: TableReader) {
    func note(_ keys: [String], _ words: [DecodingReader.Word]) {
      guard !words.contains(decoding) else { return }
      for key in keys {
        guard let entry = field.optional(key) else { continue }
        faults.note(
          .notApplicable(key: key, in: .field, onlyWith: .decodings(words.map { $0.text })),
          at: entry.place)
      }
    }
    note(Self.binaryKeys, [.binary])
    note(["column"], [.csv, .nmea])
    note(["label"], [.labels])
    note(["path"], [.json])
    if decoding != .scan { field.noteNotApplicable(["channel"], .iioPort) }
    note(["hex"], [.csv, .labels, .json])
    field.noteNotApplicable(
      modbus == nil ? ModbusReader.fieldKeys : ["at"],
      modbus == nil ? .framings([FramingReader.Word.modbus.text]) : .otherFramings)
  }

  private func readLayout(_ field: TableReader, _ settings: inout FieldSettings) -> Bool {
    if let entry = field.optional("type") {
      let types = FieldType.allCases.map { ($0.rawValue, $0) }
      guard let type = field.choice(entry, types) else { return false }
      settings.type = type
    }
    if let entry = field.optional("endian") {
      guard let isBig = field.choice(entry, [("little", false), ("big", true)]) else {
        return false
      }
      settings.isBigEndian = isBig
    }
    if field.optional("word_order") != nil {
      guard let order = readWordOrder(field) else { return false }
      set(order, in: &settings)
    }
    if field.optional("word_order") == nil { settings = withoutNeedlessWords(settings) }
    if let entry = field.optional("hex") {
      guard let isHexadecimal = field.boolean(entry) else { return false }
      settings.isHexadecimal = isHexadecimal
    }
    return true
  }

  /// Of the words of 16 bits in one value. The bytes in a word are `endian`'s matter, unless the
  /// four letters say both, as the manuals of meters do.
  private typealias WordOrder = (isSwapped: Bool, isBigEndian: Bool?)

  /// Nil without the key, and where a fault was noted.
  private func readWordOrder(_ table: TableReader) -> WordOrder? {
    guard let entry = table.optional("word_order") else { return nil }
    let orders: [(String, WordOrder)] = [
      ("same", (false, nil)), ("swapped", (true, nil)), ("ABCD", (false, true)),
      ("CDAB", (true, true)), ("BADC", (true, false)), ("DCBA", (false, false)),
    ]
    guard let order = table.choice(entry, orders) else { return nil }
    if order.isBigEndian != nil, table.optional("endian") != nil {
      faults.note(.exclusive(keys: ["endian", "word_order"], in: table.name), at: entry.place)
      return nil
    }
    return order
  }

  /// What the sensor says for all its fields means nothing to one of a single word.
  private func withoutNeedlessWords(_ settings: FieldSettings) -> FieldSettings {
    var settings = settings
    let hasWords = settings.type.byteCount == 4 || settings.type.byteCount == 8
    if !hasWords { settings.isWordSwapped = false }
    return settings
  }

  private func set(_ order: WordOrder, in settings: inout FieldSettings) {
    settings.isWordSwapped = order.isSwapped
    if let isBigEndian = order.isBigEndian { settings.isBigEndian = isBigEndian }
  }

  private func readPlace(_ field: TableReader, _ settings: inout FieldSettings) -> Bool {
    let given = Self.placeKeys.filter { field.optional($0) != nil }
    if given.count > 1 {
      faults.note(.exclusive(keys: Array(given.prefix(2)), in: .field), at: field.place)
      return false
    }
    if let entry = field.optional("column") {
      guard let place = column(field, entry) else { return false }
      settings.place = place
    }
    if let entry = field.optional("label") {
      let bytes = 1...ConfigurationLimits.nameBytesMax
      guard let label = field.text(entry, .text(bytes: bytes)) else { return false }
      settings.place = .label(label)
    }
    if let entry = field.optional("channel") {
      let bytes = 1...ConfigurationLimits.nameBytesMax
      guard let channel = field.text(entry, .text(bytes: bytes)) else { return false }
      settings.place = .label(channel)
    }
    if let entry = field.optional("path") {
      guard let steps = field.parsed(entry, .jsonPath, JSONPathText.steps) else { return false }
      settings.place = .path(steps)
    }
    if let entry = field.optional("at") {
      guard let offset = field.integer(entry, in: 0...SensorLimits.payloadBytesMax - 1) else {
        return false
      }
      settings.place = .offset(offset)
    }
    return readBits(field, &settings)
  }

  private func readBits(_ field: TableReader, _ settings: inout FieldSettings) -> Bool {
    guard let entry = field.optional("bit") else {
      for key in ["bits", "signed"] {
        guard let entry = field.optional(key) else { continue }
        faults.note(.notApplicable(key: key, in: .field, onlyWith: .bit), at: entry.place)
      }
      return true
    }
    let start = field.integer(entry, in: 0...8 * SensorLimits.payloadBytesMax - 1)
    let length = field.optional("bits").map { field.integer($0, in: 1...64) } ?? 1
    let isSigned = field.optional("signed").map { field.boolean($0) } ?? false
    guard let start, let length, let isSigned else { return false }
    settings.place = .bits(
      start: start, length: length, order: settings.isBigEndian ? .motorola : .intel,
      isSigned: isSigned)
    return true
  }

  /// By its number, from 1, or by its name in the header.
  private func column(_ field: TableReader, _ entry: TOMLEntry) -> FieldPlace? {
    field.value(entry, .column) { content in
      switch content {
      case .integer(let number):
        // In a sentence the address is column 0, and people count the values behind it.
        (1...Int64(SensorLimits.columnsMax)).contains(number)
          ? .column(decoding == .nmea ? Int(number) : Int(number) - 1) : nil
      case .string(let text):
        decoding == .csv
          && ConfigurationText.isLine(text, bytes: 1...ConfigurationLimits.nameBytesMax)
          ? .header(text) : nil
      default: nil
      }
    }
  }

  // MARK: what is a value

  private func readSanity(_ field: TableReader, _ settings: inout FieldSettings) -> Bool {
    if let entry = field.optional("invalid") {
      guard let elements = field.elements(entry, 1...SensorLimits.invalidMax) else {
        return false
      }
      let values = elements.compactMap { field.number($0, .finiteNumber) }
      guard values.count == elements.count else { return false }
      settings.invalid = values
    }
    if let entry = field.optional("range") {
      guard let elements = field.elements(entry, 2...2) else { return false }
      let values = elements.compactMap { field.number($0, .finiteNumber) }
      guard values.count == 2 else { return false }
      guard values[0] <= values[1] else {
        faults.note(
          .unexpected(key: "range", in: .field, found: .array, expected: .range),
          at: entry.value.place)
        return false
      }
      settings.range = values[0]...values[1]
    }
    if let entry = field.optional("warm_up") {
      guard let time = field.duration(entry, in: ConfigurationLimits.holdNanoseconds) else {
        return false
      }
      settings.warmUpNanoseconds = time
    }
    if let entry = field.optional("on_fault") {
      guard let policy = field.parsed(entry, .fieldPolicy, Self.policy) else { return false }
      settings.policy = policy
    }
    return true
  }

  private static func policy(_ text: String) -> FieldPolicy? {
    switch text {
    case "absent": return .absent
    case "drop": return .drop
    default:
      let (word, time) = ConfigurationText.split(text, at: " ")
      guard word == "hold", let time, let nanoseconds = DurationText.nanoseconds(time),
        nanoseconds > 0, ConfigurationLimits.holdNanoseconds.contains(nanoseconds)
      else { return nil }
      return .hold(nanoseconds: nanoseconds)
    }
  }
}
