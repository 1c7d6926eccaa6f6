import CPlatform
import Testing

@testable import Config
@testable import Core
@testable import Models
@testable import System
import TestSupport
@testable import Text

/// Goal: a candidate changes nothing during its trial, and takes over or not, as the trial says; a
/// person may end the trial at any time. Method: the real hot thread; the test calls the rounds of
/// the models' thread.
@Suite struct ModelTrialTests {
  private static let trial = TrialSettings(windows: 4, agreement: 0.75)

  @Test func `one that agrees takes over after its windows, and is watched`() throws {
    let bench = try TrialBench(.same, trial: Self.trial)
    let versions = bench.versions
    // One window until the candidate falls in, and four that are compared.
    var all = try bench.send([0.1, 0.2, 0.3, 0.4, 0.5])
    bench.settle()
    #expect(versions.active == "1" && bench.adopter.trial != nil, "three windows so far")
    all += try bench.send([0.6])
    bench.settle { versions.active == "2" }
    #expect(versions.active == "2" && versions.previous == "1" && versions.candidate == nil)
    all += try bench.send([0.7, 0.8])
    let trial = try #require(all.of("trial").first)
    #expect(trial["verdict"]?.string == "passed" && trial["windows"]?.int64 == 4)
    #expect(trial["agreement"]?.double == 1 && trial["version"]?.string == "2")
    let model = try #require(all.of("model").first)
    #expect(model["version"]?.string == "2" && model["sample"]?.int64 == 6)
    #expect(all.of("score").map { $0["sample"]?.int64 } == [2, 3, 4, 5, 6, 7, 8])
    #expect(all.of("score").last?["scores"]?["older"]?.double == 0.7)
    #expect(versions.verdict(of: "2")?.probation == .running)
    guard case .trial(let note)? = bench.rig.store.takeTrial() else {
      Issue.record("no record of the trial")
      return
    }
    #expect(note.verdict.outcome == .passed && !note.isRollback && note.model == "echo")
    try bench.send([0.1, 0.2])
    bench.settle { versions.verdict(of: "2")?.probation == .passed }
    #expect(versions.verdict(of: "2")?.probation == .passed && versions.active == "2")
  }

  @Test func `one that disagrees is told to go, and is not tried again`() throws {
    let bench = try TrialBench(.swapped, trial: Self.trial)
    let versions = bench.versions
    var all = try bench.send([0.1, 0.2, 0.3, 0.4])
    bench.settle { versions.candidate == nil }
    all += try bench.send([0.5])
    #expect(versions.active == "1" && versions.candidate == nil && bench.adopter.trial == nil)
    let verdict = try #require(versions.verdict(of: "2"))
    #expect(verdict.outcome == .failed && verdict.windows == 2, "one of four may differ")
    #expect(verdict.reason == "another verdict in 2 of 2 windows" && verdict.inference != nil)
    #expect(verdict.isOfPair && verdict.bars(beside: "1") && !verdict.bars(beside: "3"))
    #expect(all.of("trial").first?["reason"]?.string == verdict.reason)
    #expect(all.of("model").isEmpty)
    #expect(all.of("score").map { $0["sample"]?.int64 } == [2, 3, 4, 5])
    #expect(throws: ModelsError.self) { try versions.propose("2") }
  }

  @Test func `a deadline that leaves no room for two compares nothing, and blames nothing`() throws
  {
    // The deadline cannot be met, with or without the candidate.
    let bench = try TrialBench(
      .same, trial: TrialSettings(windows: 3, latencyNanoseconds: 3_600_000_000_000),
      deadline: 1)
    try bench.send((0..<20).map { Double($0) / 100 })
    bench.settle()
    #expect(bench.adopter.trial?.hasEnded == false, "it never had time")
    #expect(bench.rig.pipelines[0].overrunCount > 10)
  }

  @Test func `one that does not go with the pipeline fails at once, and says why`() throws {
    let bench = try TrialBench(EchoModel(version: "2", labels: ["a", "b"]), trial: Self.trial)
    let verdict = try #require(bench.versions.verdict(of: "2"))
    #expect(verdict.outcome == .failed && verdict.reason.contains("no label \"newer\""))
    #expect(verdict.isOfVersion)
    #expect(bench.versions.candidate == nil && bench.versions.active == "1")
    #expect(bench.adopter.trial == nil)
  }

  @Test func `too little in its time is undecided`() throws {
    let bench = try TrialBench(
      // Long enough for a busy machine to score the window before it is over.
      .same, trial: TrialSettings(windows: 100, timeNanoseconds: 1_000_000_000))
    try bench.send([0.1, 0.2, 0.3])
    usleep(1_000_000)
    bench.settle { bench.versions.verdict(of: "2") != nil }
    let verdict = try #require(bench.versions.verdict(of: "2"))
    #expect(verdict.outcome == .undecided && verdict.windows == 1)
    #expect(verdict.reason == "1 of 100 windows within 1s" && bench.versions.active == "1")
    #expect(try bench.versions.propose("2"))
  }

  @Test func `a person's choice ends the trial without a verdict`() throws {
    let bench = try TrialBench(.same, trial: TrialSettings(windows: 100))
    let (versions, adopter) = (bench.versions, bench.adopter)
    try EchoModel(version: "3").write(to: bench.folder)
    try bench.send([0.1, 0.2, 0.3])
    try versions.activate("3")
    bench.settle(4)
    #expect(bench.rig.pipelines[0].model.version == "3")
    #expect(adopter.trial?.against == "3", "the candidate is tried beside the new one")
    try versions.activate("2")
    bench.settle(4)
    #expect(bench.rig.pipelines[0].model.version == "2" && adopter.trial == nil)
    #expect(versions.verdicts.isEmpty && versions.candidate == nil)
    try bench.send([0.4])
    #expect(bench.rig.pipelines[0].windowCount == 3)
  }

