import CPlatform
import Testing

@testable import Models
@testable import System
import TestSupport

/// Goal: a version that is proposed is current only once it has passed; what a trial said is known
/// afterwards, and a person may overrule it.
/// Method: folders with nothing in them, since versions are names here.
@Suite struct InstalledTrialsTests {
  let folder = TestFolder()
  var fall: InstalledVersions { InstalledVersions("fall", in: folder.path) }

  init() throws {
    for version in ["1", "2"] { try folder.file("fall/\(version)/model.toml", []) }
  }

  private func verdict(
    _ outcome: TrialVerdict.Outcome, _ version: String = "2"
  ) -> TrialVerdict {
    TrialVerdict(version: version, against: "1", outcome: outcome, reason: "a \"reason\"")
  }

  @Test func `a verdict reads back as it was written`() throws {
    let verdict = TrialVerdict(
      version: "2", against: "1", outcome: .rolledBack, reason: "a \"reason\"", windows: 1000,
      agreement: 0.9375, faults: 3, inference: .init(mean: 12.5, p99: 20, max: 31.5),
      probation: .running)
    try fall.record(verdict)
    #expect(fall.verdict(of: "2") == verdict && fall.verdicts == [verdict])
    let other = self.verdict(.undecided)
    try fall.record(other)
    #expect(fall.verdict(of: "2") == other && other.agreement == nil && other.time != nil)
    #expect(fall.versions == ["1", "2"], "the folder of verdicts is no version")
  }

  @Test(arguments: [
    "", "{}", "[]", "nonsense", #"{"version":"1","against":"1","verdict":"passed"}"#,
  ])
  func `what is no verdict about the version is none`(text: String) throws {
    try folder.file("fall/trials/2", Array(text.utf8))
    #expect(fall.verdict(of: "2") == nil && fall.verdicts.isEmpty)
    try fall.propose("2")
  }

  @Test func `the longest reason is cut`() throws {
    let long = TrialVerdict(
      version: "2", against: "1", outcome: .failed,
      reason: String(repeating: "\u{1}", count: 5000))
    try fall.record(long)
    #expect(fall.verdict(of: "2")?.reason.utf8.count == 256)
  }

  @Test func `a proposed version is not current for being the newest`() throws {
    #expect(fall.current == "2" && fall.active == nil)
    #expect(try fall.propose("2"))
    #expect(fall.current == "1" && fall.active == "1" && fall.candidate == "2")
    try fall.conclude(verdict(.passed))
    #expect(fall.current == "2" && fall.previous == "1" && fall.candidate == nil)
    #expect(fall.verdict(of: "2")?.outcome == .passed)
    #expect(try !fall.propose("2"), "what is active needs no trial")
    #expect(fall.candidate == nil)
  }

  @Test func `with nothing beside it a version is active at once`() throws {
    try fall.activate("1")
    try folder.file("trash/x", [])
    try fall.remove("2", through: "\(folder.path)/trash")
    #expect(try !fall.propose("1"))
    #expect(fall.active == "1" && fall.candidate == nil)
  }

  @Test func `a version that was no good is refused until a person activates or removes it`() throws
  {
    for outcome in [TrialVerdict.Outcome.failed, .rolledBack] {
      try fall.activate("1")
      try fall.conclude(verdict(outcome))
      #expect(fall.active == "1" && fall.candidate == nil)
      #expect(throws: ModelsError.self) { try fall.propose("2") }
      try fall.activate("2")
      #expect(fall.active == "2" && fall.verdict(of: "2") == nil)
    }
    try fall.activate("1")
    try fall.conclude(verdict(.failed))
    try folder.file("trash/x", [])
    try fall.remove("2", through: "\(folder.path)/trash")
    try folder.file("fall/2/model.toml", [])
    #expect(try fall.propose("2"))
    try fall.conclude(verdict(.undecided))
    #expect(fall.active == "1" && fall.candidate == nil)
    #expect(try fall.propose("2"), "an undecided trial says nothing against it")
    #expect(fall.verdict(of: "2") == nil)
  }

  @Test func `a person's choice ends a trial`() throws {
    try fall.activate("1")
    try fall.propose("2")
    try fall.activate("2")
    #expect(fall.candidate == nil)
    #expect(try fall.rollBack() == "1")
    try fall.propose("2")
    #expect(try fall.pin() == "1" && fall.candidate == nil)
    #expect(throws: ModelsError.self) { try fall.propose("2") }
    try fall.unpin()
    try fall.propose("2")
    try folder.file("trash/x", [])
    try fall.remove("2", through: "\(folder.path)/trash")
    #expect(fall.candidate == nil && Folders.linkTarget("\(fall.folder)/candidate") == nil)
  }

