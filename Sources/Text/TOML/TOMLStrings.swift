/// The four kinds of string: `"basic"`, `'literal'`, and either on several lines in three quotes.
extension TOMLReader {
  /// Reads a string; the reader is at its first quote.
  mutating func string() throws(TOMLError) -> String {
    let start = place
    let quote = peek
    let isMultiLine = peek(1) == quote && peek(2) == quote
    for _ in 0..<(isMultiLine ? 3 : 1) { advance() }
    // A newline right after the opening quotes is no part of the string.
    if isMultiLine { _ = takeNewline() }

    var text: [UInt8] = []
    while let byte = peek {
      if byte == quote {
        if takeClosing(quote: byte, isMultiLine: isMultiLine, into: &text) {
          return String(decoding: text, as: UTF8.self)
        }
      } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        try escape(isMultiLine: isMultiLine, into: &text)
      } else {
        guard isMultiLine || !isAtNewline else { break }
        text.append(byte)
        advance()
      }
    }
    throw TOMLError(place: start, kind: .stringUnterminated)
  }

  /// In a string on several lines, one or two quotes are part of the string, also right before the
  /// three closing quotes: five quotes in a row are two quotes and the end.
  private mutating func takeClosing(
    quote: UInt8, isMultiLine: Bool, into text: inout [UInt8]
  ) -> Bool {
    guard isMultiLine else {
      advance()
      return true
    }
    var count = 0
    while count < 5, peek == quote {
      advance()
      count += 1
    }
    text.append(contentsOf: repeatElement(quote, count: count < 3 ? count : count - 3))
    return count >= 3
  }

  private mutating func escape(
    isMultiLine: Bool, into text: inout [UInt8]
  ) throws(TOMLError) {
    let start = place
    advance()
    let letter = peek
    if isMultiLine, isAtNewline || letter == UInt8(ascii: " ") || letter == UInt8(ascii: "\t") {
      return try skipToNextText(from: start)
    }
    if letter != nil { advance() }
    switch letter {
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "\""): text.append(UInt8(ascii: "\""))
    case UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
    case UInt8(ascii: "u"): try scalarEscape(digits: 4, from: start, into: &text)
    case UInt8(ascii: "U"): try scalarEscape(digits: 8, from: start, into: &text)
    default: throw TOMLError(place: start, kind: .escapeUnknown)
    }
  }

  /// A backslash at the end of a line removes the newline and all white space before the next text.
  private mutating func skipToNextText(from start: SourcePlace) throws(TOMLError) {
    skipBlanks()
    guard isAtNewline else { throw TOMLError(place: start, kind: .escapeUnknown) }
    while takeNewline() { skipBlanks() }
  }

  private mutating func scalarEscape(
    digits: Int, from start: SourcePlace, into text: inout [UInt8]
  ) throws(TOMLError) {
    var code: UInt32 = 0
    for _ in 0..<digits {
      guard let byte = peek, let digit = Digits.hexadecimal(byte) else {
        throw TOMLError(place: start, kind: .escapeUnknown)
      }
      code = code << 4 | UInt32(digit)
      advance()
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw TOMLError(place: start, kind: .escapeNotAScalar)
    }
    text.append(contentsOf: UTF8.encode(scalar)!)
  }
}
