/// Checks that the bytes of a TOML document are well-formed UTF-8 without control characters. The
/// check comes once, before the reader, so that the reader need not check it. Writes strings, too.
package enum TOMLText {
  /// A basic string with its quotes.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\u{0}"..."\u{1F}", "\u{7F}":
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// - Throws: an error for the first byte that is not allowed at its place.
  /// - Complexity: one pass.
  static func check(_ bytes: [UInt8], file: String) throws(TOMLError) {
    var place = SourcePlace(file: file, line: 1, column: 1)
    var index = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\n") {
        place.line += 1
        place.column = 0
      } else if isForbidden(byte, before: index + 1 < bytes.count ? bytes[index + 1] : 0) {
        throw TOMLError(place: place, kind: .controlCharacter(byte))
      }
      let length = scalarLength(bytes, at: index)
      guard length > 0 else { throw TOMLError(place: place, kind: .invalidUTF8) }
      index += length
      place.column += 1
    }
  }

  /// A carriage return is allowed only before a line feed.
  private static func isForbidden(_ byte: UInt8, before next: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\t"), UInt8(ascii: "\n"): false
    case UInt8(ascii: "\r"): next != UInt8(ascii: "\n")
    default: byte < 0x20 || byte == 0x7F
    }
  }

  /// The bytes of the scalar that begins at `index`, or 0 if no scalar begins there: no overlong
  /// forms, no surrogates, nothing above U+10FFFF (Unicode 16, table 3-7).
  private static func scalarLength(_ bytes: [UInt8], at index: Int) -> Int {
    let (length, second): (Int, ClosedRange<UInt8>) =
      switch bytes[index] {
      case 0x00...0x7F: (1, 0x80...0xBF)
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: (0, 0x80...0xBF)
      }
    guard length > 1 else { return length }
    guard index + length <= bytes.count, second.contains(bytes[index + 1]) else { return 0 }
    for next in bytes[index + 2..<index + length] where next & 0xC0 != 0x80 { return 0 }
    return length
  }
}
