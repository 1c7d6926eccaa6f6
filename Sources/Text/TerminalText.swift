/// Makes text from outside safe for a terminal: the text must not control the terminal.
package enum TerminalText {
  /// Every character but printable ASCII becomes a question mark.
  package static func printable(_ text: String) -> String {
    String(
      decoding: text.utf8.map { 0x20..<0x7F ~= $0 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
  }
}
