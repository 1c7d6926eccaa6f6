import Text

/// Decodes columns of text: `1.5,-2,3e-4`.
///
/// Lines without text and comments are nothing, and so are header lines where the device prints
/// such: lines that have a wanted name, or, where no name is wanted, no number in any field's
/// column.
final class CSVSampleDecoder {
  private let settings: CSVSettings
  private let cutting: CellCutting
  private let cells: TextCells
  private let columns: ColumnBinding
  /// The count of columns that a line must have, where the fields' order is their place.
  private let columnsExpected: Int?

  init(_ settings: CSVSettings, fields: [FieldSettings], clock: ClockSettings?) {
    self.settings = settings
    cutting = CellCutting(
      settings.separator, hasDecimalComma: settings.hasDecimalComma, quote: settings.quote)
    cells = TextCells(fields, hasDecimalComma: settings.hasDecimalComma)
    let isInOrder = fields.allSatisfy { $0.place == nil }
    columnsExpected = isInOrder ? fields.count + (clock == nil ? 0 : 1) : nil

    var (fixed, headers) = ([ColumnBinding.Pair](), [(slot: Int, name: String)]())
    var clockColumn: Int?
    switch clock?.place {
    case .column(let column)?:
      clockColumn = column
      fixed.append(ColumnBinding.Pair(column: column, slot: fields.count))
    case .header(let name)?: headers.append((fields.count, name))
    default: break
    }
    for (slot, column) in Self.columns(fields, clockColumn: clockColumn).enumerated() {
      if let column { fixed.append(ColumnBinding.Pair(column: column, slot: slot)) }
      if case .header(let name)? = fields[slot].place { headers.append((slot, name)) }
    }
    columns = ColumnBinding(fixed: fixed, headers: headers)
  }

  /// Setup: the column of each field; nil where the header says it. A field without a place has the
  /// column after the field before it, but never the clock's.
  static func columns(_ fields: [FieldSettings], clockColumn: Int?) -> [Int?] {
    var next = 0
    return fields.map { field in
      switch field.place {
      case .header?: return nil
      case .column(let column)?: next = column
      default: if next == clockColumn { next += 1 }
      }
      defer { next += 1 }
      return next
    }
  }

  func forget() { columns.forget() }

  /// Hot.
  ///
  /// - Returns: false when the line is nothing.
  func read(
    _ frame: UnsafeRawBufferPointer, into readings: SampleReadings
  ) throws(DecodeError) -> Bool {
    let line = LineText.unmarked(frame)
    let text = LineText.trimmed(line)
    guard let first = text.first, first != settings.comment else { return false }
    guard columns.isBound else {
      if columns.bind(line, cutting) { return false }
      throw .beforeHeader
    }
    let isOdd = LineText.isOdd(line)
    var scanner = CellScanner(line, cutting)
    var (column, next, texts) = (0, 0, 0)
    while let cell = scanner.next() {
      guard !isOdd || LineText.isText(cell) else { throw .notText }
      while next < columns.count, columns[next].column == column {
        if cells.take(cell, slot: columns[next].slot, into: readings) { texts += 1 }
        next += 1
      }
      column += 1
    }
    if texts > 0 && settings.hasHeader && isHeader(line, texts) { return false }
    if let columnsExpected, column != columnsExpected {
      throw .fieldCount(expected: columnsExpected, found: column)
    }
    return true
  }

  /// - Parameter texts: how many of the wanted columns have text.
  private func isHeader(_ line: UnsafeRawBufferPointer, _ texts: Int) -> Bool {
    columns.needsHeader ? columns.bind(line, cutting) : texts == columns.count
  }
}