  @Test func `one that is late after its trial goes back, after a restart too`() throws {
    let trial = TrialSettings(windows: 20, late: 0.1)
    var first: TrialBench? = try TrialBench(.same, trial: trial)
    let (folder, versions) = (first!.folder, first!.versions)
    #expect(first?.rig.pipelines[0].probation == nil)
    first = nil
    // As if it had passed: another test is about what that takes.
    try versions.conclude(
      TrialVerdict(version: "2", against: "1", outcome: .passed, probation: .running))
    let bench = try TrialBench(.same, trial: trial, deadline: 1, folder: folder)
    #expect(bench.rig.pipelines[0].probation != nil)
    #expect(try bench.send([0.1, 0.2, 0.3, 0.4]).of("score").count == 3)
    bench.settle { versions.active == "1" && bench.rig.pipelines[0].model.version == "1" }
    #expect(versions.active == "1" && versions.previous == "2")
    let pipeline = bench.rig.pipelines[0]
    #expect(pipeline.model.version == "1" && pipeline.probation == nil)
    let verdict = try #require(versions.verdict(of: "2"))
    #expect(verdict.outcome == .rolledBack && verdict.reason == "late in 3 of 3 windows")
    guard case .trial(let note)? = bench.rig.store.takeTrial() else {
      Issue.record("no record of the rollback")
      return
    }
    #expect(note.isRollback)
    #expect(throws: ModelsError.self) { try versions.propose("2") }
  }

  @Test func `a trial that power was lost in begins without the verdict of the one before`() throws
  {
    let first = try TrialBench(.same, trial: Self.trial)
    let (folder, versions) = (first.folder, first.versions)
    try versions.record(TrialVerdict(version: "2", against: "1", outcome: .passed))
    let bench = try TrialBench(.same, trial: Self.trial, folder: folder)
    #expect(bench.adopter.trial != nil && versions.verdict(of: "2") == nil)
    try versions.record(TrialVerdict(version: "2", against: "1", outcome: .failed))
    let third = try TrialBench(.same, trial: Self.trial, folder: folder)
    #expect(third.adopter.trial == nil && versions.candidate == nil, "it had failed")
    #expect(versions.active == "1")
  }

  @Test func `while another process changes the folder the verdict waits`() throws {
    let bench = try TrialBench(.same, trial: Self.trial)
    var lock = try FolderLock("\(bench.folder.path)/models")
    #expect(lock != nil)
    try bench.send((1...10).map { Double($0) / 100 })
    bench.settle { bench.adopter.trial?.hasEnded == true }
    #expect(bench.versions.active == "1" && bench.adopter.trial?.hasEnded == true)
    lock = nil
    #expect(lock == nil)
    bench.settle(2)
    #expect(bench.versions.active == "2" && bench.rig.pipelines[0].model.version == "2")
  }

  @Test func `the way back is no trial, and the next sample is scored by the old version`() throws {
    let bench = try TrialBench(.same, trial: Self.trial)
    try bench.send((1...7).map { Double($0) / 100 })
    bench.settle { bench.versions.active == "2" }
    bench.settle { bench.rig.pipelines[0].model.version == "2" }
    #expect(try bench.send([0.4]).of("trial").count == 1)
    #expect(try !bench.versions.propose("1"))
    bench.settle { bench.rig.pipelines[0].model.version == "1" }
    #expect(bench.versions.candidate == nil && bench.adopter.trial == nil)
    #expect(try bench.send([0.5, 0.6]).of("trial").isEmpty)
  }

  @Test func `one that passed waits where there were many changes, and scores beside the old one`()
    throws
  {
    let bench = try TrialBench(.same, trial: Self.trial)
    let adopter = bench.adopter
    adopter.followers[0].changes = TokenBucket(perSecond: 1e-3, capacity: 1, at: Clock.boot())
    adopter.followers[0].changes.charge(1, at: Clock.boot())
    var all = try bench.send((1...7).map { Double($0) / 100 })
    bench.settle { adopter.followers[0].isWaiting }
    bench.settle(3)
    all += try bench.send([0.2])
    #expect(bench.versions.active == "1" && bench.versions.candidate == "2")
    #expect(all.of("waiting").count == 1 && all.of("trial").isEmpty)
    adopter.followers[0].changes = PipelineLimits.modelChanges(at: Clock.boot())
    bench.settle { bench.versions.active == "2" && bench.rig.pipelines[0].model.version == "2" }
    #expect(try bench.send([0.3]).of("trial").first?["verdict"]?.string == "passed")
  }

  @Test func `what scores may be removed, and scores on`() throws {
    let bench = try TrialBench(.same, trial: Self.trial)
    try bench.folder.file("trash/x", [])
    try bench.versions.removeAll(through: "\(bench.folder.path)/trash")
    bench.settle(3)
    #expect(bench.adopter.followers[0].isGone && bench.adopter.trial == nil)
    #expect(try bench.send([0.1, 0.2, 0.3]).of("score").count == 2)
    try EchoModel.same.write(to: bench.folder)
    try bench.versions.activate("2")
    bench.settle(3)
    #expect(bench.rig.pipelines[0].model.version == "2" && !bench.adopter.followers[0].isGone)
  }
}
