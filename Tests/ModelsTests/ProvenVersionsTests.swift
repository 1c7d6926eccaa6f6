import CPlatform
import Testing

@testable import Models
@testable import System
import TestSupport

/// Goal: the way back to a version that was good is open at once, whatever a trial says; and only
/// that way. Method: folders with nothing in them, since versions are names here.
@Suite struct ProvenVersionsTests {
  let folder = TestFolder()
  var fall: InstalledVersions { InstalledVersions("fall", in: folder.path) }

  init() throws { try install("1", "2", "3") }

  private func install(_ versions: String...) throws {
    for version in versions { try folder.file("fall/\(version)/model.toml", []) }
  }

  private func verdict(
    _ version: String, against: String, _ outcome: TrialVerdict.Outcome = .failed,
    isOfPair: Bool = false
  ) -> TrialVerdict {
    TrialVerdict(
      version: version, against: against, outcome: outcome, isOfPair: isOfPair, reason: "r")
  }

  private func remove(_ version: String) throws {
    try folder.file("trash/x", [])
    try fall.remove(version, through: "\(folder.path)/trash")
  }

  @Test func `the way back to what was active needs no trial`() throws {
    try fall.activate("1")
    #expect(!fall.isProven("1"), "it is active")
    try fall.propose("2")
    try fall.conclude(verdict("2", against: "1", .passed))
    #expect(fall.active == "2" && fall.isProven("1"))
    #expect(try !fall.propose("1"))
    #expect(fall.active == "1" && fall.previous == "2" && fall.candidate == nil)
    #expect(try !fall.propose("2"), "and forth")
    #expect(fall.active == "2")
    #expect(try fall.propose("3"), "what was never active is tried")
  }

  /// What an agent left behind that tried the good version against the bad one.
  @Test func `a difference from the bad version does not bar the good one`() throws {
    try fall.activate("1")
    try fall.activate("2")
    unlink("\(fall.folder)/proven")
    try folder.file(
      "fall/trials/1",
      Array(
        #"{"version":"1","against":"2","verdict":"failed","reason":"another verdict in 9 of 9 windows"}"#
          .utf8))
    #expect(fall.obstacle(to: "1", isChosen: true, .asked) == nil)
    #expect(fall.standing(of: "1") == nil)
    #expect(try !fall.propose("1"))
    #expect(fall.active == "1" && fall.verdict(of: "1") == nil)
  }

  @Test func `without the file an older previous version was active`() throws {
    try fall.activate("1")
    try fall.activate("2")
    unlink("\(fall.folder)/proven")
    #expect(fall.proven == ["1"])
    _ = try fall.rollBack()
    #expect(fall.proven.isEmpty, "a person may have rolled back from a newer one")
  }

  @Test func `what a person rolled back from is tried`() throws {
    try fall.activate("1")
    try fall.activate("2")
    #expect(try fall.rollBack() == "1")
    #expect(!fall.isProven("2") && fall.isProven("1"))
    #expect(try fall.propose("2"))
  }

  @Test func `a fault of its own outweighs that it was active, until a person decides`() throws {
    try fall.activate("1")
    try fall.activate("2")
    try fall.activate("3")
    try fall.record(verdict("2", against: "1"))
    #expect(!fall.isProven("2") && fall.isProven("1"))
    #expect(throws: ModelsError.self) { try fall.propose("2") }
    #expect(
      fall.obstacle(to: "2", isChosen: true, .waived) == .tried(reason: "r", against: nil),
      "and no registry waives that")
    try fall.activate("2")
    try fall.activate("3")
    #expect(try !fall.propose("2") && fall.active == "2")
  }

  @Test func `a version that goes while it is no good is not proven`() throws {
    try fall.activate("1")
    try fall.activate("2")
    try fall.record(verdict("2", against: "1", .rolledBack))
    try fall.activate("3")
    #expect(fall.proven == ["1"])
  }

  @Test func `other bytes under its name are tried`() throws {
    try fall.activate("1")
    try fall.activate("2")
    try remove("1")
    try install("1")
    #expect(!fall.isProven("1"))
    #expect(try fall.propose("1"))
  }

  @Test func `the latest sixteen are kept`() throws {
    for number in 10..<40 {
      try install("\(number)")
      try fall.activate("\(number)")
    }
    #expect(fall.proven.count == 16 && fall.proven.last == "38" && fall.proven.first == "23")
    try fall.activate("23")
    try fall.activate("10")
    #expect(fall.proven.last == "23" && fall.proven.count == 16)
  }

  @Test(arguments: ["", "\n\n", "../..\nactive\n1\u{0}\n", String(repeating: "1\n", count: 3000)])
  func `a damaged file proves nothing`(text: String) throws {
    try fall.activate("2")
    try folder.file("fall/proven", Array(text.utf8))
    #expect(!fall.isProven("1") && !fall.isProven("active") && !fall.isProven("../.."))
    #expect(try fall.propose("1"))
  }

  @Test func `what is no file proves nothing, and is waited for by nobody`() throws {
    try fall.activate("3")
    #expect(mkfifo("\(fall.folder)/proven", 0o600) == 0)
    #expect(mkfifo("\(fall.folder)/ordered.x", 0o600) == 0)
    #expect(!fall.isProven("1") && !fall.isOrdered("1"))
  }

  @Test func `a person's order is known until something else changes the version`() throws {
    try fall.activate("1")
    #expect(fall.isOrdered("1") && !fall.isOrdered("2"))
    try fall.activate("2", insteadOf: "1")
    #expect(!fall.isOrdered("1") && !fall.isOrdered("2"))
    #expect(try fall.rollBack() == "1")
    #expect(fall.isOrdered("1"))
    try fall.propose("3")
    #expect(fall.isOrdered("1"))
    try fall.conclude(verdict("3", against: "1", .passed))
    #expect(!fall.isOrdered("3") && !fall.isOrdered("1"))
  }
}
