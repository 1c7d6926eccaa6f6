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
      if let fault = AlertReachFault(watch.level, within: range) {
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

/// Why a level is of no use with a model.
package enum AlertReachFault: Error, Equatable {
  /// No score is at or above it; the greatest is `greatest`.
  case neverAbove(level: Double, greatest: Float)
  case neverBelow(level: Double, least: Float)
  /// No score is below `clear_below`; the least is `least`.
  case neverClearsBelow(level: Double, least: Float)
  case neverClearsAbove(level: Double, greatest: Float)
  /// Every score is outside, or none is.
  case neverOutside(low: Double, high: Double)
  case neverInside(low: Double, high: Double)

  /// Nil for a level that scores of that range can reach and leave.
  init?(_ level: LevelSettings, within range: ClosedRange<Float>) {
    let (least, greatest) = (range.lowerBound, range.upperBound)
    switch level.kind {
    case .above:
      if Float(level.high) > greatest {
        self = .neverAbove(level: level.high, greatest: greatest)
      } else if Float(level.clearHigh) <= least {
        self = .neverClearsBelow(level: level.clearHigh, least: least)
      } else {
        return nil
      }
    case .below:
      if Float(level.low) < least {
        self = .neverBelow(level: level.low, least: least)
      } else if Float(level.clearLow) >= greatest {
        self = .neverClearsAbove(level: level.clearLow, greatest: greatest)
      } else {
        return nil
      }
    case .outside:
      guard Float(level.low) <= least, Float(level.high) >= greatest else { return nil }
      self = .neverOutside(low: level.low, high: level.high)
    case .inside:
      guard Float(level.low) > greatest || Float(level.high) < least else { return nil }
      self = .neverInside(low: level.low, high: level.high)
    }
  }

  /// It would be raised and never end.
  var isEndless: Bool {
    switch self {
    case .neverClearsBelow, .neverClearsAbove: true
    case .neverAbove, .neverBelow, .neverOutside, .neverInside: false
    }
  }

  var message: String {
    switch self {
    case .neverAbove(let level, let greatest):
      "no score reaches above = \(level): the greatest that this model can give is \(greatest); "
        + "write that or less"
    case .neverBelow(let level, let least):
      "no score reaches below = \(level): the least that this model can give is \(least); "
        + "write that or more"
    case .neverClearsBelow(let level, let least):
      "the alert never ends: no score is below clear_below = \(level), the least is \(least); "
        + "write more"
    case .neverClearsAbove(let level, let greatest):
      "the alert never ends: no score is above clear_above = \(level), the greatest is "
        + "\(greatest); write less"
    case .neverOutside(let low, let high):
      "no score is outside [\(low), \(high)]: this model gives none beyond; write a narrower range"
    case .neverInside(let low, let high):
      "no score is inside [\(low), \(high)]: this model gives none there; write another range"
    }
  }
}
