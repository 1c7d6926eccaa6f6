import Text

/// Decodes the body of an NMEA 0183 sentence, between its `$` and its `*`:
/// `GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,`
///
/// Empty columns are values that the device has not. While the sentence's status is V, no value of
/// it counts; in a GGA of quality 0 no position and no altitude.
///
/// A position is computed as a Double, but a sample has Floats. A Float has 24 bits: around 180° it
/// is 0.85 m off at worst, around 90° 0.42 m. An `offset` near the negative position of the site is
/// added before that: then it is millimetres.
final class NMEASampleDecoder {
  private typealias Columns = InlineArray<41, Range<Int>>

  private let sentence: NMEASentence?
  private let address: [UInt8]
  private let forms: [NMEASentence.Form]
  private let cells: TextCells

  init(_ sentence: NMEASentence?, fields: [FieldSettings]) {
    self.sentence = sentence
    address = Array((sentence?.rawValue ?? "").utf8)
    forms = fields.map { field in
      if case .column(let column)? = field.place { return .number(column: column) }
      // The checks of the setup refused unknown names.
      return Self.form(of: field, in: sentence)!
    }
    cells = TextCells(fields)
    precondition(SensorLimits.sentenceColumnsMax == Columns.count)
  }

  /// Setup: nil when the sentence has no such value.
  static func form(of field: FieldSettings, in sentence: NMEASentence?) -> NMEASentence.Form? {
    var name = field.name
    if case .label(let label)? = field.place { name = label }
    return sentence?.values.first { $0.name.utf8.elementsEqual(name.utf8) }?.form
  }

  /// Hot.
  ///
  /// - Returns: false when it is another sentence, or no text at all.
  func read(
    _ frame: UnsafeRawBufferPointer, into readings: SampleReadings
  ) throws(DecodeError) -> Bool {
    let body = LineText.trimmed(frame)
    guard !body.isEmpty else { return false }
    guard !LineText.isOdd(body) || LineText.isText(body) else { throw .notText }
    guard isWanted(body) else { return false }
    var columns = Columns(repeating: 0..<0)
    let count = cut(body, into: &columns)
    func cell(_ column: Int) -> UnsafeRawBufferPointer? {
      guard column < count else { return nil }
      return LineText.trimmed(UnsafeRawBufferPointer(rebasing: body[columns[column]]))
    }
    let isValid = sentence?.statusColumn.map { cell($0)?.first != UInt8(ascii: "V") } ?? true
    // A receiver without a fix may repeat its last position.
    let hasFix = sentence != .gga || cell(6)?.first != UInt8(ascii: "0")
    for slot in forms.indices {
      var reading =
        switch forms[slot] {
        case .number(let column): cell(column).map { cells.reading($0, slot: slot) }
        case .timeOfDay(let column): cell(column).map(Self.timeOfDay)
        case .angle(let column): Self.angle(cell(column), cell(column + 1))
        }
      let isOfFix = !hasFix && forms[slot].isOfFix
      if !isValid || isOfFix, reading?.fault == nil { reading = .fault(.invalid) }
      if let reading { readings.fields[slot] = reading }
    }
    return true
  }

  /// Two letters of a talker before the sentence's three; a maker's own sentences have others.
  private func isWanted(_ body: UnsafeRawBufferPointer) -> Bool {
    guard sentence != nil else { return true }
    guard body.count > 5, body[5] == .comma, body[0] != UInt8(ascii: "P") else { return false }
    for index in 0..<3 where body[2 + index] != address[index] { return false }
    return true
  }

  private func cut(_ body: UnsafeRawBufferPointer, into columns: inout Columns) -> Int {
    var (start, count) = (0, 0)
    for index in 0...body.count where index == body.count || body[index] == .comma {
      guard count < Columns.count else { return count }
      columns[count] = start..<index
      (start, count) = (index + 1, count + 1)
    }
    return count
  }

  private static func timeOfDay(_ cell: UnsafeRawBufferPointer) -> Reading {
    guard !cell.isEmpty else { return .fault(.empty) }
    guard digits(cell) == 6,
      let hours = number(cell, 0..<2), let minutes = number(cell, 2..<4),
      let seconds = number(cell, 4..<cell.count)
    else { return .fault(.text) }
    // The sixtieth second is a leap second.
    guard hours < 24, minutes < 60, seconds < 61 else { return .fault(.range) }
    return .value(hours * 3600 + minutes * 60 + seconds)
  }

  /// How many digits the text begins with.
  private static func digits(_ text: UnsafeRawBufferPointer) -> Int {
    var count = 0
    while count < text.count, Digits.isDecimal(text[count]) { count += 1 }
    return count
  }

  private static func number(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Double? {
    DecimalNumber.parse(UnsafeRawBufferPointer(rebasing: text[range]))
  }

  private static func angle(
    _ cell: UnsafeRawBufferPointer?, _ hemisphere: UnsafeRawBufferPointer?
  ) -> Reading? {
    guard let cell, let hemisphere else { return nil }
    guard !cell.isEmpty, let letter = hemisphere.first else { return .fault(.empty) }
    let isLatitude = letter == UInt8(ascii: "N") || letter == UInt8(ascii: "S")
    let isLongitude = letter == UInt8(ascii: "E") || letter == UInt8(ascii: "W")
    // The last two digits before the point belong to the minutes, those before them to the degrees.
    let whole = digits(cell)
    guard hemisphere.count == 1, isLatitude || isLongitude, (3...5).contains(whole),
      let degrees = number(cell, 0..<whole - 2),
      let minutes = number(cell, whole - 2..<cell.count)
    else { return .fault(.text) }
    let magnitude = degrees + minutes / 60
    guard minutes < 60, magnitude <= (isLatitude ? 90 : 180) else { return .fault(.range) }
    let isNegative = letter == UInt8(ascii: "S") || letter == UInt8(ascii: "W")
    return .value(isNegative ? -magnitude : magnitude)
  }
}
