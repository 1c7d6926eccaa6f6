/// ASCII digits.
package enum Digits {
  package static func isDecimal(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// The value of a hexadecimal digit, 0…15; nil for any other byte.
  package static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Reads up to 18 digits without a sign; so many fit Int64. Nil for any other text.
  package static func number(_ text: String) -> Int64? {
    let bytes = text.utf8
    guard (1...18).contains(bytes.count), bytes.allSatisfy(isDecimal) else { return nil }
    return Int64(text)
  }
}
