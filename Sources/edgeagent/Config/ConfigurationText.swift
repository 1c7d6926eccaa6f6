/// Which texts the configuration accepts where.
enum ConfigurationText {
  /// 1…64 of `A-Z a-z 0-9 _ -`
  static func isName(_ text: String) -> Bool {
    (1...ConfigurationLimits.nameBytesMax).contains(text.utf8.count)
      && text.utf8.allSatisfy(isNameByte)
  }

  /// A name that may hold dots but not begin with one: such names become folders, and `..` is
  /// another folder.
  static func isDottedName(_ text: String) -> Bool {
    (1...ConfigurationLimits.nameBytesMax).contains(text.utf8.count)
      && text.utf8.first != UInt8(ascii: ".")
      && text.utf8.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: ".") }
  }

  /// Without control characters: it is shown to people and written to logs by the line.
  static func isLine(_ text: String, bytes: ClosedRange<Int>) -> Bool {
    bytes.contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }

  static func isPath(_ text: String, bytesMax: Int) -> Bool {
    isLine(text, bytes: 1...bytesMax)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
