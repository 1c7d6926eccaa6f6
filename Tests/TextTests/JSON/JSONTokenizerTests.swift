import Testing

import TestSupport
@testable import Text

/// Goal: errors name their kind and place; hostile bytes cost no more than their length.
/// Method: one document for each fault, each prefix of a good document, seeded mutations.
@Suite struct JSONTokenizerTests {
  private func error(_ bytes: [UInt8]) -> JSONError? {
    bytes.withUnsafeBytes { bytes in
      var tokenizer = JSONTokenizer(bytes)
      do throws(JSONError) {
        while try tokenizer.next() != nil {}
        return nil
      } catch {
        return error
      }
    }
  }

  @Test(arguments: [
    ("", JSONFault.endUnexpected, 1, 1), ("[1,\n 2,\n  x]", .byteUnexpected(0x78), 3, 3),
    ("[\"äöü\",]", .byteUnexpected(0x5D), 1, 8), ("[1]\n 2", .trailing(0x32), 2, 2),
    ("-", .numberMalformed, 1, 1), ("[1.]", .numberMalformed, 1, 2),
    ("1e+", .numberMalformed, 1, 1),
    ("\"\\x\"", .escapeMalformed, 1, 2), ("\"\\u12G4\"", .escapeMalformed, 1, 2),
    ("\"\\ud800\"", .surrogateAlone, 1, 2), ("\"\\udc00\"", .surrogateAlone, 1, 2),
    ("\"\\ud800\\u0041\"", .surrogateAlone, 1, 2), ("\"a\nb\"", .controlCharacter(0x0A), 1, 3),
    ("\"a", .endUnexpected, 1, 3), ("\"a\\", .endUnexpected, 1, 4), ("tru", .endUnexpected, 1, 4),
    ("trux", .byteUnexpected(0x78), 1, 4), ("{1:2}", .byteUnexpected(0x31), 1, 2),
    ("{\"a\" 1}", .byteUnexpected(0x31), 1, 6), ("[1}", .byteUnexpected(0x7D), 1, 3),
    ("\u{FEFF}1", .byteUnexpected(0xEF), 1, 1),
  ])
  func `names the fault and its place`(text: String, fault: JSONFault, line: Int, column: Int) {
    let error = error(Array(text.utf8))
    #expect(error?.fault == fault)
    #expect(error?.line == line && error?.column == column)
  }

  @Test(
    arguments: [
      [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80], [0xE2, 0x82], [0xFF],
      [0xC3, 0x28],
    ] as [[UInt8]])
  func `refuses malformed UTF-8`(bytes: [UInt8]) {
    #expect(error([0x22] + bytes + [0x22])?.fault == .utf8Malformed)
  }

  @Test(arguments: [
    "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10FFFF}",
  ])
  func `accepts UTF-8 at each boundary`(text: String) {
    #expect(error(Array("\"\(text)\"".utf8)) == nil)
  }

  @Test(arguments: [1, 63, 64])
  func `nests as deep as the limit`(depth: Int) {
    #expect(error(nested(depth)) == nil)
  }

  @Test(arguments: [65, 66, 100_000])
  func `refuses to nest deeper`(depth: Int) {
    #expect(error(nested(depth)) == error([UInt8](repeating: 0x5B, count: 65)))
    #expect(error(nested(depth))?.fault == .tooDeep(depthMax: 64))
  }

  private func nested(_ depth: Int) -> [UInt8] {
    [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
  }

  private static let document = Array(
    #"{"a":[1,-2.5e3,true,false,null,"\u00e9\ud83d\ude00\n"],"b":{"c":{}},"é":"x"}"#.utf8)

  @Test func `every prefix is unfinished, and the whole is not`() {
    #expect(error(Self.document) == nil)
    for count in 0..<Self.document.count {
      #expect(error(Array(Self.document[..<count])) != nil)
    }
  }

  @Test func `mutations are accepted or refused, and keys keep their values`() {
    var random = SeededGenerator("JSON mutations")
    for _ in 0..<20_000 {
      var bytes = Self.document
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] =
          Bool.random(using: &random)
          ? UInt8.random(in: 0...255, using: &random)
          : Array("{}[]\",:\\u0e-".utf8).randomElement(using: &random)!
      }
      bytes.withUnsafeBytes { _ = try? JSONValue.parse($0) }
    }
  }

