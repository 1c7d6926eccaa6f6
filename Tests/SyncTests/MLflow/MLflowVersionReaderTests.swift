import Testing

@testable import Sync
@testable import Text
import TestSupport

/// Goal: of an answer of any length the reader keeps what the reader of a whole document would
/// find.
@Suite struct MLflowVersionReaderTests {
  private func read(_ text: String, piece: Int = 4096) -> MLflowVersionReader {
    let (reader, bytes) = (MLflowVersionReader(), Array(text.utf8))
    for start in stride(from: 0, to: bytes.count, by: piece) {
      let part = Array(bytes[start..<min(start + piece, bytes.count)])
      guard part.withUnsafeBytes({ reader.take($0) }) else { break }
    }
    return reader
  }

  private func tag(_ key: String, _ value: String) -> String {
    #"{"key":"\#(key)","value":"\#(value)"}"#
  }

  private func answer(_ tags: [String], _ more: String = "") -> String {
    #"{"model_version":{"name":"fall","version":"7","tags":["#
      + tags.joined(separator: ",") + #"],"status":"READY"\#(more)}}"#
  }

  @Test(arguments: [1, 7, 4096])
  func `the tags of ten thousand boards pass`(piece: Int) throws {
    var tags = (0..<(piece == 4096 ? 10_000 : 50)).map {
      tag("edgeagent.agent.ward-\($0)", "active after a trial")
    }
    tags.insert(tag("edgeagent.sha256", "a  b\\nc  d"), at: 20)
    tags.insert(tag("edgeagent.version", "2"), at: 30)
    tags.insert(tag("edgeagent.trial", "none"), at: 40)
    let version = try #require(read(answer(tags), piece: piece).version)
    #expect(version.name == "fall" && version.number == "7" && version.status == "READY")
    #expect(version.bundleVersion == "2" && version.digestsText == "a  b\nc  d")
    #expect(version.trial == .without)
  }

  @Test func `without tags the version is the number, and a status may be missing`() throws {
    let version = try #require(read(#"{"model_version":{"name":"fall","version":"7"}}"#).version)
    #expect(version.bundleVersion == "7" && version.status == "READY")
    #expect(version.digestsText == nil && version.trial == .unsaid)
  }

  @Test func `of several versions the first counts, and none is none`() throws {
    let found = read(
      #"{"next_page_token":"x","model_versions":[{"name":"fall","version":"9"},"#
        + #"{"name":"fall","version":"8","tags":[\#(tag("edgeagent.version", "no"))]}]}"#)
    #expect(found.version?.number == "9" && found.version?.bundleVersion == "9")
    let none = read(#"{"model_versions":[]}"#)
    #expect(none.hasObject && !none.hasVersion && none.version == nil && none.isWhole)
    #expect(read("[]").hasObject == false)
  }

  @Test func `names at other places are not the version's`() throws {
    let text =
      #"{"name":"a","other":{"name":"b","version":"1"},"model_version":{"#
      + #""run":{"name":"c","version":"2"},"aliases":["name","3"],"tags":[{"key":"x","value":"#
      + #"{"key":"edgeagent.version","value":"4"}},["edgeagent.version","5"]],"#
      + #""name":"fall","version":"7"}}"#
    let version = try #require(read(text).version)
    #expect(version.name == "fall" && version.number == "7" && version.bundleVersion == "7")
  }

  @Test func `the first tag of a name counts, and a text that is too long is no version`() throws {
    let tags = [tag("edgeagent.version", "2"), tag("edgeagent.version", "3")]
    #expect(read(answer(tags)).version?.bundleVersion == "2")
    let long = String(repeating: "x", count: MLflowVersionReader.textBytesMax)
    #expect(read(answer([tag("edgeagent.sha256", long)])).version?.digestsText == long)
    let longer = read(answer([tag("edgeagent.sha256", long + "x")])).version
    #expect(longer?.digestsText == "")
  }

  @Test(arguments: ["", "{", "{\"model_version\":{\"name\":\"fall\",\"version\":\"7\"}", "<html>"])
  func `what is not whole is none`(text: String) {
    let reader = read(text)
    #expect(reader.version == nil && !reader.isWhole)
  }
}
