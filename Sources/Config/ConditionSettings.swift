import Text

/// What an alert waits for: a named `[[condition]]`, or the one that stands in an `[[alert]]` and
/// has its name.
package struct ConditionSettings: Equatable, Sendable {
  /// Unique among conditions and alerts.
  package var name: String
  package var test: ConditionTest
  /// An input that is older counts as unknown; nil: when its sensor is stale.
  package var ageNanosecondsMax: Int64? = nil

  /// The place where the table begins; `sourcePlace` is that of `source`, `all`, `any` or `not`.
  package var place: SourcePlace
  package var sourcePlace: SourcePlace
  package var levelPlace: SourcePlace

  package init(
    name: String, test: ConditionTest, ageNanosecondsMax: Int64? = nil, place: SourcePlace,
    sourcePlace: SourcePlace, levelPlace: SourcePlace
  ) {
    (self.name, self.test, self.ageNanosecondsMax) = (name, test, ageNanosecondsMax)
    (self.place, self.sourcePlace, self.levelPlace) = (place, sourcePlace, levelPlace)
  }
}

package enum ConditionTest: Equatable, Sendable {
  /// A value against a level.
  case level(ValueSource, LevelSettings)
  /// A state of the board itself.
  case health(HealthSource)
  /// Other conditions, by index among the configuration's: those before this one only, so that no
  /// condition can depend on itself.
  case combination(Combination, [ConditionOperand])
}

/// Where a value comes from.
package enum ValueSource: Equatable, Sendable {
  /// `"fall.fall"`: `pipeline.label`, cut at the first dot. 0…1 for a classifier.
  case score(pipeline: String, label: String)
  /// `"sensor:boiler.temperature"`: every sample.
  case field(sensor: String, field: String)
  /// `"sensor:boiler.temperature rate 1m"`: of the samples of that time.
  case derived(sensor: String, field: String, Statistic, overNanoseconds: Int64)
  /// `"refused:wrist"`, `"rate:wrist"`, `"late:fall"`: a share, 0…1 (a departure may be more).
  case share(ShareSource, overNanoseconds: Int64)
}

/// What is made of a field's samples over a time.
package enum Statistic: String, Equatable, Sendable, CaseIterable {
  /// The slope of the line of least squares, in the field's unit a second.
  case rate
  case mean
  /// The standard deviation.
  case deviation
  /// Peak to peak.
  case span
}

package enum ShareSource: Equatable, Sendable {
  /// The share of a sensor's frames that became no sample.
  case refused(sensor: String)
  /// How far the measured rate is from the declared one: |measured − declared| / declared.
  case rate(sensor: String)
  /// The share of a pipeline's windows that were late or skipped.
  case late(pipeline: String)
}

/// A state of the board that is there or is not.
package enum HealthSource: Equatable, Sendable {
  /// `"stale:wrist"`: no good sample for the sensor's `stale_after`.
  case stale(sensor: String)
  /// `"stuck:boiler.temperature 10m"`: samples come, and the value stays within `dead_band`.
  case stuck(sensor: String, field: String, overNanoseconds: Int64, deadBand: Double)
  /// `"disabled:fall"`: the pipeline's model was refused, or its scores are no numbers.
  case disabled(pipeline: String)
  /// `"store"`: the outbox is losing records.
  case store
  /// `"output:siren"`: an output does not do what it is told.
  case output(name: String)
  /// `"clock"`: the board does not know the time.
  case clock
}

package enum Combination: Equatable, Sendable { case all, any }

package struct ConditionOperand: Equatable, Sendable {
  /// Index among the configuration's conditions.
  package var condition: Int
  /// Written `"not NAME"`.
  package var isNegated: Bool

  package init(condition: Int, isNegated: Bool) {
    (self.condition, self.isNegated) = (condition, isNegated)
  }
}

/// A level with its own clear level: between the two a value changes nothing.
package struct LevelSettings: Equatable, Sendable {
  package enum Kind: String, Equatable, Sendable, CaseIterable {
    case above, below, outside, inside

    /// Its keys in the configuration: that of the level, and that of the clear level.
    package var key: String { rawValue }

    package var clearKey: String {
      switch self {
      case .above: "clear_below"
      case .below: "clear_above"
      case .outside: "clear_inside"
      case .inside: "clear_outside"
      }
    }
  }

  package var kind: Kind
  /// `above`: value ≥ `high`. `below`: value ≤ `low`. `outside`: value < `low` or > `high`.
  /// `inside`: `low` ≤ value ≤ `high`.
  package var low: Double
  package var high: Double
  /// `above`: value < `clearHigh`. `below`: value > `clearLow`. `outside`: `clearLow` ≤ value ≤
  /// `clearHigh`. `inside`: value < `clearLow` or > `clearHigh`.
  package var clearLow: Double
  package var clearHigh: Double

  package init(kind: Kind, low: Double, high: Double, clearLow: Double, clearHigh: Double) {
    (self.kind, self.low, self.high) = (kind, low, high)
    (self.clearLow, self.clearHigh) = (clearLow, clearHigh)
  }
}
