import Testing

@testable import Config
@testable import Text

/// Goal: the small texts of a configuration are read correctly, also at their limits.
/// Method: tables of texts and answers.
@Suite struct ConfigurationTextTests {
  @Test(
    arguments: [
      ("0s", 0), ("1ns", 1), ("2us", 2000), ("20ms", 20_000_000), ("5s", 5_000_000_000),
      ("1m", 60_000_000_000), ("2h", 7_200_000_000_000), ("007s", 7_000_000_000),
      ("9223372036854775807ns", .max), ("2562047h", 9_223_369_200_000_000_000),
      ("9223372036854775808ns", nil), ("2562048h", nil), ("", nil), ("s", nil), ("1", nil),
      ("1 s", nil), (" 1s", nil), ("1s ", nil), ("1.5s", nil), ("-1s", nil), ("+1s", nil),
      ("1S", nil), ("1sec", nil), ("1h30m", nil), ("1µs", nil), ("١s", nil),
    ] as [(String, Int64?)])
  func `durations`(text: String, nanoseconds: Int64?) {
    #expect(DurationText.nanoseconds(text) == nanoseconds)
  }

  @Test(
    arguments: [
      (0, "0s"), (1, "1ns"), (1000, "1us"), (1500, "1500ns"), (20_000_000, "20ms"),
      (90_000_000_000, "90s"), (3_600_000_000_000, "1h"),
    ] as [(Int64, String)])
  func `durations as text`(nanoseconds: Int64, text: String) {
    #expect(DurationText.text(nanoseconds: nanoseconds) == text)
  }

  @Test(
    arguments: [
      ("1KiB", 1024), ("16MiB", 16 << 20), ("0KiB", 0),
      ("8796093022207MiB", 8_796_093_022_207 << 20),
      ("8796093022208MiB", nil), ("16", nil), ("16 MiB", nil), ("16mib", nil), ("16MB", nil),
      ("16M", nil), ("1GiB", nil), ("-1KiB", nil), ("", nil), ("1\u{212A}iB", nil),
    ] as [(String, Int?)])
  func `sizes`(text: String, bytes: Int?) {
    #expect(MemoryText.bytes(text) == bytes)
    #expect(MemoryText.text(bytes: 3 << 20) == "3MiB")
    #expect(MemoryText.text(bytes: 65 << 10) == "65KiB")
  }

  @Test(
    arguments: [
      ("0.1.0", "0.1.0"), ("10.20.30", "10.20.30"), ("999999999.0.0", "999999999.0.0"),
      ("1000000000.0.0", nil), ("1.2", nil), ("1.2.3.4", nil), ("1..3", nil), ("", nil),
      ("1.2.", nil),
      ("01.2.3", nil), ("1.2.-3", nil), ("1.2.3-rc.1", nil), ("v1.2.3", nil), (" 1.2.3", nil),
    ] as [(String, String?)])
  func `versions`(text: String, expected: String?) {
    #expect(SemanticVersion(text)?.text == expected)
  }

  @Test func `versions in order`() {
    let versions = ["0.0.9", "0.1.0", "0.1.1", "0.2.0", "0.10.0", "1.0.0"].compactMap {
      SemanticVersion($0)
    }
    #expect(versions.count == 6)
    for (a, b) in zip(versions, versions.dropFirst()) { #expect(a < b && !(b < a) && a != b) }
  }

  @Test(arguments: [
    ("baud", "baud", 0), ("buad", "baud", 1), ("bauds", "baud", 1), ("bud", "baud", 1),
    ("bayd", "baud", 1), ("", "baud", 4), ("baud", "", 4), ("ca", "abc", 3),
    ("kitten", "sitting", 3),
  ])
  func `slips`(a: String, b: String, count: Int) {
    #expect(Suggestion.slips(Array(a.utf8), Array(b.utf8)) == count)
  }

  @Test(arguments: [
    ("buad", "baud"), ("nmae", "name"), ("stale", "stale_after"), ("staleAfter", "stale_after"),
    ("x", nil), ("", nil), ("st", nil), ("colour", nil),
    (String(repeating: "baud", count: 17), nil),
  ])
  func `suggestions`(text: String, expected: String?) {
    #expect(Suggestion.nearest(to: text, among: ["name", "baud", "stale_after"]) == expected)
    #expect(Suggestion.nearest(to: text, among: []) == nil)
  }

  @Test(arguments: [
    ("plain", "\"plain\""), ("a\"b\\c", #""a\"b\\c""#), ("a\nb\tc", #""a\nb\tc""#),
    ("\u{1B}[31m\u{7F}", #""\u{1B}[31m\u{7F}""#), ("\u{9B}", #""\u{9B}""#),
    ("\u{202E}", #""\u{202E}""#), ("é", "\"é\""),
    (String(repeating: "é", count: 60), "\"\(String(repeating: "é", count: 60))\""),
    (String(repeating: "é", count: 61), "\"\(String(repeating: "é", count: 60))…\""),
  ])
  func `text from files is shown safely`(text: String, shown: String) {
    #expect(quoted(text) == shown)
  }
}
