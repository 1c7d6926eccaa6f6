/// Reads a document step by step (RFC 8259) and checks all of its grammar. The tokens are always
/// balanced, and each key has its value.
///
/// It is strict where the standard leaves a choice: bytes are UTF-8 without a byte order mark, half
/// a surrogate pair is refused (it is no character), and nesting is bounded. Numbers keep their
/// text; the caller decides about a number that is too large for a Double. A key may occur twice.
///
/// Hot: allocates nothing, except in what the caller makes of a token. After a throw the caller
/// must not read the document further.
package struct JSONTokenizer {
  /// The bits of the word `objects`, one for each level.
  package static let depthMax = 64

  private enum Expecting { case value, valueOrEnd, key, keyOrEnd, commaOrEnd, nothing }

  private let bytes: UnsafeRawBufferPointer
  private let takesWords: Bool
  /// Where the next step starts, in bytes.
  package private(set) var offset = 0
  /// The count of objects and arrays that are open.
  package private(set) var depth = 0
  /// One bit for each open object (1) or array (0); the innermost is the lowest bit.
  private var objects: UInt64 = 0
  private var expecting = Expecting.value

  /// - Parameter takesWords: true to read, beside JSON, what devices print in the place of a value:
  ///   inside an object or array a bare word like `nan` or `.5`, or nothing at all after a key.
  ///   These become `.word`.
  package init(_ bytes: UnsafeRawBufferPointer, takesWords: Bool = false) {
    (self.bytes, self.takesWords) = (bytes, takesWords)
  }

  /// - Returns: the next token; nil after the whole document.
  package mutating func next() throws(JSONError) -> JSONToken? {
    skipSpace()
    if expecting == .commaOrEnd {
      guard peek == UInt8(ascii: ",") else { return try end() }
      offset += 1
      expecting = isInObject ? .key : .value
      skipSpace()
    }
    switch expecting {
    case .nothing:
      guard let byte = peek else { return nil }
      throw error(.trailing(byte))
    case .keyOrEnd where peek == UInt8(ascii: "}"): return try end()
    case .valueOrEnd where peek == UInt8(ascii: "]"): return try end()
    case .key, .keyOrEnd: return .key(try key())
    default: return try value()
    }
  }

  /// Skips the next value with all that it holds. Call it only where a value must follow: after a
  /// key, or before the document.
  package mutating func skipValue() throws(JSONError) {
    let outside = depth
    repeat { _ = try next() } while depth > outside
  }

  /// Skips the rest of the object or array that the latest token has begun.
  package mutating func skipRest() throws(JSONError) {
    let outside = depth - 1
    while depth > outside { _ = try next() }
  }

  /// The error for a fault that the caller found in the latest token.
  package func error(_ fault: JSONFault) -> JSONError { error(fault, at: offset) }

  private func error(_ fault: JSONFault, at offset: Int) -> JSONError {
    JSONError(fault, in: bytes, at: offset)
  }

  private var isInObject: Bool { objects & 1 == 1 }
  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  private func unexpected() -> JSONError {
    peek.map { error(.byteUnexpected($0)) } ?? error(.endUnexpected)
  }

  private mutating func value() throws(JSONError) -> JSONToken {
    guard let byte = peek else { throw unexpected() }
    switch byte {
    case UInt8(ascii: "{"): return try start(isObject: true)
    case UInt8(ascii: "["): return try start(isObject: false)
    case UInt8(ascii: "\""):
      let text = try string()
      finishValue()
      return .string(text)
    default:
      return takesWords && depth > 0 ? try word() : try bare(byte)
    }
  }

  /// A value without brackets and quotes, as the standard knows them.
  private mutating func bare(_ byte: UInt8) throws(JSONError) -> JSONToken {
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let start = offset
      guard let number = number() else { throw error(.numberMalformed, at: start) }
      finishValue()
      return .number(number)
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: throw unexpected()
    }
  }

  private mutating func start(isObject: Bool) throws(JSONError) -> JSONToken {
    guard depth < Self.depthMax else { throw error(.tooDeep(depthMax: Self.depthMax)) }
    offset += 1
    depth += 1
    objects = objects << 1 | (isObject ? 1 : 0)
    expecting = isObject ? .keyOrEnd : .valueOrEnd
    return isObject ? .objectStart : .arrayStart
  }

  private mutating func end() throws(JSONError) -> JSONToken {
    let wasObject = isInObject
    guard peek == (wasObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw unexpected() }
    offset += 1
    depth -= 1
    objects >>= 1
    finishValue()
    return wasObject ? .objectEnd : .arrayEnd
  }

  private mutating func finishValue() { expecting = depth == 0 ? .nothing : .commaOrEnd }

  private mutating func key() throws(JSONError) -> JSONText {
    guard peek == UInt8(ascii: "\"") else { throw unexpected() }
    let text = try string()
    skipSpace()
    guard peek == UInt8(ascii: ":") else { throw unexpected() }
    offset += 1
    expecting = .value
    return text
  }

  /// A value without brackets and quotes, whatever it is.
  private mutating func word() throws(JSONError) -> JSONToken {
    let start = offset
    while let byte = peek, isInWord(byte) { offset += 1 }
    let (end, text) = (offset, UnsafeRawBufferPointer(rebasing: bytes[start..<offset]))
    if text.isEmpty {
      // Nothing between a key and what ends its member.
      let endsMember = peek == UInt8(ascii: ",") || peek == UInt8(ascii: "}")
      guard isInObject, endsMember else { throw unexpected() }
    }
    finishValue()
    if Self.equals(text, "true") { return .bool(true) }
    if Self.equals(text, "false") { return .bool(false) }
    if Self.equals(text, "null") { return .null }
    offset = start
    if let number = number(), offset == end { return .number(number) }
    offset = end
    return .word(text)
  }

  /// Visible ASCII, except what has a meaning of its own.
  private func isInWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"):
      false
    default: 0x21...0x7E ~= byte
    }
  }

  private static func equals(_ text: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
    guard text.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<text.count where text[index] != word.utf8Start[index] { return false }
    return true
  }

  private mutating func literal(
    _ word: StaticString, _ token: JSONToken
  ) throws(JSONError) -> JSONToken {
    for index in 0..<word.utf8CodeUnitCount {
      guard peek == word.utf8Start[index] else { throw unexpected() }
      offset += 1
    }
    finishValue()
    return token
  }

  private mutating func string() throws(JSONError) -> JSONText {
    offset += 1
    let start = offset
    var hasEscapes = false
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        let text = UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
        offset += 1
        return JSONText(bytes: text, hasEscapes: hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        try escape()
      case ..<0x20: throw error(.controlCharacter(byte))
      case ..<0x80: offset += 1
      default:
        let length = UTF8Sequence.length(in: bytes, at: offset)
        guard length > 0 else { throw error(.utf8Malformed) }
        offset += length
      }
    }
    throw error(.endUnexpected)
  }

  private mutating func escape() throws(JSONError) {
    let start = offset
    guard start + 1 < bytes.count else { throw error(.endUnexpected, at: bytes.count) }
    guard bytes[start + 1] == UInt8(ascii: "u") else {
      guard JSONEscape.byte(for: bytes[start + 1]) != nil else { throw error(.escapeMalformed) }
      offset += 2
      return
    }
    guard let unit = JSONEscape.unit(in: bytes, at: start + 2) else {
      throw error(.escapeMalformed)
    }
    offset += 6
    guard !JSONEscape.isLowSurrogate(unit) else { throw error(.surrogateAlone, at: start) }
    guard JSONEscape.isHighSurrogate(unit) else { return }
    guard peek == UInt8(ascii: "\\"), offset + 1 < bytes.count,
      bytes[offset + 1] == UInt8(ascii: "u"),
      let low = JSONEscape.unit(in: bytes, at: offset + 2), JSONEscape.isLowSurrogate(low)
    else { throw error(.surrogateAlone, at: start) }
    offset += 6
  }

  /// - Returns: nil when no number begins here; then the offset is at the byte that is none.
  private mutating func number() -> JSONNumber? {
    let start = offset
    var isInteger = true
    if peek == UInt8(ascii: "-") { offset += 1 }
    if peek == UInt8(ascii: "0") { offset += 1 } else { guard digits() else { return nil } }
    if peek == UInt8(ascii: ".") {
      isInteger = false
      offset += 1
      guard digits() else { return nil }
    }
    if let mark = peek, mark | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      offset += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { offset += 1 }
      guard digits() else { return nil }
    }
    let text = UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
    return JSONNumber(bytes: text, isInteger: isInteger)
  }

  /// Steps over the digits; false when there is none.
  private mutating func digits() -> Bool {
    let first = offset
    while let byte = peek, byte &- UInt8(ascii: "0") < 10 { offset += 1 }
    return offset > first
  }
}
