import Config

/// One alert rule on one label of a pipeline, with its outputs.
final class Alert {
  let index: Int
  let settings: AlertSettings
  /// Index among the labels of the version that scores.
  private(set) var label: Int
  private(set) var rule: AlertRule
  /// Transitions to `raised` or `repeated` since start.
  private(set) var raiseCount: Int64 = 0
  let goesToSocket: Bool
  let goesToJournal: Bool
  let hasPrograms: Bool

  init(index: Int, settings: AlertSettings, label: Int) {
    self.index = index
    self.settings = settings
    self.label = label
    rule = AlertRule(settings)
    goesToSocket = settings.outputs.contains(.socket)
    goesToJournal = settings.outputs.contains(.journal)
    hasPrograms = settings.outputs.contains {
      if case .exec = $0 { true } else { false }
    }
  }

  /// Hot: the next score of its label; `time` is CLOCK_BOOTTIME in nanoseconds.
  ///
  /// - Returns: what changed, if anything did.
  func judge(_ score: Float, at time: Int64) -> AlertTransition? {
    let transition = rule.judge(score, at: time)
    if transition == .raised || transition == .repeated { raiseCount += 1 }
    return transition
  }

  /// Hot: a person has seen it.
  func acknowledge() -> AlertTransition? { rule.acknowledge() }

  /// Hot: after a gap in the samples.
  func forgetEpisode() { rule.forgetEpisode() }

  /// Hot: another version scores, and its label has that index. It needs new votes.
  func begin(label: Int) {
    self.label = label
    rule.forgetEpisode()
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
