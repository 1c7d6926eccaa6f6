import CPlatform
import Testing

@testable import Models
@testable import System
import TestSupport

/// Goal: three failed starts in one boot go back to the version before, and nothing else does.
/// Method: folders with nothing in them, since versions are names here.
@Suite struct StartCountTests {
  let folder = TestFolder()
  var fall: InstalledVersions { InstalledVersions("fall", in: folder.path) }

  init() throws {
    for version in ["1", "2"] { try folder.file("fall/\(version)/model.toml", []) }
  }

  private func count(boot: String = "b") -> StartCount { StartCount(fall, boot: boot) }

  @Test func `the start after three that failed goes back, and the version is known`() throws {
    try fall.activate("1")
    try fall.activate("2")
    for failed in 0..<3 {
      #expect(count().failed("2") == failed)
      #expect(try count().begin() == nil)
    }
    let verdict = try #require(try count().begin())
    #expect(verdict.reason == "three starts failed" && verdict.outcome == .failed)
    #expect(fall.active == "1" && fall.verdict(of: "2") == verdict)
    #expect(Files.kind("\(fall.folder)/starts") == .missing)
    // The one before it is not blamed, and has nothing to go back to.
    for _ in 0..<5 { #expect(try count().begin() == nil) }
    #expect(fall.active == "1")
  }

  @Test(arguments: ["9223372036854775807", "-9223372036854775808", "9223372036854775808", "x"])
  func `any number of starts can be read`(number: String) throws {
    try fall.activate("1")
    try fall.activate("2")
    try folder.file("fall/starts", Array("2 \(number) b\n".utf8))
    #expect((0...3).contains(count().failed("2")))
    _ = try count().begin()
  }

  @Test func `a start that went well, another boot or another version begins anew`() throws {
    try fall.activate("1")
    try fall.activate("2")
    for _ in 0..<3 { _ = try count().begin() }
    try count().settle()
    #expect(count().failed("2") == 0)
    for _ in 0..<3 { _ = try count().begin() }
    #expect(try count(boot: "c").begin() == nil, "the power was cut")
    #expect(count(boot: "c").failed("2") == 1)
    try fall.activate("1")
    for _ in 0..<3 { #expect(try count(boot: "c").begin() == nil) }
    #expect(count(boot: "c").failed("1") == 3 && fall.active == "1")
  }

  @Test func `where there is nothing to go back to nothing is written`() throws {
    #expect(try count().begin() == nil)
    try fall.activate("2", insteadOf: nil)
    #expect(try count().begin() == nil)
    #expect(Files.kind("\(fall.folder)/starts") == .missing)
    try folder.file("fall/starts", Array("nonsense".utf8))
    #expect(count().failed("2") == 0)
  }
}