  @Test func `a text compares and unescapes without a String`() throws {
    let document = Array(#""a\u00e9\ud83d\ude00\n\/""#.utf8)
    document.withUnsafeBytes { document in
      var tokenizer = JSONTokenizer(document)
      guard case .string(let text) = try? tokenizer.next() else {
        Issue.record("a string")
        return
      }
      #expect(text.string == "aé😀\n/")
      #expect(text.equals("aé😀\n/") && !text.equals("aé😀\n") && !text.equals("aé😀\n//"))
      var room = [UInt8](repeating: 0, count: 9)
      #expect(room.withUnsafeMutableBytes { text.unescape(into: $0) } == 9)
      #expect(room == Array("aé😀\n/".utf8))
      var small = [UInt8](repeating: 0, count: 8)
      #expect(small.withUnsafeMutableBytes { text.unescape(into: $0) } == nil)
    }
  }

  @Test func `integers are exact to the last of 64 bits`() {
    for (text, expected) in [
      ("0", 0), ("-0", 0), ("9223372036854775807", Int64.max),
      ("-9223372036854775808", .min), ("9223372036854775808", nil),
      ("-9223372036854775809", nil), ("99999999999999999999", nil), ("1.0", nil), ("1e3", nil),
    ] as [(String, Int64?)] {
      Array(text.utf8).withUnsafeBytes { bytes in
        var tokenizer = JSONTokenizer(bytes)
        guard case .number(let number) = try? tokenizer.next() else {
          Issue.record("a number")
          return
        }
        #expect(number.int64 == expected, "\(text)")
      }
    }
  }

  @Test(arguments: [
    ("{\"a\":nan,\"b\":}", ["nan", ""]), ("[nan, -Infinity ,0x1F]", ["nan", "-Infinity", "0x1F"]),
    ("[1.,.5,+1,01,1e,-]", ["1.", ".5", "+1", "01", "1e", "-"]), ("[trux,nul,1]", ["trux", "nul"]),
    ("{\"a\":{\"b\":,\"c\":[]},\"d\":#!}", ["", "#!"]), ("[true,null,-1.5e3,\"nan\"]", []),
  ])
  func `takes words where it is asked to, and numbers stay numbers`(
    text: String, words: [String]
  ) throws {
    let found = try Array(text.utf8).withUnsafeBytes { bytes in
      var (tokenizer, found) = (JSONTokenizer(bytes, takesWords: true), [String]())
      while let token = try tokenizer.next() {
        if case .word(let word) = token { found.append(String(decoding: word, as: UTF8.self)) }
      }
      return found
    }
    #expect(found == words)
    #expect(words.isEmpty == (error(Array(text.utf8)) == nil), "without words it is as strict")
  }

  @Test(arguments: [
    "nan", "", "[nan nan]", "[,1]", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\":'1'", "[1\u{7F}]",
  ])
  func `a word is only a value`(text: String) {
    let isRefused = Array(text.utf8).withUnsafeBytes { bytes in
      var tokenizer = JSONTokenizer(bytes, takesWords: true)
      do throws(JSONError) {
        while try tokenizer.next() != nil {}
        return false
      } catch {
        return true
      }
    }
    #expect(isRefused)
  }

  @Test func `skips the rest of what has begun`() throws {
    try Array("[[1,[2],{}],3]".utf8).withUnsafeBytes { bytes in
      var tokenizer = JSONTokenizer(bytes)
      _ = try tokenizer.next()
      _ = try tokenizer.next()
      try tokenizer.skipRest()
      guard case .number(let number)? = try tokenizer.next() else {
        Issue.record("3 is next")
        return
      }
      #expect(number.int64 == 3)
    }
  }
}
