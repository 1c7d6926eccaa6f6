import Text

/// Bytes that the agent writes to a device, as a configuration has them: `"ON\r\n"`, or
/// `"hex:A0 01 01 A2"`.
package struct BytesText: Equatable, Sendable {
  package let bytes: [UInt8]
  let isText: Bool

  /// Nil when it is none, or not of 1 to `ConfigurationLimits.textBytesMax` bytes.
  package static func parse(_ text: String) -> BytesText? {
    let limits = 1...ConfigurationLimits.textBytesMax
    guard text.utf8.starts(with: "hex:".utf8) else {
      return limits.contains(text.utf8.count)
        ? BytesText(bytes: Array(text.utf8), isText: true) : nil
    }
    var bytes: [UInt8] = []
    for word in text.utf8.dropFirst(4).split(separator: UInt8(ascii: " ")) {
      guard let found = Hexadecimal.bytes(String(decoding: Array(word), as: UTF8.self)) else {
        return nil
      }
      bytes += found
    }
    return limits.contains(bytes.count) ? BytesText(bytes: bytes, isText: false) : nil
  }

  /// The same on a command line, where CR, LF, tab and the backslash are written as in TOML.
  package static func parseEscaped(_ text: String) -> BytesText? {
    var bytes: [UInt8] = []
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
      guard byte == UInt8(ascii: "\\") else {
        bytes.append(byte)
        continue
      }
      switch rest.next() {
      case UInt8(ascii: "r")?: bytes.append(0x0D)
      case UInt8(ascii: "n")?: bytes.append(0x0A)
      case UInt8(ascii: "t")?: bytes.append(0x09)
      case UInt8(ascii: "\\")?: bytes.append(byte)
      default: return nil
      }
    }
    return parse(String(decoding: bytes, as: UTF8.self))
  }

  /// As the configuration has it.
  var written: String {
    isText
      ? String(decoding: bytes, as: UTF8.self)
      : "hex:" + bytes.map { Hexadecimal.text([$0]) }.joined(separator: " ")
  }
}
