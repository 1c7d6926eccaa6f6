import Text

/// Writes samples as columns, or as labels with values.
struct TextSampleEncoder {
  private enum Cell {
    case field(Int)
    /// A column that no field has.
    case unused
  }
  private let fields: [FieldSettings]
  private let cells: [Cell]
  /// Before each cell.
  private let labels: [[UInt8]]
  private let separator: UInt8
  private let hasDecimalComma: Bool
  /// The names of the columns, as a header line has them.
  let header: [UInt8]

  init(_ settings: CSVSettings, _ fields: [FieldSettings]) {
    self.fields = fields
    hasDecimalComma = settings.hasDecimalComma
    separator = Self.byte(settings.separator, hasDecimalComma)
    var columns: [Int?] = []
    for (field, column) in CSVSampleDecoder.columns(fields, clockColumn: nil).enumerated() {
      guard let column else { continue }
      while columns.count <= column { columns.append(nil) }
      columns[column] = field
    }
    for field in fields.indices {
      if case .header? = fields[field].place { columns.append(field) }
    }
    cells = columns.map { $0.map(Cell.field) ?? .unused }
    labels = cells.map { _ in [] }
    var header: [UInt8] = []
    for (column, field) in columns.enumerated() {
      if column > 0 { header.append(separator) }
      var name = field.map { fields[$0].name } ?? "_"
      if let field, case .header(let title)? = fields[field].place { name = title }
      header.append(contentsOf: name.utf8)
    }
    self.header = header
  }

  init(_ settings: LabelSettings, _ fields: [FieldSettings]) {
    self.fields = fields
    (hasDecimalComma, header) = (false, [])
    separator = Self.byte(settings.separator, false)
    cells = fields.indices.map(Cell.field)
    labels = fields.map { field in
      var label = field.name
      if case .label(let name)? = field.place { label = name }
      return Array(label.utf8) + [settings.assignment]
    }
  }

  /// - Returns: the line, in the payload.
  func encode(
    _ values: UnsafeBufferPointer<Float>, into payload: UnsafeMutableRawBufferPointer
  ) throws(SampleEncodingError) -> UnsafeRawBufferPointer {
    var count = 0
    for (index, cell) in cells.enumerated() {
      if index > 0 { try append([separator], to: payload, &count) }
      try append(labels[index], to: payload, &count)
      switch cell {
      case .unused: try append([UInt8(ascii: "0")], to: payload, &count)
      case .field(let field): try append(values[field], fields[field], to: payload, &count)
      }
    }
    return UnsafeRawBufferPointer(rebasing: payload[..<count])
  }

  /// Writes the raw value so that decoding gives the physical one back.
  static func write(_ value: Float, _ field: FieldSettings, to writer: inout JSONWriter) {
    if field.scale == 1 && field.offset == 0 {
      writer.number(value)
    } else {
      writer.number(FieldScaling(field).raw(value))
    }
  }

  private func append(
    _ value: Float, _ field: FieldSettings, to payload: UnsafeMutableRawBufferPointer,
    _ count: inout Int
  ) throws(SampleEncodingError) {
    var writer = JSONWriter(UnsafeMutableRawBufferPointer(rebasing: payload[count...]))
    Self.write(value, field, to: &writer)
    guard let text = writer.finished else { throw Self.tooLong(payload) }
    if hasDecimalComma {
      for index in count..<count + text.count where payload[index] == UInt8(ascii: ".") {
        payload[index] = .comma
      }
    }
    count += text.count
  }

  private func append(
    _ bytes: [UInt8], to payload: UnsafeMutableRawBufferPointer, _ count: inout Int
  ) throws(SampleEncodingError) {
    guard bytes.count <= payload.count - count else { throw Self.tooLong(payload) }
    for byte in bytes {
      payload[count] = byte
      count += 1
    }
  }

  private static func tooLong(_ payload: UnsafeMutableRawBufferPointer) -> SampleEncodingError {
    .frame(.payloadTooLong(bytes: payload.count + 1))
  }

  private static func byte(_ separator: CellSeparator, _ hasDecimalComma: Bool) -> UInt8 {
    switch separator {
    case .byte(let byte): byte
    case .blanks: .space
    case .any: hasDecimalComma ? .semicolon : .comma
    }
  }
}
