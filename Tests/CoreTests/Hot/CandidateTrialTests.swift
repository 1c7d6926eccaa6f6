import Testing

@testable import Config
@testable import Core
@testable import EdgeRuntime
@testable import Models
@testable import SensorIO
import TestSupport

/// Goal: a candidate is compared with the current version whenever both score with the same sample,
/// by what they say of the labels and the alerts.
/// Method: models whose scores are their windows, so each test knows what both versions say.
@Suite struct CandidateTrialTests {
  @Test func `an alert on one side of its threshold in one version alone is a disagreement`()
    throws
  {
    // `newer` is the greater of the two in both; it is the field b in the one version, c in the
    // other.
    let first = EchoModel(window: 1, features: ["a", "b"])
    let second = EchoModel(version: "2", window: 1, features: ["a", "c"])
    let bench = try TrialBench(
      second, first: first, trial: TrialSettings(windows: 4, agreement: 0.5), above: 0.5,
      fields: ["a", "b", "c"])
    try bench.send(lines: ["0,0,0", "0,0.5,0.5", "0,0.4,0.49", "0,0.5,0.49", "0,0.4,0.5"])
    bench.settle { bench.versions.verdict(of: "2") != nil }
    let verdict = try #require(bench.versions.verdict(of: "2"))
    #expect(verdict.outcome == .passed && verdict.windows == 4 && verdict.agreement == 0.5)
  }

  @Test(arguments: [(5, 3, 4, 2), (3, 3, 7, 3), (4, 2, 6, 5), (6, 4, 1, 1), (3, 1, 8, 7)])
  func `windows of any length and stride fall into step`(
    window: Int, stride: Int, other: Int, otherStride: Int
  ) throws {
    func labels(_ count: Int) -> [String] {
      (0..<count).map { $0 == count - 1 ? "newer" : "\($0)" }
    }
    let first = EchoModel(window: window, stride: stride, labels: labels(window))
    let second = EchoModel(
      version: "2", window: other, stride: otherStride, labels: labels(other))
    let bench = try TrialBench(
      second, first: first, trial: TrialSettings(windows: 3, agreement: 1))
    // The last value is always the greatest, so both versions agree whenever they score the same
    // window.
    try bench.send(
      (0..<(window + other + 4 * stride * otherStride)).map { 0.001 * Double($0) })
    bench.settle { bench.versions.verdict(of: "2") != nil }
    let verdict = try #require(bench.versions.verdict(of: "2"))
    #expect(verdict.outcome == .passed && verdict.windows == 3, "\(verdict.reason)")
  }

  // MARK: without a thread

  private let folder = TestFolder()

  /// A pipeline with its candidate, and samples for both.
  private func shadowed(
    _ trial: TrialSettings
  ) throws -> (pipeline: ScoringPipeline, candidate: CandidateTrial) {
    try EchoModel().write(to: folder)
    let bundle = try EchoModel.same.write(to: folder)
    try InstalledVersions("echo", in: "\(folder.path)/models").activate("1")
    let rig = try AgentRig(
      Make.configuration(
        folder, sensors: [Make.sensor(.unix(path: "/unused"))],
        pipelines: [Make.pipeline(trial: trial)], alerts: [Make.alert()]))
    let pipeline = rig.pipelines[0]
    let model = try LoadedModel(
      folder: bundle, settings: pipeline.settings, sensor: rig.configuration.sensors[0],
      watched: pipeline.watched, after: pipeline.model)
    let candidate = CandidateTrial(
      model, beside: pipeline.model, settings: pipeline.settings, watched: pipeline.watched)
    pipeline.accompany(by: candidate)
    return (pipeline, candidate)
  }

  private func push(
    _ samples: [Float], _ pipeline: ScoringPipeline, hasTime: Bool = true
  ) -> Bool {
    let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1)
    defer { values.deallocate() }
    var hasEnded = false
    for sample in samples {
      values.initialize(repeating: sample)
      if pipeline.push(values) { pipeline.score() }
      if pipeline.scoreCandidate(values, hasTime: hasTime).hasEnded { hasEnded = true }
    }
    return hasEnded
  }

  @Test func `a score that is no number ends it`() throws {
    let (pipeline, candidate) = try shadowed(TrialSettings(windows: 100))
    #expect(!push([0.1, 0.2, 0.3], pipeline))
    #expect(push([.infinity], pipeline) && pipeline.candidate == nil)
    #expect(candidate.outcome == .failed(.notFinite) && candidate.statistics.windows == 2)
  }

  @Test func `without time the window is left out, and a gap begins anew`() throws {
    let (pipeline, candidate) = try shadowed(TrialSettings(windows: 100))
    func windows(after count: Int, hasTime: Bool = true) -> Int64 {
      #expect(!push((0..<count).map { Float($0) / 10 }, pipeline, hasTime: hasTime))
      return candidate.statistics.windows
    }
    #expect(windows(after: 5) == 3)
    #expect(windows(after: 5, hasTime: false) == 3)
    #expect(windows(after: 1) == 4)
    pipeline.forget()
    #expect(windows(after: 2) == 4 && candidate.isInStep)
    #expect(windows(after: 2) == 6)
  }

  @Test func `one delay of the current version ends it, once`() throws {
    let (pipeline, candidate) = try shadowed(TrialSettings(windows: 100))
    #expect(!push([0.1, 0.2, 0.3], pipeline))
    #expect(pipeline.blameCandidate() && pipeline.candidate == nil)
    #expect(candidate.outcome == .failed(.delays) && !pipeline.blameCandidate())
  }

  @Test func `one that passed goes on scoring until it takes over`() throws {
    let (pipeline, candidate) = try shadowed(TrialSettings(windows: 2))
    #expect(push([0.1, 0.2, 0.3, 0.4], pipeline))
    #expect(candidate.outcome == .passed && pipeline.candidate === candidate)
    #expect(!push([0.5, 0.6], pipeline), "told once")
    #expect(candidate.statistics.windows == 2 && candidate.model.scorer.scores[1] == 0.6)
    #expect(!pipeline.blameCandidate())
    pipeline.promote(candidate.model, watching: Probation(TrialSettings(windows: 5)))
    #expect(!push([0.7], pipeline))
    #expect(pipeline.model === candidate.model && pipeline.candidate == nil)
    #expect(Array(pipeline.scorer.scores) == [0.6, 0.7], "its window has no gap")
  }

  @Test func `one that passed just before a gap takes over with the current window`() throws {
    let (pipeline, candidate) = try shadowed(TrialSettings(windows: 2))
    #expect(push([0.1, 0.2, 0.3, 0.4], pipeline))
    pipeline.forget()
    #expect(!push([0.5], pipeline))
    pipeline.promote(candidate.model, watching: Probation(TrialSettings(windows: 5)))
    #expect(!push([0.6], pipeline))
    #expect(Array(pipeline.scorer.scores) == [0.5, 0.6])
  }
}
