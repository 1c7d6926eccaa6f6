import Testing

@testable import Models
import TestSupport

/// Goal: what a board thinks of a version follows from the models folder alone.
/// Method: folders with nothing in them, since versions are names here.
@Suite struct VersionStandingTests {
  private let folder = TestFolder()
  private var fall: InstalledVersions { InstalledVersions("fall", in: folder.path) }

  init() throws {
    for version in ["1", "2"] { try folder.file("fall/\(version)/model.toml", []) }
    try fall.activate("1")
  }

  private func verdict(
    _ outcome: TrialVerdict.Outcome, probation: TrialVerdict.Probation? = nil
  ) -> TrialVerdict {
    TrialVerdict(
      version: "2", against: "1", outcome: outcome, reason: "r", windows: 50, agreement: 1,
      probation: probation)
  }

  private static let figures = TrialFigures(windows: 50, agreement: 1, p99: nil)

  @Test func `active, on trial, or to be dealt with`() throws {
    #expect(fall.standing(of: "1") == .active)
    #expect(fall.standing(of: "2") == nil && fall.standing(of: "9") == nil)
    try fall.propose("2")
    #expect(fall.standing(of: "2") == .onTrial(beside: "1"))
  }

  @Test func `after a trial`() throws {
    try fall.propose("2")
    try fall.conclude(verdict(.passed, probation: .running))
    #expect(fall.standing(of: "2") == .activeAfterTrial(isWatched: true, Self.figures))
    try fall.record(verdict(.passed, probation: .passed))
    #expect(fall.standing(of: "2") == .activeAfterTrial(isWatched: false, Self.figures))
    #expect(try fall.goBack(verdict(.rolledBack)) == "1")
    #expect(fall.standing(of: "2") == .failed(.rolledBack, against: nil, reason: "r", Self.figures))
    try fall.record(verdict(.undecided))
    #expect(fall.standing(of: "2") == nil, "it may be tried again")
  }

  @Test func `obstacles`() throws {
    #expect(fall.obstacle(to: "active", isChosen: true) == .reserved)
    #expect(fall.obstacle(to: "1", isChosen: false) == nil)
    #expect(fall.obstacle(to: "0", isChosen: false) == .older(than: "1"))
    #expect(fall.obstacle(to: "0", isChosen: true) == nil)
    #expect(fall.obstacle(to: "2", isChosen: false) == nil)
    try fall.record(verdict(.failed))
    #expect(fall.obstacle(to: "2", isChosen: true) == .tried(reason: "r", against: nil))
    _ = try fall.pin()
    #expect(fall.obstacle(to: "2", isChosen: true) == .pinned(at: "1"))
    #expect(fall.obstacle(to: "1", isChosen: true) == nil)
    #expect(InstalledVersions("none", in: folder.path).obstacle(to: "2", isChosen: false) == nil)
  }
}