  @Test func `rolling back by hand to a version that was no good keeps it`() throws {
    try fall.activate("1")
    try fall.activate("2")
    #expect(try fall.goBack(verdict(.rolledBack)) == "1")
    #expect(fall.active == "1" && fall.previous == "2" && !fall.mustGoBack)
    #expect(try fall.rollBack() == "2")
    #expect(!fall.mustGoBack, "a person wants it")
  }

  @Test func `a loss of power after the verdict goes back later`() throws {
    try fall.activate("1")
    try fall.activate("2")
    try fall.record(verdict(.rolledBack))
    #expect(fall.mustGoBack)
    try fall.finishGoingBack()
    #expect(fall.active == "1" && !fall.mustGoBack)
    try fall.finishGoingBack()
    #expect(fall.active == "1")
  }

  @Test func `there is no way back to a version that was no good either, or past a pin`() throws {
    try fall.activate("1")
    try fall.activate("2")
    try fall.record(verdict(.failed, "1"))
    #expect(try fall.goBack(verdict(.rolledBack)) == nil)
    #expect(fall.active == "2" && fall.verdict(of: "2") == nil)
    try fall.forgetVerdict(of: "1")
    _ = try fall.pin()
    #expect(try fall.goBack(verdict(.rolledBack)) == nil)
  }

  @Test func `removing a model leaves nothing of it`() throws {
    try folder.file("trash/x", [])
    try fall.propose("2")
    _ = try fall.pin()
    #expect(throws: ModelsError.self) { try fall.removeAll(through: "\(folder.path)/trash") }
    try fall.unpin()
    try fall.removeAll(through: "\(folder.path)/trash")
    #expect(Files.kind(fall.folder) == .missing)
    #expect(throws: ModelsError.self) { try fall.removeAll(through: "\(folder.path)/trash") }
  }

  private func difference(against other: String = "1") -> TrialVerdict {
    TrialVerdict(
      version: "2", against: other, outcome: .failed, isOfPair: true, reason: "another verdict")
  }

  @Test func `a difference bars a version beside the one that it differs from, and no other`()
    throws
  {
    try folder.file("fall/3/model.toml", [])
    try fall.activate("1")
    try fall.conclude(difference())
    #expect(fall.verdict(of: "2")?.isOfPair == true, "it reads back")
    #expect(
      fall.obstacle(to: "2", isChosen: true)
        == .tried(reason: "another verdict", against: "1"))
    do throws(ModelsError) {
      try fall.propose("2")
      Issue.record("it was proposed")
    } catch {
      #expect(error.lines[0].hasPrefix("fall/2 failed its trial against fall/1, which is current"))
    }
    try fall.activate("3")
    #expect(fall.obstacle(to: "2", isChosen: true) == nil && !fall.mustGoBack)
    #expect(try fall.propose("2"))
    #expect(fall.verdict(of: "2") == nil)
    try fall.conclude(verdict(.failed))
    #expect(
      fall.obstacle(to: "2", isChosen: true) == .tried(reason: "a \"reason\"", against: nil),
      "a fault of its own bars it beside any other")
  }

  @Test func `what an owner waives is a difference, and nothing else`() throws {
    try fall.activate("1")
    try fall.conclude(difference())
    #expect(fall.obstacle(to: "2", isChosen: true, .waived) == nil)
    #expect(fall.standing(of: "2", .waived) == nil)
    try fall.activate("2", insteadOf: "1")
    #expect(fall.active == "2" && fall.verdict(of: "2") == nil && !fall.mustGoBack)
    try fall.activate("1")
    try fall.conclude(verdict(.failed))
    #expect(fall.obstacle(to: "2", isChosen: true, .waived) != nil)
    try folder.file("fall/3/model.toml", [])
    try fall.propose("3")
    #expect(fall.standing(of: "3") == .onTrial(beside: "1"))
    #expect(fall.standing(of: "3", .waived) == nil, "the trial under way need not go on")
  }

  @Test(arguments: [
    ("another verdict in 9 of 9 windows", true), ("its scores never changed", true),
    ("a score that is no number", false), ("three starts failed", false), ("", false),
  ])
  func `a verdict of an older agent says by its words what it is about`(
    reason: String, isOfPair: Bool
  ) throws {
    try folder.file(
      "fall/trials/2",
      Array(
        #"{"version":"2","against":"1","verdict":"failed","reason":"\#(reason)"}"#.utf8))
    #expect(fall.verdict(of: "2")?.isOfPair == isOfPair)
    #expect(fall.verdict(of: "2")?.isOfVersion == !isOfPair)
  }

  @Test(arguments: [
    "active", "previous", "candidate", "trials", "starts", "pinned", "proven", "ordered",
  ])
  func `no version has the name of something else`(name: String) throws {
    try folder.file("fall/\(name)/model.toml", [])
    #expect(fall.versions == ["1", "2"] && !fall.has(name))
  }
}
