/// Reads a document in pieces, in memory that does not follow its length.
///
/// The stream keeps the bytes of one string or number at a time, up to `scalarBytesMax`. A longer
/// string passes, and its text is not known. Of such a string the stream checks only where it ends.
package struct JSONStream {
  /// Each key, scalar and bracket, in the order of the document.
  package enum Event: Equatable {
    case objectStart, objectEnd, arrayStart, arrayEnd
    /// The name of a member; nil if it is too long.
    case key(String?)
    /// nil if it is too long.
    case string(String?)
    /// Also `true`, `false` and `null`.
    case other
  }

  private enum State: Equatable {
    case value, firstElement, firstKey, key, colon, afterValue, done
    case string(isKey: Bool)
    case escape(isKey: Bool)
    case scalar
  }

  /// One bit for each open bracket: 1 for an object.
  private var nesting: UInt64 = 0
  private var depth = 0
  private var state = State.value
  /// The bytes of the string between its quotes, or of the number or word.
  private var text: [UInt8] = []
  private var isCut = false
  private var hasEscapes = false
  private let scalarBytesMax: Int

  package init(scalarBytesMax: Int) { self.scalarBytesMax = scalarBytesMax }

  /// As many brackets as may be open: the bits of `nesting`, and far more than a registry's answer
  /// has.
  package static let depthMax = 64

  /// Whether the document is whole.
  package var isDone: Bool { state == .done }

  /// - Parameter take: is called for each event that these bytes bring.
  /// - Throws: `.malformed` for bytes that cannot be in a document at that place.
  package mutating func push(
    _ bytes: UnsafeRawBufferPointer, _ take: (Event) -> Void
  ) throws(JSONStreamFault) {
    for byte in bytes {
      switch state {
      case .string(let isKey): try pushString(byte, isKey, take)
      case .escape(let isKey):
        keep(byte)
        state = .string(isKey: isKey)
      case .scalar where !Self.endsScalar(byte):
        guard text.count < Self.wordBytesMax else { throw .malformed }
        text.append(byte)
      case .scalar:
        try endScalar(take)
        try pushStructure(byte, take)
      default: try pushStructure(byte, take)
      }
    }
  }

  /// No number of a document that a Double can hold need be longer.
  private static let wordBytesMax = 1_100

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 9 || byte == 10 || byte == 13
  }

  private static func endsScalar(_ byte: UInt8) -> Bool {
    isBlank(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
      || byte == UInt8(ascii: "]")
  }

  private mutating func pushStructure(
    _ byte: UInt8, _ take: (Event) -> Void
  ) throws(JSONStreamFault) {
    if Self.isBlank(byte) { return }
    switch (state, byte) {
    case (.firstElement, UInt8(ascii: "]")), (.afterValue, UInt8(ascii: "]")):
      try close(isObject: false, take)
    case (.firstKey, UInt8(ascii: "}")), (.afterValue, UInt8(ascii: "}")):
      try close(isObject: true, take)
    case (.firstKey, UInt8(ascii: "\"")), (.key, UInt8(ascii: "\"")): begin(.string(isKey: true))
    case (.colon, UInt8(ascii: ":")): state = .value
    case (.afterValue, UInt8(ascii: ",")): state = isInObject ? .key : .value
    case (.value, _), (.firstElement, _): try pushValue(byte, take)
    default: throw .malformed
    }
  }

  private mutating func pushValue(
    _ byte: UInt8, _ take: (Event) -> Void
  ) throws(JSONStreamFault) {
    switch byte {
    case UInt8(ascii: "{"): try open(isObject: true, take)
    case UInt8(ascii: "["): try open(isObject: false, take)
    case UInt8(ascii: "\""): begin(.string(isKey: false))
    case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"):
      throw .malformed
    default:
      begin(.scalar)
      text.append(byte)
    }
  }

  private mutating func begin(_ new: State) {
    text.removeAll(keepingCapacity: true)
    (isCut, hasEscapes, state) = (false, false, new)
  }

  private mutating func keep(_ byte: UInt8) {
    if text.count < scalarBytesMax { text.append(byte) } else { isCut = true }
  }

  private mutating func pushString(
    _ byte: UInt8, _ isKey: Bool, _ take: (Event) -> Void
  ) throws(JSONStreamFault) {
    switch byte {
    case UInt8(ascii: "\""):
      let text = isCut ? nil : try string()
      take(isKey ? .key(text) : .string(text))
      if isKey { state = .colon } else { endValue() }
    case UInt8(ascii: "\\"):
      keep(byte)
      (hasEscapes, state) = (true, .escape(isKey: isKey))
    case 0..<0x20: throw .malformed
    default: keep(byte)
    }
  }

  private func string() throws(JSONStreamFault) -> String {
    if !hasEscapes, text.allSatisfy({ $0 < 0x80 }) { return String(decoding: text, as: UTF8.self) }
    let quoted = [UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")]
    let value = quoted.withUnsafeBytes { try? JSONValue.parse($0) }
    guard let string = value?.string else { throw .malformed }
    return string
  }

  private mutating func endScalar(_ take: (Event) -> Void) throws(JSONStreamFault) {
    guard text.withUnsafeBytes({ try? JSONValue.parse($0) }) != nil else { throw .malformed }
    take(.other)
    endValue()
  }

  private var isInObject: Bool { nesting & 1 == 1 }

  private mutating func open(
    isObject: Bool, _ take: (Event) -> Void
  ) throws(JSONStreamFault) {
    guard depth < Self.depthMax else { throw .tooDeep }
    nesting = nesting << 1 | (isObject ? 1 : 0)
    depth += 1
    state = isObject ? .firstKey : .firstElement
    take(isObject ? .objectStart : .arrayStart)
  }

  private mutating func close(
    isObject: Bool, _ take: (Event) -> Void
  ) throws(JSONStreamFault) {
    guard depth > 0, isInObject == isObject else { throw .malformed }
    nesting >>= 1
    depth -= 1
    take(isObject ? .objectEnd : .arrayEnd)
    endValue()
  }

  private mutating func endValue() { state = depth == 0 ? .done : .afterValue }
}

/// Why bytes are no part of a document that the stream reads.
package enum JSONStreamFault: Error, Equatable {
  case malformed
  /// More than `JSONStream.depthMax` brackets are open.
  case tooDeep
}
