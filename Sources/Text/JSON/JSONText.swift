/// A string's bytes between its quotes, with its escapes. The tokenizer has checked that they are
/// well-formed.
package struct JSONText {
  package let bytes: UnsafeRawBufferPointer
  package let hasEscapes: Bool

  /// True when the text with its escapes resolved is these bytes.
  ///
  /// - Complexity: linear; allocates nothing.
  package func equals(_ utf8: UnsafeRawBufferPointer) -> Bool {
    if !hasEscapes { return bytes.count == utf8.count && bytes.elementsEqual(utf8) }
    var reader = JSONTextReader(bytes)
    for expected in utf8 {
      guard reader.next() == expected else { return false }
    }
    return reader.next() == nil
  }

  package func equals(_ text: StaticString) -> Bool {
    equals(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Writes the text with its escapes resolved.
  ///
  /// - Returns: the count of bytes; nil when there is no room for them.
  package func unescape(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    var reader = JSONTextReader(bytes)
    var count = 0
    while let byte = reader.next() {
      guard count < buffer.count else { return nil }
      buffer[count] = byte
      count += 1
    }
    return count
  }

  /// The text with its escapes resolved. Allocates.
  package var string: String {
    if !hasEscapes { return String(decoding: bytes, as: UTF8.self) }
    var reader = JSONTextReader(bytes)
    var utf8: [UInt8] = []
    utf8.reserveCapacity(bytes.count)
    while let byte = reader.next() { utf8.append(byte) }
    return String(decoding: utf8, as: UTF8.self)
  }
}

/// Reads the UTF-8 bytes of a text, with its escapes resolved.
private struct JSONTextReader {
  private let bytes: UnsafeRawBufferPointer
  private var index = 0
  /// The bytes of an escape that are still to be read; the next one is the lowest.
  private var pending: UInt32 = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func next() -> UInt8? {
    if pending != 0 {
      defer { pending >>= 8 }
      return UInt8(truncatingIfNeeded: pending)
    }
    guard index < bytes.count else { return nil }
    let byte = bytes[index]
    index += 1
    return byte == UInt8(ascii: "\\") ? unescape() : byte
  }

  private mutating func unescape() -> UInt8 {
    let letter = bytes[index]
    index += 1
    guard letter == UInt8(ascii: "u") else { return JSONEscape.byte(for: letter)! }
    var scalar = JSONEscape.unit(in: bytes, at: index)!
    index += 4
    if JSONEscape.isHighSurrogate(scalar) {
      let low = JSONEscape.unit(in: bytes, at: index + 2)!
      index += 6
      scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
    }
    return encode(scalar)
  }

  /// Returns the first byte and keeps the others in `pending`. None of those is 0.
  private mutating func encode(_ scalar: UInt32) -> UInt8 {
    func tail(_ shift: UInt32) -> UInt32 { 0x80 | scalar >> shift & 0x3F }
    switch scalar {
    case ..<0x80:
      return UInt8(scalar)
    case ..<0x800:
      pending = tail(0)
      return UInt8(0xC0 | scalar >> 6)
    case ..<0x10000:
      pending = tail(6) | tail(0) << 8
      return UInt8(0xE0 | scalar >> 12)
    default:
      pending = tail(12) | tail(6) << 8 | tail(0) << 16
      return UInt8(0xF0 | scalar >> 18)
    }
  }
}

/// The characters that may follow a backslash.
enum JSONEscape {
  /// - Returns: the byte that the escape stands for; nil for `u` and for a letter that is no
  ///   escape.
  static func byte(for letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// The UTF-16 unit of four hexadecimal digits.
  static func unit(in bytes: UnsafeRawBufferPointer, at index: Int) -> UInt32? {
    guard index + 4 <= bytes.count else { return nil }
    var unit: UInt32 = 0
    for byte in bytes[index..<index + 4] {
      switch byte {
      case 0x30...0x39: unit = unit << 4 | UInt32(byte - 0x30)
      case 0x41...0x46: unit = unit << 4 | UInt32(byte - 0x41 + 10)
      case 0x61...0x66: unit = unit << 4 | UInt32(byte - 0x61 + 10)
      default: return nil
      }
    }
    return unit
  }

  static func isHighSurrogate(_ unit: UInt32) -> Bool { unit & 0xFC00 == 0xD800 }
  static func isLowSurrogate(_ unit: UInt32) -> Bool { unit & 0xFC00 == 0xDC00 }
}
