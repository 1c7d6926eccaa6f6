import CPlatform
import Testing

import TestSupport
@testable import Text

/// Goal: a written document reads back the same, and nothing is written beyond the end of a small
/// buffer.
/// Method: hand-made documents, buffers of every size from none to enough, seeded random documents.
@Suite struct JSONWriterTests {
  private func written(_ room: Int = 4096, _ body: (inout JSONWriter) -> Void) -> String? {
    var bytes = [UInt8](repeating: 0xEE, count: room + 1)
    let text = bytes.withUnsafeMutableBytes { buffer in
      var writer = JSONWriter(UnsafeMutableRawBufferPointer(rebasing: buffer[..<room]))
      body(&writer)
      return writer.finished.map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(bytes[room] == 0xEE)
    return text
  }

  private func alert(_ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("name")
    writer.string("fall \"1\"\n")
    writer.key("scores")
    writer.beginArray()
    writer.number(Float(0.9))
    writer.number(0.125, decimals: 2)
    writer.integer(Int64.min)
    writer.integer(UInt64.max)
    writer.endArray()
    writer.key("empty")
    writer.beginObject()
    writer.endObject()
    writer.key("clear")
    writer.bool(false)
    writer.key("since")
    writer.null()
    writer.endObject()
    writer.newline()
  }
  private static let alertText =
    #"{"name":"fall \"1\"\n","scores":[0.9,0.12,-9223372036854775808,18446744073709551615],"#
    + #""empty":{},"clear":false,"since":null}"# + "\n"

  @Test func `writes an alert as expected`() {
    #expect(written { alert(&$0) } == Self.alertText)
  }

  @Test func `a member of each sort is its key and its value`() {
    let (none, count): (String?, Int64?) = (nil, 7)
    let text = written { writer in
      writer.object { writer in
        writer.member("a\"", "b\n")
        writer.member("static", StaticString("word"))
        Array("x\u{1}".utf8).withUnsafeBytes { writer.member("bytes", utf8: $0) }
        writer.member("yes", true)
        writer.member("least", Int64.min)
        writer.member("double", 0.1)
        writer.member("float", Float(0.1))
        writer.member("short", 0.125, decimals: 2)
        writer.member("value", JSONValue.array([.null]))
        writer.member("json", json: #"{"as":"it is"}"#)
        writer.member("none", none)
        writer.member("count", count)
        writer.member("nothing", nil as Double?, decimals: 1)
        writer.object("object") { _ in }
        writer.array("array") { writer in
          writer.integer(1)
          writer.object { $0.member("n", 2 as Int) }
        }
        writer.member("texts", ["a", "b"])
      }
    }
    #expect(
      text == #"{"a\"":"b\n","static":"word","bytes":"x\u0001","yes":true,"#
        + #""least":-9223372036854775808,"double":0.1,"float":0.1,"short":0.12,"#
        + #""value":[null],"json":{"as":"it is"},"none":null,"count":7,"nothing":null,"#
        + #""object":{},"array":[1,{"n":2}],"texts":["a","b"]}"#)
  }

  @Test(arguments: [0, 1, 1000, 1024, 5000, 100_000])
  func `a report is as long as it has to be`(count: Int) {
    let text = String(repeating: "x", count: count)
    #expect(JSONWriter.text { $0.member("x", text) } == "{\"x\":\"\(text)\"}")
  }

  @Test(arguments: [
    "", "plain", "\"quoted\" and \\", "\u{0}\u{1F}\n\r\t\u{8}\u{C}\u{7F}", "é 日本 🙂",
    String(repeating: "\u{1}", count: 1000),
  ])
  func `any text in a report reads back as itself`(text: String) throws {
    let report = Array(JSONWriter.text { $0.member("x", text) }.utf8)
    #expect(!report.contains { $0 < 0x20 })
    #expect(try report.withUnsafeBytes { try JSONValue.parse($0) }["x"] == .string(text))
  }

  @Test func `a room too small is flagged and never overrun`() {
    for room in 0..<Self.alertText.utf8.count {
      #expect(written(room) { alert(&$0) } == nil)
    }
    #expect(written(Self.alertText.utf8.count) { alert(&$0) } == Self.alertText)
  }

  @Test func `a reset begins anew`() {
    let text = written(5) { writer in
      writer.string("too long")
      writer.reset()
      writer.bool(true)
    }
    #expect(text == "true")
  }

  @Test(arguments: [
    (0.0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (0.1, "0.1"), (1e21, "1e+21"),
    (.leastNonzeroMagnitude, "5e-324"),
    (1.7976931348623157e308, "1.7976931348623157e+308"), (.infinity, "null"), (.nan, "null"),
    (0.30000000000000004, "0.30000000000000004"), (0x1p53, "9007199254740992.0"),
  ])
  func `doubles are short and exact`(value: Double, text: String) {
    #expect(written { $0.number(value) } == text)
  }

  @Test(arguments: [
    (0.005, 2, "0.01"), (2.5, 0, "2"), (-1.0 / 3, 4, "-0.3333"), (0, 3, "0.000"),
    (1e19, 30, "10000000000000000000." + String(repeating: "0", count: 30)), (1e300, 2, "1e+300"),
    (.nan, 2, "null"),
  ])
  func `decimals are fixed`(value: Double, decimals: Int, text: String) {
    #expect(written { $0.number(value, decimals: decimals) } == text)
  }

  @Test func `control characters and bad bytes are made harmless`() {
    let control = String(decoding: (0..<0x20).map { UInt8($0) }, as: UTF8.self)
    let text = written { $0.string(control) } ?? ""
    #expect(text.utf8.allSatisfy { $0 >= 0x20 })
    #expect(text.contains(#"\u0000"#) && text.contains(#"\u001f"#) && text.contains(#"\t"#))
    let bad: [UInt8] = [0x61, 0xFF, 0xC3, 0x28, 0xE2, 0x82]
    #expect(
      bad.withUnsafeBytes { bad in written { $0.string(utf8: bad) } }
        == "\"a\u{FFFD}\u{FFFD}(\u{FFFD}\u{FFFD}\"")
  }

  @Test func `random doubles and floats read back the same`() {
    var random = SeededGenerator("JSON numbers")
    for _ in 0..<20_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      let text = written { $0.number(value) } ?? ""
      #expect(strtod(text, nil) == value, "\(text)")
      let single = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      guard single.isFinite else { continue }
      #expect(strtof(written { $0.number(single) } ?? "", nil) == single)
    }
  }

  @Test func `random documents read back the same`() throws {
    var random = SeededGenerator("JSON documents")
    for _ in 0..<300 {
      let value = document(depth: 6, &random)
      let text = try #require(written(1 << 20) { $0.value(value) })
      let back = Array(text.utf8).withUnsafeBytes {
        try? JSONValue.parse($0, JSONOptions(duplicates: .kept))
      }
      #expect(back == value)
    }
  }

  private func document(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2: return .integer(Int64(bitPattern: random.next()))
    case 3: return .number(Double(Int64(bitPattern: random.next())) / 1000)
    case 4, 5: return .string(text(&random))
    case 6:
      let count = Int.random(in: 0...4, using: &random)
      return .array((0..<count).map { _ in document(depth: depth - 1, &random) })
    default:
      let count = Int.random(in: 0...4, using: &random)
      return .object(
        (0..<count).map { _ in JSONMember(text(&random), document(depth: depth - 1, &random)) })
    }
  }

  private func text(_ random: inout SeededGenerator) -> String {
    let scalars = (0..<Int.random(in: 0...8, using: &random)).map { _ in
      Unicode.Scalar(UInt32.random(in: 0...0xFFFF, using: &random)) ?? "😀"
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
