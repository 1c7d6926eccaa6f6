/// Writes JSON into a fixed buffer that the caller owns. If the calls are balanced, the JSON is
/// well-formed, even when the caller gives it arbitrary bytes.
///
/// Hot: allocates nothing, throws nothing. When the buffer is full it writes no more, and
/// `finished` is nil.
package struct JSONWriter {
  var output: FixedOutput
  private var depth = 0
  private var needsComma = false

  package init(_ buffer: UnsafeMutableRawBufferPointer) { output = FixedOutput(buffer) }

  /// The JSON; nil when it did not fit.
  package var finished: UnsafeRawBufferPointer? {
    precondition(depth == 0)
    return output.written
  }

  /// So many bytes more would fit: for a writer that ends a page in time.
  package func hasRoom(_ bytes: Int) -> Bool { output.hasRoom(bytes) }

  /// Begins anew in the same buffer.
  package mutating func reset() {
    output.reset()
    (depth, needsComma) = (0, false)
  }

  package mutating func beginObject() { begin(UInt8(ascii: "{")) }
  package mutating func endObject() { end(UInt8(ascii: "}")) }
  package mutating func beginArray() { begin(UInt8(ascii: "[")) }
  package mutating func endArray() { end(UInt8(ascii: "]")) }

  /// The member's value is next.
  package mutating func key(_ name: StaticString) {
    string(name)
    endKey()
  }

  package mutating func key(_ name: String) {
    string(name)
    endKey()
  }

  package mutating func null() { word("null") }
  package mutating func bool(_ value: Bool) { word(value ? "true" : "false") }

  package mutating func string(_ text: StaticString) {
    string(utf8: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  package mutating func string(_ text: String) {
    // In ordinary and in Embedded Swift a string's storage is UTF-8 in one piece.
    var text = text
    text.withUTF8 { string(utf8: UnsafeRawBufferPointer($0)) }
  }

  /// Writes bytes from outside as a string. Each byte that is no part of well-formed UTF-8 becomes
  /// U+FFFD.
  package mutating func string(utf8 text: UnsafeRawBufferPointer) {
    separate()
    output.put(UInt8(ascii: "\""))
    var index = 0
    while index < text.count {
      let length = UTF8Sequence.length(in: text, at: index)
      switch length {
      case 0: output.put("\u{FFFD}")
      case 1: escape(text[index])
      default: output.put(UnsafeRawBufferPointer(rebasing: text[index..<index + length]))
      }
      index += max(length, 1)
    }
    output.put(UInt8(ascii: "\""))
  }

  /// Writes a whole JSON value.
  package mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let value): bool(value)
    case .integer(let value): integer(value)
    case .number(let value): number(value)
    case .string(let text): string(text)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members {
        key(member.name)
        self.value(member.value)
      }
      endObject()
    }
  }

  /// Ends the line after a document.
  package mutating func newline() {
    precondition(depth == 0)
    output.put(.lineFeed)
    needsComma = false
  }
}

// Functions that write a whole member: its key and its value.
extension JSONWriter {
  package mutating func member(_ key: String, _ value: String) {
    self.key(key)
    string(value)
  }

  package mutating func member(_ key: String, _ value: StaticString) {
    self.key(key)
    string(value)
  }

  /// The value is bytes from outside, as for `string(utf8:)`.
  package mutating func member(_ key: String, utf8 value: UnsafeRawBufferPointer) {
    self.key(key)
    string(utf8: value)
  }

  package mutating func member(_ key: String, _ value: Bool) {
    self.key(key)
    bool(value)
  }

  package mutating func member(_ key: String, _ value: some FixedWidthInteger) {
    self.key(key)
    integer(value)
  }

  package mutating func member(_ key: String, _ value: Double) {
    self.key(key)
    number(value)
  }

  package mutating func member(_ key: String, _ value: Float) {
    self.key(key)
    number(value)
  }

  /// 0...30 digits after the point.
  package mutating func member(_ key: String, _ value: Double, decimals: Int) {
    self.key(key)
    number(value, decimals: decimals)
  }

  package mutating func member(_ key: String, _ value: JSONValue) {
    self.key(key)
    self.value(value)
  }

  /// The value is a text that is JSON already.
  package mutating func member(_ key: String, json value: String) {
    self.key(key)
    separate()
    var value = value
    value.withUTF8 { output.put(UnsafeRawBufferPointer($0)) }
  }

  // null for nil.

  package mutating func member(_ key: String, _ value: String?) {
    if let value { member(key, value) } else { null(key) }
  }

  package mutating func member(_ key: String, _ value: (some FixedWidthInteger)?) {
    if let value { member(key, value) } else { null(key) }
  }

  package mutating func member(_ key: String, _ value: Double?, decimals: Int) {
    if let value { member(key, value, decimals: decimals) } else { null(key) }
  }

  private mutating func null(_ key: String) {
    self.key(key)
    null()
  }

  // Arrays and objects: `write` writes their parts, and nothing else.

  package mutating func object(_ key: String, _ write: (inout JSONWriter) -> Void) {
    self.key(key)
    object(write)
  }

  package mutating func array(_ key: String, _ write: (inout JSONWriter) -> Void) {
    self.key(key)
    beginArray()
    write(&self)
    endArray()
  }

  /// An object as an element or as the whole document.
  package mutating func object(_ write: (inout JSONWriter) -> Void) {
    beginObject()
    write(&self)
    endObject()
  }

  package mutating func member(_ key: String, _ elements: [String]) {
    array(key) { writer in
      for element in elements { writer.string(element) }
    }
  }
}

extension JSONWriter {
  /// Writes one object as text, for reports. Allocates.
  ///
  /// - Parameter write: writes the members. It is called again with a larger buffer until all fit,
  ///   so it must write the same members each time.
  package static func text(_ write: (inout JSONWriter) -> Void) -> String {
    var room = 1024
    while true {
      var bytes = [UInt8](repeating: 0, count: room)
      let text: String? = bytes.withUnsafeMutableBytes { buffer in
        var writer = JSONWriter(buffer)
        writer.object(write)
        return writer.finished.map { String(decoding: $0, as: UTF8.self) }
      }
      if let text { return text }
      room *= 4
    }
  }
}

// Functions that write to the buffer.
extension JSONWriter {
  private mutating func begin(_ bracket: UInt8) {
    separate()
    output.put(bracket)
    depth += 1
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    precondition(depth > 0)
    depth -= 1
    output.put(bracket)
    needsComma = true
  }

  private mutating func endKey() {
    output.put(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes the comma that is due before a value or a key.
  mutating func separate() {
    if needsComma { output.put(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func word(_ word: StaticString) {
    separate()
    output.put(word)
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): output.put("\\\"")
    case UInt8(ascii: "\\"): output.put("\\\\")
    case 0x08: output.put("\\b")
    case 0x09: output.put("\\t")
    case 0x0A: output.put("\\n")
    case 0x0C: output.put("\\f")
    case 0x0D: output.put("\\r")
    case ..<0x20:
      let digits: StaticString = "0123456789abcdef"
      output.put("\\u00")
      output.put(digits.utf8Start[Int(byte >> 4)])
      output.put(digits.utf8Start[Int(byte & 15)])
    default: output.put(byte)
    }
  }
}
