import Testing

@testable import Text

/// Goal: every text becomes one JSON string that reads back as the same text.
@Suite struct JSONQuotingTests {
  @Test(arguments: [
    "", "plain", "\"quoted\" and \\", "\u{0}\u{1F}\n\r\t\u{8}\u{C}\u{7F}", "é 日本 🙂",
    String(repeating: "\u{1}", count: 1000),
  ])
  func `reads back as itself`(text: String) throws {
    let quoted = Array(JSONText.quoted(text).utf8)
    #expect(!quoted.contains { $0 < 0x20 })
    #expect(try quoted.withUnsafeBytes { try JSONValue.parse($0) } == .string(text))
  }
}
