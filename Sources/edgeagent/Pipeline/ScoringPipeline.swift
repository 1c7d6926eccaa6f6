import EdgeRuntime
import Text
import System

/// One sensor's windows scored by one model, and the alerts judged by those scores.
final class ScoringPipeline {
  let index: Int
  let settings: PipelineSettings
  /// The version that scores.
  private(set) var model: LoadedModel
  /// Set once at start.
  var alarms: [Alarm] = []
  /// Set once at start, where results are stored.
  var results: ResultReporter?
  /// The version on trial beside `model`, if there is one.
  private(set) var shadow: ShadowTrial?
  /// The time after a trial in which `model` is watched. Set at start by the models' thread's
  /// maker, later by `promote`.
  var probation: Probation?

  /// Versions adopted since start.
  private(set) var versionCount = 0

  /// Windows scored since start.
  var windowCount: Int64 = 0
  /// Windows whose scores came later than the deadline.
  var overrunCount: Int64 = 0
  /// The last sample completed a window that was scored.
  private var hasScored = false
  /// How long the last score took, in nanoseconds.
  private(set) var lastRunNanoseconds: Int64 = 0

  init(index: Int, settings: PipelineSettings, model: LoadedModel) {
    self.index = index
    self.settings = settings
    self.model = model
  }

  var bundle: ModelBundle { model.bundle }
  var scorer: Scorer { model.scorer }

  /// Hot: takes one sample in the sensor's field order. True when a window is due.
  func push(_ values: UnsafeMutableBufferPointer<Float>) -> Bool {
    hasScored = model.push(values)
    return hasScored
  }

  /// Hot: scores the window that is due.
  func score() {
    let start = Clock.boot()
    model.scorer.score()
    lastRunNanoseconds = Clock.boot() - start
    windowCount += 1
  }

  /// Hot: to the store, as the pipeline's `report` says.
  func report(sample: Int64, at arrival: Int64) {
    results?.take(scorer.scores, sample: sample, at: arrival)
  }

  /// Hot: from the next sample on another version scores. It takes over the window; votes and
  /// running holds begin anew, because they are a version's own; what stands still stands.
  ///
  /// Not inlined, so that nothing refers to the old version after it.
  @inline(never)
  func adopt(_ new: LoadedModel) {
    new.continueWindow(of: model)
    begin(new)
    probation = nil
  }

  private func begin(_ new: LoadedModel) {
    for index in alarms.indices {
      alarms[index].label = new.alarmLabels[index]
      alarms[index].rule.forgetEpisode()
    }
    model = new
    versionCount += 1
    results?.begin(version: versionCount, labelCount: new.bundle.manifest.labels.count)
  }

  /// Hot: after a gap in the samples.
  func forget() {
    model.scorer.reset()
    shadow?.forget()
    for alarm in alarms { alarm.rule.forgetEpisode() }
  }
}

/// A version on trial. Nothing is inlined that lets go of one, so that nothing refers to it when
/// the models' thread is told.
extension ScoringPipeline {
  /// Hot.
  func accompany(by trial: ShadowTrial) { shadow = trial }

  /// Hot: the same sample for the version on trial, after everything that matters is done.
  ///
  /// - Returns: whether the trial ended with it. One that failed is let go of; one that passed goes
  ///   on scoring until it is promoted.
  @inline(never)
  func scoreShadow(_ values: UnsafeMutableBufferPointer<Float>, hasTime: Bool) -> ShadowStep {
    guard let shadow else { return ShadowStep() }
    let hadEnded = shadow.outcome != nil
    shadow.take(values, beside: model, hasScored: hasScored, hasTime: hasTime)
    let nanoseconds = shadow.lastRunNanoseconds
    return ShadowStep(nanoseconds: nanoseconds, hasEnded: !hadEnded && endIfFailed())
  }

  /// Hot: a window of this agent was late because of the version on trial.
  ///
  /// - Returns: whether that ended the trial.
  @inline(never)
  func blameShadow() -> Bool {
    guard let shadow, shadow.outcome == nil else { return false }
    shadow.delayedCurrent()
    return endIfFailed()
  }

  /// Hot: the version on trial takes over, with the window that it has.
  @inline(never)
  func promote(_ new: LoadedModel, watching probation: Probation) {
    // After a gap its window is not there yet.
    if shadow?.isInStep != true { new.continueWindow(of: model) }
    begin(new)
    shadow = nil
    self.probation = probation
  }

  /// Hot.
  @inline(never)
  func withdrawShadow() { shadow = nil }

  private func endIfFailed() -> Bool {
    guard let outcome = shadow?.outcome else { return false }
    if outcome != .passed { shadow = nil }
    return true
  }
}

/// What the version on trial did with a sample.
struct ShadowStep: BitwiseCopyable {
  /// The time it took; 0 where it scored nothing.
  var nanoseconds: Int64 = 0
  var hasEnded = false
}

/// One alert rule on one label of a pipeline, with its outputs.
final class Alarm {
  let index: Int
  let settings: AlertSettings
  /// Index among the labels of the version that scores.
  var label: Int
  var rule: AlertRule
  /// Transitions to `raised` or `repeated` since start.
  var raiseCount: Int64 = 0
  let goesToSocket: Bool
  let goesToJournal: Bool
  let hasCommands: Bool

  init(index: Int, settings: AlertSettings, label: Int) {
    self.index = index
    self.settings = settings
    self.label = label
    rule = AlertRule(settings)
    goesToSocket = settings.outputs.contains(.socket)
    goesToJournal = settings.outputs.contains(.journal)
    hasCommands = settings.outputs.contains {
      if case .exec = $0 { true } else { false }
    }
  }
}

extension AlertRule {
  init(_ settings: AlertSettings) {
    self.init(
      above: Float(settings.above), clearBelow: Float(settings.clearBelow),
      votesNeeded: settings.votes.needed, votesOf: settings.votes.of,
      holdNanoseconds: settings.holdNanoseconds, latches: settings.latch)
  }
}
