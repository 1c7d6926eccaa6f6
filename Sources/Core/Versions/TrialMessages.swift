import Config
import Models
import Text

/// What the log says about a version's trial, and what its verdict keeps as the reason.
enum TrialText {
  static func reason(
    _ fault: TrialFault, _ statistics: TrialStatistics, _ settings: TrialSettings
  ) -> String {
    switch fault {
    case .disagrees:
      "another verdict in \(Decimal.grouped(Int(statistics.windows - statistics.agreements))) of "
        + "\(Decimal.count(Int(statistics.windows), "window"))"
    case .slow:
      "\(Decimal.count(Int(statistics.slowRuns), "inference")) slower than its limit; the slowest "
        + "took \(statistics.runs.max / 1000) us"
    case .notFinite: "a score that is no number"
    case .stuck: "its scores never changed"
    case .delays: "it made the current version late"
    }
  }

  static func undecided(_ statistics: TrialStatistics, _ settings: TrialSettings) -> String {
    "\(Decimal.grouped(Int(statistics.windows))) of "
      + "\(Decimal.count(Int(settings.windows), "window")) within "
      + DurationText.text(nanoseconds: settings.timeNanoseconds)
  }

  static func reason(_ probation: Probation) -> String {
    probation.faults > 0
      ? "a score that is no number"
      : "late in \(Decimal.grouped(Int(probation.late))) of "
        + Decimal.count(Int(probation.windows), "window")
  }

  static func begins(_ pipeline: PipelineSettings, version: String, against: String) -> String {
    let model = pipeline.model.name
    return "pipeline \(pipeline.name): \(model)/\(version) is on trial beside \(model)/\(against), "
      + "for \(Decimal.count(Int(pipeline.trial.windows), "window"))"
  }

  static func ended(_ pipeline: PipelineSettings, _ verdict: TrialVerdict) -> String {
    let (new, old) = (
      "\(pipeline.model.name)/\(verdict.version)", "\(pipeline.model.name)/\(verdict.against)"
    )
    let start = "pipeline \(pipeline.name): "
    switch verdict.outcome {
    case .passed:
      let share = Decimal.text(100 * (verdict.agreement ?? 0), decimals: 1)
      return start + "\(new) passed its trial beside \(old): the same verdict in \(share) % of "
        + Decimal.count(Int(verdict.windows), "window")
    case .failed:
      return start + "\(new) failed its trial beside \(old): \(verdict.reason); \(old) goes on "
        + "scoring; `edgeagent models activate \(new)` takes it all the same"
    case .undecided:
      return start + "the trial of \(new) beside \(old) ends undecided: \(verdict.reason); \(old) "
        + "goes on scoring, and \(new) may be tried again"
    case .rolledBack:
      return start + "\(new) does not hold after its trial: \(verdict.reason); back to \(old)"
    }
  }

  static func withdrawn(_ pipeline: PipelineSettings, version: String) -> String {
    "pipeline \(pipeline.name): the trial of \(pipeline.model.name)/\(version) ends without a "
      + "verdict"
  }

  static func probationPassed(_ pipeline: PipelineSettings, version: String) -> String {
    "pipeline \(pipeline.name): \(pipeline.model.name)/\(version) has proved itself"
  }

  /// The pipeline should go back to the version before, and cannot.
  static func staysLate(_ pipeline: PipelineSettings, _ verdict: TrialVerdict) -> String {
    "pipeline \(pipeline.name): \(pipeline.model.name)/\(verdict.version): \(verdict.reason), so "
      + "soon after its trial; there is no version to go back to, or it is pinned"
  }

  static func wentBack(_ model: String, _ verdict: TrialVerdict) -> String {
    "model \(model): three starts with version \(verdict.version) failed; back to version "
      + "\(verdict.against); `edgeagent models activate \(model)/\(verdict.version)` takes it all "
      + "the same"
  }

  static func gone(_ pipeline: PipelineSettings, version: String) -> String {
    "pipeline \(pipeline.name): \(pipeline.model.name)/\(version) is no longer installed; it goes "
      + "on scoring until the agent ends"
  }

  /// A change of the models folder failed, and the trial needs it.
  static func notWritten(_ pipeline: PipelineSettings, version: String) -> String {
    "pipeline \(pipeline.name): what became of \(pipeline.model.name)/\(version) could not be "
      + "written; it is not tried again until the agent starts anew"
  }
}
