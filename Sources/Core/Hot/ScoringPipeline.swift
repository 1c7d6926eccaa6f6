import Config
import EdgeRuntime
import Models
import System

/// One sensor's windows scored by one model.
///
/// A cold thread makes it; then it belongs to the hot thread alone.
package final class ScoringPipeline: @unchecked Sendable {
  let index: Int
  package let settings: PipelineSettings
  /// The labels that conditions look at.
  let watched: [WatchedLabel]
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

  /// Samples since the last window that was due.
  private var samplesSinceDue = 0
  /// Windows scored since start.
  private(set) var windowCount: Int64 = 0
  /// Windows whose scores came later than the deadline.
  private(set) var overrunCount: Int64 = 0
  /// Windows that were left out, because they were late before they were scored and something newer
  /// waited behind them.
  private(set) var skippedCount: Int64 = 0
  /// The last sample completed a window that was scored.
  private(set) var hasScored = false
  /// The last sample of the window that was scored last; 0 before the first.
  private(set) var sampleScored: Int64 = 0
  /// Scores of windows over a pause in doubt, and the ones that are told now.
  private var kept: KeptScores
  private var told: UnsafeBufferPointer<Float>?
  /// When a window was last scored, CLOCK_BOOTTIME.
  private var scoredAt = Clock.boot()
  /// How long the last score took, in nanoseconds.
  package private(set) var lastRunNanoseconds: Int64 = 0

  /// - Parameters:
  ///   - index: among the configuration's pipelines.
  ///   - watched: as many as `model.watchedLabels`, in that order.
  init(
    index: Int, settings: PipelineSettings, model: LoadedModel, watched: [WatchedLabel],
    results: ResultReporter?, probation: Probation?
  ) {
    precondition(watched.count == model.watchedLabels.count)
    self.watched = watched
    kept = KeptScores(labelCount: model.scorer.scores.count)
    (self.index, self.settings, self.model) = (index, settings, model)
    (self.results, self.probation) = (results, probation)
  }

  package var bundle: ModelBundle { model.bundle }
  var scorer: Scorer { model.scorer }

  /// Setup: scores once, so that the code and the memory of the model are there when the first
  /// window is due; then forgets it.
  func warmUp() {
    let settings = model.scorer.settings
    let zeros = UnsafeMutableBufferPointer<Float>.allocate(capacity: settings.axes)
    zeros.initialize(repeating: 0)
    defer { zeros.deallocate() }
    for _ in 0..<settings.steps { _ = model.scorer.push(UnsafeBufferPointer(zeros)) }
    model.scorer.score()
    // The code for a pause in doubt as well: it may come when an alert is due.
    doubt()
    _ = model.scorer.push(UnsafeBufferPointer(zeros))
    _ = kept.keep(model.scorer.scores, sample: 0)
    _ = kept.take()
    trust()
    breakOff()
    model.scorer.reset()
  }

  /// Hot: takes one sample in the sensor's field order. True when a window is due.
  package func push(_ values: UnsafeMutableBufferPointer<Float>) -> Bool {
    hasScored = false
    if samplesSinceDue < .max { samplesSinceDue += 1 }
    guard model.push(values) else {
      if isDueInDoubt { samplesSinceDue = 0 }
      return false
    }
    samplesSinceDue = 0
    return true
  }

  /// The last sample completed a window that may span a gap.
  var isDueInDoubt: Bool { scorer.isDueInDoubt }

  /// What was scored last, or is told now.
  var scores: UnsafeBufferPointer<Float> { told ?? scorer.scores }

  /// Hot: before the sample that comes now there may be a gap. Until that is known, no window that
  /// spans it is due.
  func doubt() {
    scorer.doubt()
    candidate?.doubt()
  }

  /// Hot: there was no gap. Then `takeKept` hands over what was kept back.
  func trust() {
    candidate?.trust()
    scorer.trust()
  }

  /// Hot: scores the window that may span a gap, and keeps its scores.
  func scoreInDoubt(sample: Int64) {
    score()
    if !kept.keep(scorer.scores, sample: sample) { skippedCount += 1 }
  }

  /// Hot: the next of the scores that were kept are `scores` now. Those behind the pause may have
  /// been told already: then the ones before are left out.
  ///
  /// - Returns: false when there are no more.
  func takeKept() -> Bool {
    while let next = kept.take() {
      guard next.sample > sampleScored else {
        skippedCount += 1
        continue
      }
      (told, sampleScored) = (next.scores, next.sample)
      return true
    }
    told = nil
    return false
  }

  /// Hot: there was a gap. The window keeps the samples behind it.
  func breakOff() {
    kept.forget()
    scorer.breakOff()
    candidate?.forget()
  }

  /// Hot: the window that is due has waited so long already, and something newer waits. True when
  /// it is left out.
  ///
  /// Even in the longest flood one window a second is scored. A model with a state has to see every
  /// window.
  func leavesOut(waited: Int64, at now: Int64) -> Bool {
    guard settings.lateWindows == .newest, waited > settings.deadlineNanoseconds, !model.hasState,
      now - scoredAt < PipelineLimits.unscoredNanoseconds
    else { return false }
    skippedCount += 1
    return true
  }

  /// Hot: in this frame a window was scored already, and one more is due. True when it is left out,
  /// as late ones are.
  func leavesOutInFrame(isLive: Bool) -> Bool {
    guard isLive, settings.lateWindows == .newest, !model.hasState else { return false }
    skippedCount += 1
    return true
  }

  /// Hot: scores the window that is due, which ends with the sample of that number.
  func score(sample: Int64) {
    score()
    sampleScored = sample
  }

  /// Hot: scores the window that is due.
  package func score() {
    let start = Clock.boot()
    model.scorer.score()
    scoredAt = Clock.boot()
    lastRunNanoseconds = scoredAt - start
    windowCount += 1
    hasScored = true
  }

  /// Hot: to the outbox, as the pipeline's `report` says.
  func report(sample: Int64, at arrival: Int64) {
    results?.take(scores, sample: sample, at: arrival)
  }

  /// At the end: reports what was summed up so far.
  func flushResults() { results?.flush() }

  /// Windows that were late or left out so far, and all that were due.
  var lateCount: Int64 { overrunCount + skippedCount }
  var dueCount: Int64 { windowCount + skippedCount }

  /// No alert on it can be judged: the last scores hold one that is no number. Or samples come, and
  /// none of them completes a window. A window that is left out is complete: it is late and not
  /// missing.
  var isBlind: Bool {
    if windowCount > 0 && !scorer.scores.areFinite { return true }
    return samplesSinceDue > 3 * (scorer.settings.steps + scorer.settings.stride)
  }

  /// Hot: the window was scored, and too late.
  func overran() { overrunCount += 1 }

  /// Hot: counts the window that was just scored or left out, in the time after a trial.
  ///
  /// - Returns: how that time went, once and when it is over.
  func countProbation(isLate: Bool) -> Probation? {
    guard var counted = probation else { return nil }
    counted.scored(isLate: isLate, isFinite: scorer.scores.areFinite)
    probation = counted.isPassed == nil ? counted : nil
    return counted.isPassed == nil ? nil : counted
  }

  /// Hot: from the next sample on another version scores. It takes over the window. Alerts do not
  /// notice: votes and a running hold go on, so that no change of versions can keep an alert back.
  ///
  /// Not inlined, so that nothing refers to the old version after it.
  @inline(never)
  func adopt(_ new: LoadedModel) {
    new.continueWindow(of: model)
    begin(new)
    probation = nil
  }

  private func begin(_ new: LoadedModel) {
    kept.forget()
    model = new
    versionCount += 1
    results?.begin(version: versionCount, labelCount: new.bundle.manifest.labels.count)
  }

  /// Hot: after a gap in the samples.
  package func forget() {
    kept.forget()
    model.scorer.reset()
    candidate?.forget()
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
