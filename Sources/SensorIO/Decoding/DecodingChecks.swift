/// What decoders rely on, checked before the first frame.
enum DecodingChecks {
  static func check(
    _ decoding: DecodingSettings, _ fields: [FieldSettings], _ clock: ClockSettings?
  ) throws(DecodingSetupError) {
    guard (1...SensorLimits.fieldsMax).contains(fields.count) else {
      throw .fieldCount(found: fields.count, max: SensorLimits.fieldsMax)
    }
    for (index, field) in fields.enumerated() {
      guard !field.name.isEmpty else { throw .nameEmpty(field: index) }
      let isRepeated = fields[..<index].contains { $0.name.utf8.elementsEqual(field.name.utf8) }
      guard !isRepeated else { throw .nameRepeated(field: index) }
      try check(field, index)
    }
    try check(decoding)
    for (index, field) in fields.enumerated() {
      let before = index > 0 ? fields[index - 1].place : nil
      try check(field, index, in: decoding, after: before)
    }
    if let clock {
      guard DeviceClock.isUsable(clock), isUsable(clock.place, in: decoding) else {
        throw .clockUnusable
      }
      // Fields in order step over the clock's column, which has to be known for that.
      if case .header = clock.place, fields.contains(where: { $0.place == nil }) {
        throw .clockUnusable
      }
    }
    if case .binary(let settings) = decoding { try check(settings, fields, clock) }
  }

  /// What does not depend on the decoding.
  private static func check(
    _ field: FieldSettings, _ index: Int
  ) throws(DecodingSetupError) {
    guard field.scale.isFinite, field.scale != 0 else { throw .scaleUnusable(field: index) }
    guard field.offset.isFinite else { throw .offsetNotFinite(field: index) }
    guard field.invalid.count <= SensorLimits.invalidMax,
      !field.invalid.contains(where: { $0.isNaN })
    else { throw .invalidUnusable(field: index) }
    guard field.warmUpNanoseconds >= 0 else { throw .durationUnusable(field: index) }
    if case .hold(let nanoseconds) = field.policy, nanoseconds < 0 {
      throw .durationUnusable(field: index)
    }
  }

  private static func check(_ decoding: DecodingSettings) throws(DecodingSetupError) {
    var marks: [UInt8] = []
    var separator: CellSeparator?
    switch decoding {
    case .csv(let settings):
      marks = [settings.quote, settings.comment].compactMap { $0 }
      separator = settings.separator
      if settings.hasDecimalComma { marks.append(.comma) }
    case .labels(let settings):
      marks = [settings.assignment]
      separator = settings.separator
    case .binary(let settings):
      guard settings.headBytes >= 0 else { throw .samplesUnusable }
      if case .count(let count) = settings.samplesPerFrame, count < 1 { throw .samplesUnusable }
    case .json, .nmea: break
    }
    for mark in marks where !isMark(mark) { throw .separatorUnusable(mark) }
    switch separator {
    case .byte(let byte)?:
      guard isMark(byte) || byte == .tab || byte == .space else { throw .separatorUnusable(byte) }
      marks.append(byte)
    case .any?: marks += marks.contains(.comma) ? [.semicolon] : [.comma, .semicolon]
    case .blanks?, nil: break
    }
    for (index, mark) in marks.enumerated() where marks[..<index].contains(mark) {
      throw .separatorUnusable(mark)
    }
  }

  /// Visible ASCII that is neither letter nor digit, and no part of a number with a point.
  private static func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): false
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      false
    default: 0x21...0x7E ~= byte
    }
  }

  private static func check(
    _ field: FieldSettings, _ index: Int, in decoding: DecodingSettings, after: FieldPlace?
  ) throws(DecodingSetupError) {
    if let place = field.place {
      if case .bits(_, let length, _, _) = place, !(1...SensorLimits.bitsMax).contains(length) {
        throw .bitsUnusable(field: index)
      }
      guard isUsable(place, in: decoding) else { throw .placeUnusable(field: index) }
    }
    switch decoding {
    case .csv:
      // No column is next to a name.
      if field.place == nil, case .header? = after { throw .placeUnusable(field: index) }
    case .binary: try checkType(field, index)
    case .nmea(let sentence):
      if case .column? = field.place { return }
      guard NMEASampleDecoder.form(of: field, in: sentence) != nil else {
        throw .nameUnknown(field: index)
      }
    case .labels, .json: break
    }
  }

  private static func checkType(
    _ field: FieldSettings, _ index: Int
  ) throws(DecodingSetupError) {
    if case .bits? = field.place {
      guard !field.isWordSwapped else { throw .wordsUnusable(field: index) }
      return
    }
    guard field.type != .bit else { throw .bitsUnusable(field: index) }
    let hasWords = field.type.byteCount == 4 || field.type.byteCount == 8
    guard !field.isWordSwapped || hasWords else { throw .wordsUnusable(field: index) }
  }

  private static func isUsable(_ place: FieldPlace, in decoding: DecodingSettings) -> Bool {
    switch (place, decoding) {
    case (.column(let column), .csv): (0..<SensorLimits.columnsMax).contains(column)
    case (.column(let column), .nmea): (0..<SensorLimits.sentenceColumnsMax).contains(column)
    case (.header(let name), .csv(let settings)): settings.hasHeader && !name.isEmpty
    case (.label(let label), .labels): !label.isEmpty
    case (.label, .nmea): true
    case (.path(let steps), .json):
      (1...SensorLimits.pathStepsMax).contains(steps.count)
        && steps.allSatisfy { step in
          if case .index(let index) = step { index >= 0 } else { true }
        }
    case (.offset(let offset), .binary): (0...SensorLimits.payloadBytesMax).contains(offset)
    case (.bits(let start, let length, _, _), .binary):
      (0...8 * SensorLimits.payloadBytesMax).contains(start)
        && (1...SensorLimits.bitsMax).contains(length)
    default: false
    }
  }

  /// A frame has room for its samples.
  private static func check(
    _ settings: BinarySettings, _ fields: [FieldSettings], _ clock: ClockSettings?
  ) throws(DecodingSetupError) {
    let max = SensorLimits.payloadBytesMax
    guard settings.headBytes <= max else {
      throw .payloadTooLong(bytes: settings.headBytes, max: max)
    }
    var bytes = PackedSampleDecoder.bytes(settings, fields, clock)
    if case .count(let count) = settings.samplesPerFrame {
      guard count <= max else { throw .payloadTooLong(bytes: count, max: max) }
      bytes += (count - 1) * (bytes - settings.headBytes)
    }
    guard bytes <= max else { throw .payloadTooLong(bytes: bytes, max: max) }
  }
}
