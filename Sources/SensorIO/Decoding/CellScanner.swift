/// How lines are cut into cells.
struct CellCutting {
  /// The bytes that separate; twice the same when there is only one.
  let first: UInt8
  let second: UInt8
  /// A run of spaces and tabs separates, too.
  let hasBlanks: Bool
  let quote: UInt8?

  init(_ separator: CellSeparator, hasDecimalComma: Bool = false, quote: UInt8? = nil) {
    switch separator {
    case .byte(let byte): (first, second, hasBlanks) = (byte, byte, false)
    case .blanks: (first, second, hasBlanks) = (.space, .space, true)
    case .any:
      (first, second, hasBlanks) = (hasDecimalComma ? .semicolon : .comma, .semicolon, true)
    }
    self.quote = quote
  }

  func separates(_ byte: UInt8) -> Bool { byte == first || byte == second }

  /// True for a byte after which another cell begins.
  func ends(_ byte: UInt8) -> Bool {
    separates(byte) || hasBlanks && (byte == .space || byte == .tab)
  }
}

/// Cuts a line into cells, from left to right: without the blanks around them and without their
/// quotes. Two quotes inside quotes stay two.
///
/// - Complexity: linear over all cells of a line; allocates nothing.
struct CellScanner {
  private let line: UnsafeRawBufferPointer
  private let cutting: CellCutting
  private var index = 0
  private var isAtEnd = false
  /// A separator came last, so that a cell has to follow, be it an empty one.
  private var owesCell = false

  init(_ line: UnsafeRawBufferPointer, _ cutting: CellCutting) {
    (self.line, self.cutting) = (line, cutting)
  }

  mutating func next() -> UnsafeRawBufferPointer? {
    cutting.hasBlanks ? nextBetweenBlanks() : nextBetweenBytes()
  }

  private mutating func nextBetweenBytes() -> UnsafeRawBufferPointer? {
    guard !isAtEnd else { return nil }
    let start = index
    if let quote = cutting.quote { skipQuotes(quote) }
    let separator = cutting.first
    while index < line.count, line[index] != separator { index += 1 }
    let cell = text(start..<index)
    isAtEnd = index == line.count
    index += 1
    return cell
  }

  private mutating func nextBetweenBlanks() -> UnsafeRawBufferPointer? {
    skipBlanks()
    guard index < line.count else {
      defer { owesCell = false }
      return owesCell ? text(index..<index) : nil
    }
    let start = index
    if let quote = cutting.quote { skipQuotes(quote) }
    while index < line.count, !cutting.ends(line[index]) { index += 1 }
    let end = index
    skipBlanks()
    owesCell = index < line.count && cutting.separates(line[index])
    if owesCell { index += 1 }
    return text(start..<end)
  }

  private mutating func skipBlanks() {
    while index < line.count, LineText.isBlank(line[index]) { index += 1 }
  }

  /// Steps behind the closing quote, if a quote begins here.
  private mutating func skipQuotes(_ quote: UInt8) {
    var place = index
    while place < line.count, LineText.isBlank(line[place]), line[place] != cutting.first {
      place += 1
    }
    guard place < line.count, line[place] == quote else { return }
    place += 1
    while place < line.count {
      if line[place] == quote {
        guard place + 1 < line.count, line[place + 1] == quote else { break }
        place += 1
      }
      place += 1
    }
    index = min(place + 1, line.count)
  }

  private func text(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    let cell = LineText.trimmed(UnsafeRawBufferPointer(rebasing: line[range]))
    guard let quote = cutting.quote, cell.count >= 2, cell[0] == quote,
      cell[cell.count - 1] == quote
    else { return cell }
    return LineText.trimmed(UnsafeRawBufferPointer(rebasing: cell[1..<cell.count - 1]))
  }
}
