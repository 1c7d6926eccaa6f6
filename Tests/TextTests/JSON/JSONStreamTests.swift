import Testing

@testable import Text

/// Goal: what the stream reads is what the reader of whole documents reads, wherever the pieces
/// end, in memory that does not follow the document.
@Suite struct JSONStreamTests {
  private typealias Event = JSONStream.Event

  /// Nil for a fault.
  private func events(_ text: String, piece: Int = .max, scalarBytesMax: Int = 64) -> [Event]? {
    var stream = JSONStream(scalarBytesMax: scalarBytesMax)
    var (events, bytes): ([Event], [UInt8]) = ([], Array(text.utf8))
    while !bytes.isEmpty {
      let part = Array(bytes.prefix(piece))
      bytes.removeFirst(part.count)
      guard (try? part.withUnsafeBytes { try stream.push($0) { events.append($0) } }) != nil else {
        return nil
      }
    }
    return stream.isDone ? events : nil
  }

  @Test func `keys, values and brackets in their order, in any pieces`() throws {
    let text = #" {"a":[1,-2.5e3,"x\u00e9\n",true],"é":{},"b":null , "c":[[]]}"# + "\n"
    let whole = try #require(events(text))
    #expect(
      whole == [
        .objectStart, .key("a"), .arrayStart, .other, .other, .string("xé\n"), .other, .arrayEnd,
        .key("é"), .objectStart, .objectEnd, .key("b"), .other, .key("c"), .arrayStart,
        .arrayStart, .arrayEnd, .arrayEnd, .objectEnd,
      ])
    for piece in 1...text.utf8.count { #expect(events(text, piece: piece) == whole) }
  }

  @Test(arguments: [
    "", "{", "[1", "{}x", "{}{}", "{,}", "[,]", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
    "{a:1}",
    "[1 2]", "]", "}", "[}", "{]", "\"a\nb\"", "\"\\q\"", "\"\\ud800\"", "[01]", "[+1]", "[1e999]",
    "[tru]", "[nul]", "[1.]", "[\"a\"\"b\"]", "{\"a\":1 \"b\":2}", ":", ",", "<html>", "[NaN]",
  ])
  func `what is no document is none`(text: String) {
    #expect(events(text) == nil && events(text, piece: 1) == nil)
  }

  @Test func `a long string passes, and its text is not kept`() {
    let long = String(repeating: "x\\\"", count: 40)
    #expect(
      events("{\"\(long)\":\"\(long)\",\"a\":\"b\"}") == [
        .objectStart, .key(nil), .string(nil), .key("a"), .string("b"), .objectEnd,
      ])
  }

  @Test func `brackets are bounded`() {
    let most = JSONStream.depthMax
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(events(nested(most))?.count == 2 * most)
    #expect(events(nested(most + 1)) == nil)
    var stream = JSONStream(scalarBytesMax: 1)
    #expect(throws: JSONStreamFault.tooDeep) {
      try Array(nested(most + 1).utf8).withUnsafeBytes { try stream.push($0) { _ in } }
    }
  }
}
