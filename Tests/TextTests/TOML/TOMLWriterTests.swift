import Testing

@testable import Text

/// Goal: what a table says is not changed by writing it and reading it again.
/// Method: tables of every type of value, written, read and written again.
@Suite struct TOMLWriterTests {
  private func table(_ text: String) throws -> TOMLTable {
    try TOMLReader.read(Array(text.utf8), file: "t.toml")
  }

  @Test(arguments: [
    ("a = 1\n", "a = 1\n"),
    ("a = 0x10\nb = -1_000\n", "a = 16\nb = -1000\n"),
    ("a = 1.50\nb = 1e-7\nc = inf\nd = 5e+22\n", "a = 1.5\nb = 1e-07\nc = inf\nd = 5e+22\n"),
    ("a = true # why\n", "a = true\n"),
    (
      "a = 'C:\\x'\nb = \"\"\"\n\"é\"\t\u{1F600}\n\"\"\"\n",
      "a = \"C:\\\\x\"\nb = \"\\\"é\\\"\\t\u{1F600}\\n\"\n"
    ),
    ("a = 1979-05-27T07:32:00Z\n", "a = 1979-05-27T07:32:00Z\n"),
    ("a = [1, [\"x\"], {}]\n", "a = [1, [\"x\"], {}]\n"),
    (
      "[a]\nb.c = 1\n[[a.d]]\n\"x y\" = 2\n",
      "a = { b = { c = 1 }, d = [{ \"x y\" = 2 }] }\n"
    ),
  ])
  func `a table is written on lines`(text: String, written: String) throws {
    #expect(TOMLWriter.text(of: try table(text)) == written)
    #expect(TOMLWriter.text(of: try table(written)) == written)
  }

  @Test func `any text is one string on one line`() throws {
    let text = (0...0x2FF).compactMap { Unicode.Scalar($0) }.map { String($0) }.joined()
    let line = "a = \(TOMLText.quoted(text))\n"
    #expect(line.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
    #expect(try table(line).entry("a")?.placedText?.text == text)
  }
}
