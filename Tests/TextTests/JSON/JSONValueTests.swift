import Testing

@testable import Text

/// Goal: documents are read exactly, within their limits.
/// Method: one document with all kinds of values, then each option.
@Suite struct JSONValueTests {
  private func parse(
    _ text: String, _ options: JSONOptions = JSONOptions()
  ) -> Result<JSONValue, JSONError> {
    Array(text.utf8).withUnsafeBytes { bytes in
      do throws(JSONError) {
        return .success(try JSONValue.parse(bytes, options))
      } catch {
        return .failure(error)
      }
    }
  }

  @Test func `everything comes out in order`() throws {
    let value = try parse(#"{"b":[1,2.0,-3e2],"a":{"t":true,"n":null},"s":"\u0041ü"}"#).get()
    #expect(value.members?.map(\.name) == ["b", "a", "s"])
    #expect(value["b"] == .array([.integer(1), .number(2), .number(-300)]))
    #expect(value["b"]?[0]?.int64 == 1 && value["b"]?[1]?.int64 == nil)
    #expect(value["b"]?[0]?.double == 1 && value["b"]?[3] == nil)
    #expect(value["a"]?["t"]?.bool == true && value["a"]?["n"]?.isNull == true)
    #expect(value["s"]?.string == "Aü" && value["x"] == nil)
  }

  @Test func `integers beyond 64 bits are numbers, and beyond a Double refused`() {
    #expect(parse("9223372036854775808") == .success(.number(0x1p63)))
    guard case .failure(let error) = parse("[1e309]") else {
      Issue.record("too large")
      return
    }
    #expect(error.fault == .numberTooLarge && error.line == 1)
  }

  @Test func `a name twice is refused or kept`() {
    let text = "{\"a\":1,\n\"b\":2,\n \"\\u0061\":3}"
    guard case .failure(let error) = parse(text) else {
      Issue.record("refused")
      return
    }
    #expect(error.fault == .memberDuplicate && error.line == 3)
    let kept = try? parse(text, JSONOptions(duplicates: .kept)).get()
    #expect(kept?.members?.count == 3 && kept?["a"] == .integer(1))
    // Two names that look the same but have different bytes are two names.
    #expect((try? parse("{\"é\":1,\"e\u{301}\":2}").get())?["e\u{301}"] == .integer(2))
  }

  @Test func `a document may be as long as the limit`() {
    #expect(parse("[1]", JSONOptions(bytesMax: 3)) == .success(.array([.integer(1)])))
    guard case .failure(let error) = parse("[1]", JSONOptions(bytesMax: 2)) else {
      Issue.record("too long")
      return
    }
    #expect(error.fault == .tooLong(bytes: 3, bytesMax: 2))
  }
}
