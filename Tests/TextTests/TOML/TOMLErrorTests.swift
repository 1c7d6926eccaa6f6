import Testing

@testable import Text

/// Goal: every kind of fault is reported at its line and column.
/// Method: the shortest document with each fault, and the whole sentence.
@Suite struct TOMLErrorTests {
  @Test(arguments: [
    (
      "a = \"\u{0}\"",
      "1:6: control character 0; remove it, or write it as an escape in a \"...\" string"
    ),
    ("é = 1", "1:1: expected a key; put it in quotes unless it is of A-Z a-z 0-9 _ -"),
    (
      "a = 'é\u{7F}'",
      "1:7: control character 127; remove it, or write it as an escape in a \"...\" string"
    ),
    ("# x\ry", "1:4: carriage return without a line feed; end lines with a line feed"),
    ("a = 1\n  = 2", "2:3: expected a key; put it in quotes unless it is of A-Z a-z 0-9 _ -"),
    ("a. = 1", "1:4: expected a key; put it in quotes unless it is of A-Z a-z 0-9 _ -"),
    ("a 1", "1:3: expected = after the key"),
    ("a =", "1:4: expected a value"),
    ("a = ,", "1:5: expected a value"),
    ("a = 1 b = 2", "1:7: expected the end of the line"),
    ("[a", "1:3: expected ] at the end of the header"),
    ("[a] b", "1:5: expected the end of the line"),
    ("[[a]", "1:5: expected ]] at the end of the header"),
    ("[[a", "1:4: expected ]] at the end of the header"),
    ("a = [1 2]", "1:8: expected , or ] in the array"),
    ("a = [1,\n 2,\n", "3:1: expected a value"),
    ("a = {b = 1 c = 2}", "1:12: expected , or } in the inline table"),
    ("a = {b = 1,\nc = 2}", "1:12: an inline table must stand on one line; write it as [table]"),
    ("a = {\n}", "1:6: an inline table must stand on one line; write it as [table]"),
    ("a = {b = 1\n}", "1:11: an inline table must stand on one line; write it as [table]"),
    ("a = {b = 1, }", "1:13: an inline table must not end with a comma; remove it"),
    ("\"\"\"a\"\"\" = 1", "1:1: a key must stand on one line; quote it once"),
    ("'''a''' = 1", "1:1: a key must stand on one line; quote it once"),
    ("a = \"x", "1:5: the string that begins here does not end; close its quotes"),
    ("a = 'x\n'", "1:5: the string that begins here does not end; close its quotes"),
    ("a = \"\"\"\nx\n\"\"", "1:5: the string that begins here does not end; close its quotes"),
    ("a = \"x\\\"", "1:5: the string that begins here does not end; close its quotes"),
    (#"a = "x\y""#, Self.unknownEscape), (#"a = "x\u12G4""#, Self.unknownEscape),
    (#"a = "x\"#, Self.unknownEscape), (#"a = "x\u12"#, Self.unknownEscape),
    (#"a = "x\ y""#, Self.unknownEscape), ("a = \"x\\\ny\"", Self.unknownEscape),
    (#"a = "x\uD800""#, "1:7: the escape names no Unicode character"),
    (#"a = "x\U00110000""#, "1:7: the escape names no Unicode character"),
    (#"a = "x\UFFFFFFFF""#, "1:7: the escape names no Unicode character"),
    ("a = yes", "1:5: \"yes\" is no value; put text in quotes"),
    ("a = True", "1:5: \"True\" is no value; put text in quotes"),
    ("a = 01", "1:5: \"01\" is no number; put text in quotes"),
    ("a = 1.", "1:5: \"1.\" is no number; put text in quotes"),
    ("a = +0x1", "1:5: \"+0x1\" is no number; put text in quotes"),
    ("a = +", "1:5: \"+\" is no value; put text in quotes"),
    ("a = 115200baud", "1:5: \"115200baud\" is no number; put text in quotes"),
    ("a = 9223372036854775808", "1:5: \"9223372036854775808\" does not fit 64 bits"),
    ("a = -9223372036854775809", "1:5: \"-9223372036854775809\" does not fit 64 bits"),
    ("a = 0x8000000000000000", "1:5: \"0x8000000000000000\" does not fit 64 bits"),
    ("a = 1e309", "1:5: \"1e309\" does not fit double precision"),
    ("a = 1979-05-7", Self.malformedDate("1979-05-7")),
    ("a = 1979-05-27T07:32", Self.malformedDate("1979-05-27T07:32")),
    ("a = 07:32", Self.malformedDate("07:32")),
    ("a = 1979-05-27T07:32:00z1", Self.malformedDate("1979-05-27T07:32:00z1")),
    ("a = 1979-02-29", "1:5: \"1979-02-29\" is not in the calendar or on the clock"),
    ("a = 24:00:00", "1:5: \"24:00:00\" is not in the calendar or on the clock"),
    (
      "a = 1979-05-27T07:32:00+24:00",
      "1:5: \"1979-05-27T07:32:00+24:00\" is not in the calendar or on the clock"
    ),
    ("a = 1\na = 2", "2:1: \"a\" is already defined at t:1:1; remove one"),
    ("[a]\nb = 1\n[c]\n[a]", "4:2: \"a\" is already defined at t:1:2; remove one"),
    ("a = 1\n[[a]]", "2:3: \"a\" is already defined at t:1:1; remove one"),
    ("[[a]]\n[a]", "2:2: \"a\" is already defined at t:1:3; remove one"),
    ("a.b = 1\n[a]", "2:2: \"a\" is already defined at t:1:1; remove one"),
    ("a = {}\na.b = 1", "2:1: \"a\" is defined at t:1:1 and cannot be added to here"),
    ("a = [{}]\n[a.b]", "2:2: \"a\" is defined at t:1:1 and cannot be added to here"),
    ("[a.b]\n[a]\nb.c = 1", "3:1: \"b\" is defined at t:1:4 and cannot be added to here"),
  ])
  func `each has its place and its sentence`(document: String, expected: String) {
    #expect(sentence(Array(document.utf8)) == expected)
  }

  /// Overlong forms, surrogates, code points that do not exist, and sequences cut short.
  @Test(
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x9F, 0xBF],
      [0xED, 0xA0, 0x80],
      [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xF0, 0x8F, 0xBF, 0xBF],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xFF],
    ] as [[UInt8]])
  func `text that is not UTF-8`(bytes: [UInt8]) {
    let expected = "2:4: not UTF-8; save the file as UTF-8"
    #expect(sentence(Array("a = 1\n# é".utf8) + bytes) == expected)
    #expect(sentence(Array("a = 1\n# é".utf8) + bytes + [0x0A]) == expected)
  }

  @Test func `text that is just UTF-8`() {
    let edges = "\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFD}\u{10000}\u{FFFFF}\u{100000}\u{10FFFF}"
    #expect(sentence(Array("a = '\(edges)' x".utf8)) == "1:18: expected the end of the line")
  }

  /// A header may define a table that longer headers implied. Dotted keys may do that, too, once.
  @Test(arguments: [
    ("[a.b]\n[a]\nc = 1", nil), ("[a.b.c]\n[a]\nb.d = 1", nil),
    ("[a.b.c]\n[a]\nb.d = 1\nb.e = 2", nil), ("[a.b.c]\n[a]\nb.d = 1\n[a.b]", "4:4"),
    ("[a]\nb.c = 1\n[a.b.d]", nil), ("[[a]]\n[a.b]\n[[a]]\n[a.b]", nil),
    ("[[a]]\nb.c = 1\n[[a]]\nb.c = 1", nil), ("a = [{b.c = 1}, {b.c = 1}]", nil),
  ])
  func `tables`(document: String, place: String?) {
    let sentence = sentence(Array(document.utf8))
    #expect(place.map { sentence?.hasPrefix("\($0): ") == true } ?? (sentence == nil))
  }

  /// The sentences of the limits; the reader's tests check their places.
  @Test(arguments: [
    (TOMLErrorKind.tooDeep, "more than 32 tables and arrays within each other"),
    (.tooManyValues, "more than 65536 values in one file"),
    (.tooManyKeys, "more than 1024 keys in one table"),
  ])
  func `limits`(kind: TOMLErrorKind, expected: String) {
    #expect(kind.message == expected)
  }

  private static let unknownEscape =
    #"1:7: unknown escape; a "..." string has \b \t \n \f \r \" \\ \uXXXX \UXXXXXXXX, and a "#
    + "'...' string none"

  private static func malformedDate(_ text: String) -> String {
    "1:5: \"\(text)\" is no date or time; write it as 1979-05-27T07:32:00Z, or put text in quotes"
  }

  private func sentence(_ bytes: [UInt8]) -> String? {
    do throws(TOMLError) {
      _ = try TOMLReader.read(bytes, file: "t")
      return nil
    } catch {
      return "\(error.place.line):\(error.place.column): \(error.kind.message)"
    }
  }
}
