/// Checks the texts that the configuration accepts, and splits them.
package enum ConfigurationText {
  /// True for 1…64 of `A-Z a-z 0-9 _ -`.
  package static func isName(_ text: String) -> Bool {
    (1...ConfigurationLimits.nameBytesMax).contains(text.utf8.count)
      && text.utf8.allSatisfy(isNameByte)
  }

  /// True for a name that may hold dots but does not begin with one: such names become names of
  /// folders, and `..` would be another folder.
  package static func isDottedName(_ text: String) -> Bool {
    (1...ConfigurationLimits.nameBytesMax).contains(text.utf8.count)
      && text.utf8.first != UInt8(ascii: ".")
      && text.utf8.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: ".") }
  }

  /// True for a text without control characters: it is shown to people and written to logs line by
  /// line.
  package static func isLine(_ text: String, bytes: ClosedRange<Int>) -> Bool {
    bytes.contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }

  static func isPath(_ text: String, bytesMax: Int) -> Bool {
    isLine(text, bytes: 1...bytesMax)
  }

  /// The texts before and after the first separator; the second is nil if there is no separator.
  package static func split(_ text: String, at separator: Unicode.Scalar) -> (String, String?) {
    guard let index = text.utf8.firstIndex(of: UInt8(ascii: separator)) else {
      return (text, nil)
    }
    return (String(text[..<index]), String(text[text.utf8.index(after: index)...]))
  }

  /// `path` unchanged if it begins with "/", else `path` in the folder of `file`.
  static func pathBeside(_ file: String, _ path: String) -> String {
    guard path.utf8.first != UInt8(ascii: "/"),
      let slash = file.utf8.lastIndex(of: UInt8(ascii: "/"))
    else { return path }
    return "\(file[...slash])\(path)"
  }

  /// A text with a `-` in the place of each run of bytes that a name cannot have.
  static func name(from text: String) -> String {
    var name: [UInt8] = []
    for byte in text.utf8 {
      if isNameByte(byte) {
        name.append(byte)
      } else if name.last != UInt8(ascii: "-"), !name.isEmpty {
        name.append(UInt8(ascii: "-"))
      }
    }
    while name.last == UInt8(ascii: "-") { name.removeLast() }
    return String(decoding: name.prefix(ConfigurationLimits.nameBytesMax), as: UTF8.self)
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
