import Config
import EdgeRuntime
import Models
import Text

/// Checks of alerts that need the model: an alert that can never be raised, or never end, is a
/// fault of the configuration, however valid each of its parts is.
enum AlertReach {
  /// - Parameter model: loaded for the pipeline.
  static func check(
    _ configuration: Configuration, _ pipeline: PipelineSettings, _ model: LoadedModel
  ) throws(StartError) {
    let range = model.scorer.scoreRange
    let rate = model.bundle.manifest.rateHertz
    let period = Int64(1e9 / rate * Double(model.scorer.settings.stride))
    for watch in configuration.watchedLabels(of: pipeline.name) {
      if let fault = LevelReachFault(watch.level, within: range) {
        throw .levelUnreachable(place: watch.levelPlace, fault)
      }
      for alert in configuration.alerts where alert.condition == watch.condition {
        guard alert.votes.fitAnHour(periodNanoseconds: period) else {
          throw .votesTooLong(
            place: alert.place, alert: alert.name, of: alert.votes.of, periodNanoseconds: period)
        }
        guard alert.holdNanoseconds == 0 || alert.holdNanoseconds >= period else {
          throw .holdTooShort(
            place: alert.place, alert: alert.name, hold: alert.holdNanoseconds,
            periodNanoseconds: period)
        }
      }
    }
  }
}
