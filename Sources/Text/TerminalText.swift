/// Makes text from outside safe for a terminal: the text must not control the terminal.
package enum TerminalText {
  /// Every character but printable ASCII becomes a question mark.
  ///
  /// `visible` keeps letters of all scripts.
  package static func printable(_ text: String) -> String {
    String(
      decoding: text.utf8.map { 0x20..<0x7F ~= $0 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
  }

  /// An address, or what was meant to be one, without its secrets and printable.
  package static func address(_ text: String) -> String { printable(SecretText.address(text)) }

  /// Controls, and characters that change the direction of the text, become question marks.
  package static func visible(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}",
        "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}":
        result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
