import Config
import EdgeRuntime
import Models
import System

/// A candidate: a new version that scores beside the current one and judges no alert. Its scores
/// are compared, and forgotten.
///
/// The models' thread makes it. Then it belongs to the hot thread, until that thread has answered
/// that the trial is over. The current version has always scored, judged and announced before the
/// candidate gets the sample. Where half of the deadline has passed by then, as in a burst, the
/// candidate leaves its window out.
final class CandidateTrial: @unchecked Sendable {
  /// A watched label: its index in either version, and its level.
  struct Threshold: BitwiseCopyable {
    let current: Int
    let new: Int
    let isOutside: Bool
    let low: Float
    let high: Float

    /// Whether a score is on the side of the level that raises an alert.
    func raises(_ score: Float) -> Bool {
      (score >= low && score <= high) != isOutside
    }
  }

  let model: LoadedModel
  let settings: TrialSettings
  private let latencyNanoseconds: Int64
  /// For each label of the current version its index in the new one, or -1.
  private let labels: UnsafeMutableBufferPointer<Int>
  private let thresholds: UnsafeMutableBufferPointer<Threshold>
  /// The first scores of both versions, to see whether they ever change.
  private let first: UnsafeMutableBufferPointer<Float>
  private let firstOfCurrent: UnsafeMutableBufferPointer<Float>
  /// The new version's window begins so many samples after a window of the current version, so that
  /// the windows of both end with the same samples.
  private let delay: Int
  /// -1 until a window of the current version was due.
  private var countdown = -1
  /// The candidate's window goes on without a gap.
  private(set) var isInStep = false

  private(set) var statistics = TrialStatistics()
  private(set) var outcome: TrialOutcome?
  /// For the last sample; 0 where no window was scored.
  private(set) var lastRunNanoseconds: Int64 = 0

  /// - Parameters:
  ///   - model: loaded for the pipeline, after the current version.
  ///   - watched: those of the pipeline, as many as `watchedLabels`.
  init(
    _ model: LoadedModel, beside current: LoadedModel, settings: PipelineSettings,
    watched: [WatchedLabel]
  ) {
    (self.model, self.settings) = (model, settings.trial)
    latencyNanoseconds = settings.trial.latencyNanoseconds ?? settings.deadlineNanoseconds
    let (old, new) = (current.bundle.manifest.labels, model.bundle.manifest.labels)
    labels = .allocate(capacity: old.count)
    firstOfCurrent = .allocate(capacity: old.count)
    for index in old.indices {
      labels.initializeElement(at: index, to: new.firstIndex(bytesOf: old[index]) ?? -1)
    }
    firstOfCurrent.initialize(repeating: 0)
    first = .allocate(capacity: new.count)
    first.initialize(repeating: 0)
    thresholds = .allocate(capacity: watched.count)
    for (index, watch) in watched.enumerated() {
      let place = old.firstIndex(bytesOf: watch.label)!
      thresholds.initializeElement(
        at: index,
        to: Threshold(current: place, new: model.watchedLabels[index], level: watch.level))
    }
    let (steps, stride) = (current.scorer.settings.steps, current.scorer.settings.stride)
    let held = model.places.isEmpty ? 0 : steps
    let missing = max(0, model.scorer.settings.steps - held)
    delay = (stride - missing % stride) % stride
  }

  deinit {
    labels.deallocate()
    thresholds.deallocate()
    first.deallocate()
    firstOfCurrent.deallocate()
  }

  /// Hot: takes the sample that the current version has just taken.
  ///
  /// - Parameters:
  ///   - hasScored: the current version scored a window that ends with it.
  ///   - hasTime: there is time for an inference.
  func take(
    _ values: UnsafeMutableBufferPointer<Float>, beside current: LoadedModel, hasScored: Bool,
    hasTime: Bool
  ) {
    lastRunNanoseconds = 0
    guard isInStep else { return fallIn(with: current, hasScored: hasScored) }
    guard model.push(values), hasTime else { return }
    let start = Clock.boot()
    model.scorer.score()
    lastRunNanoseconds = Clock.boot() - start
    // After the outcome it scores for a streaming model's state alone: it may take over in a
    // moment.
    guard outcome == nil else { return }
    let scores = model.scorer.scores
    statistics.ran(
      nanoseconds: lastRunNanoseconds, limit: latencyNanoseconds, isFinite: scores.areFinite)
    if hasScored { compare(scores, with: current.scorer.scores) }
    outcome = statistics.outcome(settings)
  }

  /// Hot: the current version was late, and would not have been without the candidate.
  func delayedCurrent() {
    guard outcome == nil else { return }
    statistics.delayedCurrent()
    outcome = statistics.outcome(settings)
  }

  /// Hot: there may be a gap before the next sample.
  func doubt() { model.scorer.doubt() }

  /// Hot: there was none. A window that was kept back is not compared.
  func trust() { model.scorer.trust() }

  /// Hot: after a gap in the samples.
  func forget() {
    model.scorer.reset()
    (isInStep, countdown) = (false, -1)
  }

  private func fallIn(with current: LoadedModel, hasScored: Bool) {
    if hasScored { countdown = delay }
    guard countdown == 0 else {
      if countdown > 0 { countdown -= 1 }
      return
    }
    model.scorer.reset()
    model.continueWindow(of: current)
    isInStep = true
  }

  private func compare(
    _ scores: UnsafeBufferPointer<Float>, with current: UnsafeBufferPointer<Float>
  ) {
    if statistics.windows == 0 {
      _ = first.update(fromContentsOf: scores)
      _ = firstOfCurrent.update(fromContentsOf: current)
    }
    statistics.compared(
      agrees: agree(scores, current), hasChanged: differ(scores, first),
      hasCurrentChanged: differ(current, firstOfCurrent))
  }

  /// The same label is the greatest in both, and both are on the same side of every alert's
  /// threshold.
  private func agree(
    _ scores: UnsafeBufferPointer<Float>, _ current: UnsafeBufferPointer<Float>
  ) -> Bool {
    for threshold in thresholds
    where threshold.raises(scores[threshold.new]) != threshold.raises(current[threshold.current]) {
      return false
    }
    let (greatest, greatestOfCurrent) = (scores.greatest, current.greatest)
    for label in labels.indices
    where labels[label] >= 0 && current[label] == greatestOfCurrent
      && scores[labels[label]] == greatest
    { return true }
    return false
  }

  private func differ(
    _ scores: UnsafeBufferPointer<Float>, _ first: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    for index in scores.indices where scores[index] != first[index] { return true }
    return false
  }
}

extension CandidateTrial.Threshold {
  init(current: Int, new: Int, level: LevelSettings) {
    let (low, high) = (Float(level.low), Float(level.high))
    switch level.kind {
    case .above:
      self.init(current: current, new: new, isOutside: false, low: high, high: .infinity)
    case .below:
      self.init(current: current, new: new, isOutside: false, low: -.infinity, high: low)
    case .outside: self.init(current: current, new: new, isOutside: true, low: low, high: high)
    case .inside: self.init(current: current, new: new, isOutside: false, low: low, high: high)
    }
  }
}

extension UnsafeBufferPointer<Float> {
  /// Hot.
  var areFinite: Bool {
    for value in self where !value.isFinite { return false }
    return true
  }

  /// Hot: -∞ where there is no number.
  fileprivate var greatest: Float {
    var greatest = -Float.infinity
    for value in self where value > greatest { greatest = value }
    return greatest
  }
}
