import Config
import EdgeRuntime
import Models
import System

/// One sensor's windows scored by one model, and the alerts judged by those scores.
package final class ScoringPipeline {
  let index: Int
  package let settings: PipelineSettings
  let alerts: [Alert]
  /// Nil without an outbox.
  private let results: ResultReporter?
  /// The version that scores.
  private(set) var model: LoadedModel
  /// The candidate beside `model`, if there is one.
  private(set) var candidate: CandidateTrial?
  /// The time after a trial in which `model` is watched.
  private(set) var probation: Probation?

  /// Versions adopted since start.
  private(set) var versionCount = 0

  /// Windows scored since start.
  private(set) var windowCount: Int64 = 0
  /// Windows whose scores came later than the deadline.
  private(set) var overrunCount: Int64 = 0
  /// The last sample completed a window that was scored.
  private var hasScored = false
  /// How long the last score took, in nanoseconds.
  package private(set) var lastRunNanoseconds: Int64 = 0

  /// - Parameters:
  ///   - index: among the configuration's pipelines.
  ///   - alerts: as many as `model.alertLabels`, in that order.
  init(
    index: Int, settings: PipelineSettings, model: LoadedModel, alerts: [Alert],
    results: ResultReporter?, probation: Probation?
  ) {
    precondition(alerts.count == model.alertLabels.count)
    (self.index, self.settings, self.model) = (index, settings, model)
    (self.alerts, self.results, self.probation) = (alerts, results, probation)
  }

  package var bundle: ModelBundle { model.bundle }
  var scorer: Scorer { model.scorer }

  /// Hot: takes one sample in the sensor's field order. True when a window is due.
  package func push(_ values: UnsafeMutableBufferPointer<Float>) -> Bool {
    hasScored = model.push(values)
    return hasScored
  }

  /// Hot: scores the window that is due.
  package func score() {
    let start = Clock.boot()
    model.scorer.score()
    lastRunNanoseconds = Clock.boot() - start
    windowCount += 1
  }

  /// Hot: to the outbox, as the pipeline's `report` says.
  func report(sample: Int64, at arrival: Int64) {
    results?.take(scorer.scores, sample: sample, at: arrival)
  }

  /// At the end: reports what was summed up so far.
  func flushResults() { results?.flush() }

  /// Hot: the window that was just scored was late.
  func overran() { overrunCount += 1 }

  /// Hot: counts the window that was just scored, in the time after a trial.
  ///
  /// - Returns: how that time went, once and when it is over.
  func countProbation(isLate: Bool) -> Probation? {
    guard var counted = probation else { return nil }
    counted.scored(isLate: isLate, isFinite: scorer.scores.areFinite)
    probation = counted.isPassed == nil ? counted : nil
    return counted.isPassed == nil ? nil : counted
  }

  /// Hot: from the next sample on another version scores. It takes over the window; votes and
  /// running holds begin anew, because votes for one version say nothing of another. A raised alert
  /// stays raised.
  ///
  /// Not inlined, so that nothing refers to the old version after it.
  @inline(never)
  func adopt(_ new: LoadedModel) {
    new.continueWindow(of: model)
    begin(new)
    probation = nil
  }

  private func begin(_ new: LoadedModel) {
    for index in alerts.indices { alerts[index].begin(label: new.alertLabels[index]) }
    model = new
    versionCount += 1
    results?.begin(version: versionCount, labelCount: new.bundle.manifest.labels.count)
  }

  /// Hot: after a gap in the samples.
  package func forget() {
    model.scorer.reset()
    candidate?.forget()
    for alert in alerts { alert.forgetEpisode() }
  }
}

/// The candidate. No function that lets go of one is inlined, so that nothing refers to it when the
/// models' thread is told.
extension ScoringPipeline {
  /// Hot.
  func accompany(by trial: CandidateTrial) { candidate = trial }

  /// Hot: gives the same sample to the candidate, after everything that matters is done.
  ///
  /// - Returns: how long it took, and whether the trial ended with it. A candidate that failed is
  ///   let go of; one that passed goes on scoring until it is promoted.
  @inline(never)
  func scoreCandidate(_ values: UnsafeMutableBufferPointer<Float>, hasTime: Bool) -> CandidateRun {
    guard let candidate else { return CandidateRun() }
    let hadEnded = candidate.outcome != nil
    candidate.take(values, beside: model, hasScored: hasScored, hasTime: hasTime)
    let nanoseconds = candidate.lastRunNanoseconds
    return CandidateRun(nanoseconds: nanoseconds, hasEnded: !hadEnded && endIfFailed())
  }

  /// Hot: a window of this agent was late because of the candidate.
  ///
  /// - Returns: whether that ended the trial.
  @inline(never)
  func blameCandidate() -> Bool {
    guard let candidate, candidate.outcome == nil else { return false }
    candidate.delayedCurrent()
    return endIfFailed()
  }

  /// Hot: the candidate takes over, with the window that it has.
  @inline(never)
  func promote(_ new: LoadedModel, watching probation: Probation) {
    // After a gap the candidate has no window yet.
    if candidate?.isInStep != true { new.continueWindow(of: model) }
    begin(new)
    candidate = nil
    self.probation = probation
  }

  /// Hot.
  @inline(never)
  func withdrawCandidateTrial() { candidate = nil }

  private func endIfFailed() -> Bool {
    guard let outcome = candidate?.outcome else { return false }
    if outcome != .passed { candidate = nil }
    return true
  }
}

/// What the candidate did with a sample.
struct CandidateRun: BitwiseCopyable {
  /// The time it took; 0 where it scored nothing.
  var nanoseconds: Int64 = 0
  var hasEnded = false
}
