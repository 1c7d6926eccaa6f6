/// Reads a TOML 1.0 document (toml.io/en/v1.0.0) into tables that know their places in the file.
///
/// It makes one pass over the bytes, with one function for each rule of the grammar, and stops at
/// the first error. The other rules are in the files beside this one: `TOMLKeys`, `TOMLStrings`,
/// `TOMLNumbers`, `TOMLDates`, and `TOMLTables`, which decides what may add to which table.
package struct TOMLReader {
  private let bytes: [UInt8]
  private var position = 0
  /// The line and column of `position`.
  private(set) var place: SourcePlace
  private var valueCount = 0
  /// Counts the headers and inline tables. The tables that dotted keys make in them carry this
  /// number.
  private var sectionCount = 0

  /// - Parameter file: the name of the file for errors.
  /// - Complexity: the bytes of the document times the keys of a table.
  @export(interface)
  package static func read(_ bytes: [UInt8], file: String) throws(TOMLError) -> TOMLTable {
    let start = SourcePlace(file: file, line: 1, column: 1)
    guard bytes.count <= TOMLLimits.documentBytesMax else {
      throw TOMLError(place: start, kind: .documentTooLong(bytes: bytes.count))
    }
    try TOMLText.check(bytes, file: file)
    var reader = TOMLReader(bytes: bytes, start: start)
    return try reader.document()
  }

  private init(bytes: [UInt8], start: SourcePlace) {
    self.bytes = bytes
    place = start
    if bytes.starts(with: TOMLText.byteOrderMark) { position = TOMLText.byteOrderMark.count }
  }

  // MARK: The document, line by line

  private mutating func document() throws(TOMLError) -> TOMLTable {
    let root = TOMLTable(place: place, origin: .header)
    var (table, depth, section) = (root, 0, 0)
    while true {
      skipBlanks()
      switch peek {
      case nil: return root
      case UInt8(ascii: "["):
        (table, depth) = try header(in: root)
        section = nextSection()
      case UInt8(ascii: "#"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
      default: try keyValue(into: table, depth: depth, section: section)
      }
      try endLine()
    }
  }

  /// `[a.b]` or `[[a.b]]`: returns the table that the header opens, and the table's depth.
  private mutating func header(in root: TOMLTable) throws(TOMLError) -> (TOMLTable, Int) {
    let start = place
    advance()
    let isArray = take("[")
    let path = try keyPath(depth: 0)
    guard take("]") else { throw error(isArray ? .expectedArrayHeaderEnd : .expectedHeaderEnd) }
    guard isArray else { return (try root.open(path, at: start), path.count) }
    guard take("]") else { throw error(.expectedArrayHeaderEnd) }
    return (try root.appendTable(path, at: start), path.count)
  }

  /// `a.b = value`
  private mutating func keyValue(
    into table: TOMLTable, depth: Int, section: Int
  ) throws(TOMLError) {
    let path = try keyPath(depth: depth)
    guard take("=") else { throw error(.expectedEquals) }
    skipBlanks()
    let value = try value(depth: depth + path.count)
    try table.set(path, to: value, section: section)
  }

  private mutating func endLine() throws(TOMLError) {
    skipBlanks()
    skipComment()
    guard peek == nil || takeNewline() else { throw error(.expectedEndOfLine) }
  }

  // MARK: Values

  /// - Parameter depth: the depth that a table or an array would have here; the document has 0.
  private mutating func value(depth: Int) throws(TOMLError) -> TOMLValue {
    let start = place
    valueCount += 1
    guard valueCount <= TOMLLimits.valuesMax else { throw error(.tooManyValues) }
    let content: TOMLContent =
      switch peek {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): .string(try string())
      case UInt8(ascii: "["): .array(try array(depth: depth))
      case UInt8(ascii: "{"): .table(try inlineTable(depth: depth))
      default: try scalar()
      }
    return TOMLValue(place: start, content: content)
  }

  /// Reads an array. Newlines and comments may be anywhere in it, and a comma may follow the last
  /// element.
  private mutating func array(depth: Int) throws(TOMLError) -> TOMLArray {
    guard depth <= TOMLLimits.depthMax else { throw error(.tooDeep) }
    advance()
    var elements: [TOMLValue] = []
    while true {
      skipBlankLines()
      if take("]") { return TOMLArray(elements) }
      elements.append(try value(depth: depth + 1))
      skipBlankLines()
      if take(",") { continue }
      guard take("]") else { throw error(.expectedArrayCommaOrEnd) }
      return TOMLArray(elements)
    }
  }

  /// Reads an inline table: on one line, without a comma after the last key.
  private mutating func inlineTable(depth: Int) throws(TOMLError) -> TOMLTable {
    guard depth <= TOMLLimits.depthMax else { throw error(.tooDeep) }
    let table = TOMLTable(place: place, origin: .inline)
    let section = nextSection()
    advance()
    skipBlanks()
    if take("}") { return table }
    while true {
      guard !isAtNewline else { throw error(.newlineInInlineTable) }
      try keyValue(into: table, depth: depth, section: section)
      skipBlanks()
      if take("}") { return table }
      guard !isAtNewline else { throw error(.newlineInInlineTable) }
      guard take(",") else { throw error(.expectedTableCommaOrEnd) }
      skipBlanks()
      guard peek != UInt8(ascii: "}") else { throw error(.trailingCommaInInlineTable) }
    }
  }

  private mutating func nextSection() -> Int {
    sectionCount += 1
    return sectionCount
  }

  // MARK: Bytes

  var peek: UInt8? { peek(0) }
  func peek(_ offset: Int) -> UInt8? {
    position + offset < bytes.count ? bytes[position + offset] : nil
  }

  /// Steps over one byte and keeps `place` right: the bytes that continue a scalar do not count as
  /// columns.
  mutating func advance() {
    if bytes[position] == UInt8(ascii: "\n") {
      place.line += 1
      place.column = 1
    } else if bytes[position] & 0xC0 != 0x80 {
      place.column += 1
    }
    position += 1
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    advance()
    return true
  }

  mutating func skipBlanks() {
    while peek == UInt8(ascii: " ") || peek == UInt8(ascii: "\t") { advance() }
  }

  /// `TOMLText` has proved that a line feed follows each carriage return.
  var isAtNewline: Bool { peek == UInt8(ascii: "\n") || peek == UInt8(ascii: "\r") }

  mutating func takeNewline() -> Bool {
    guard isAtNewline else { return false }
    _ = take("\r")
    return take("\n")
  }

  private mutating func skipComment() {
    guard peek == UInt8(ascii: "#") else { return }
    while peek != nil, !isAtNewline { advance() }
  }

  private mutating func skipBlankLines() {
    repeat {
      skipBlanks()
      skipComment()
    } while takeNewline()
  }

  func error(_ kind: TOMLErrorKind) -> TOMLError { TOMLError(place: place, kind: kind) }
}
