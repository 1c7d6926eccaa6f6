/// Text from outside, made fit for a terminal, which it must not steer.
package enum TerminalText {
  /// Everything but printable ASCII becomes a question mark.
  package static func printable(_ text: String) -> String {
    String(
      decoding: text.utf8.map { 0x20..<0x7F ~= $0 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
  }
}
