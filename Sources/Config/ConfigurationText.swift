/// Which texts the configuration accepts where, and how they are taken apart.
package enum ConfigurationText {
  /// 1…64 of `A-Z a-z 0-9 _ -`
  static func isName(_ text: String) -> Bool {
    (1...ConfigurationLimits.nameBytesMax).contains(text.utf8.count)
      && text.utf8.allSatisfy(isNameByte)
  }

  /// A name that may hold dots but not begin with one: such names become folders, and `..` is
  /// another folder.
  package static func isDottedName(_ text: String) -> Bool {
    (1...ConfigurationLimits.nameBytesMax).contains(text.utf8.count)
      && text.utf8.first != UInt8(ascii: ".")
      && text.utf8.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: ".") }
  }

  /// Without control characters: it is shown to people and written to logs by the line.
  package static func isLine(_ text: String, bytes: ClosedRange<Int>) -> Bool {
    bytes.contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }

  static func isPath(_ text: String, bytesMax: Int) -> Bool {
    isLine(text, bytes: 1...bytesMax)
  }

  /// What is before the first separator and what is after it; nil after it where there is none.
  package static func split(_ text: String, at separator: Unicode.Scalar) -> (String, String?) {
    guard let index = text.utf8.firstIndex(of: UInt8(ascii: separator)) else {
      return (text, nil)
    }
    return (String(text[..<index]), String(text[text.utf8.index(after: index)...]))
  }

  /// `path` as it is when it begins with "/", else in the folder that `file` is in.
  static func pathBeside(_ file: String, _ path: String) -> String {
    guard path.utf8.first != UInt8(ascii: "/"),
      let slash = file.utf8.lastIndex(of: UInt8(ascii: "/"))
    else { return path }
    return "\(file[...slash])\(path)"
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
