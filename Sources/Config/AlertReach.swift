import Text

/// Checks that an alert can go off and can end, as far as the configuration alone tells it. What
/// needs a model (labels, windows, the range of its scores) is checked when the model is loaded.
extension ConfigurationReader {
  func checkReach(of configuration: Configuration) {
    for condition in configuration.conditions { checkReach(of: condition, in: configuration) }
    for alert in configuration.alerts {
      guard let period = configuration.samplePeriod(of: alert.condition) else { continue }
      if alert.holdNanoseconds > 0, alert.holdNanoseconds < period {
        faults.note(
          .tooShort(
            key: "hold", in: .alert, nanoseconds: alert.holdNanoseconds, minimum: period,
            .samplePeriod), at: alert.place)
      }
      checkVotes(of: alert, periodNanoseconds: period)
    }
  }

  /// A source that looks at too short a time never has an answer, or is always too old.
  private func checkReach(of condition: ConditionSettings, in configuration: Configuration) {
    func period(_ sensor: String) -> Int64 {
      configuration.sensors.first { $0.name == sensor }.map { Int64(1e9 / $0.rateHertz) } ?? 0
    }
    func note(_ kind: ConfigurationFaultKind) { faults.note(kind, at: condition.sourcePlace) }
    switch condition.test {
    case .level(.derived(let sensor, _, _, let over), _),
      .health(.stuck(let sensor, _, let over, _)):
      let minimum = 3 * period(sensor)
      if over < minimum { note(.sourceTooShort(nanoseconds: over, minimum: minimum)) }
    case .level(.share(_, let over), _):
      let minimum = ConfigurationLimits.shareNanosecondsMin
      if over < minimum { note(.sourceTooShort(nanoseconds: over, minimum: minimum)) }
    case .health(.stale(let name)):
      let sensor = configuration.sensors.first { $0.name == name }
      if sensor?.staleAfterNanoseconds == 0 { note(.neverStale(sensor: name)) }
    case .health(.store): if configuration.store == nil { note(.noStore) }
    case .level, .health, .combination: break
    }
    guard let age = condition.ageNanosecondsMax,
      let sample = samplePeriod(of: condition, in: configuration), age < sample * 3 / 2
    else { return }
    faults.note(
      .tooShort(
        key: "max_age", in: .condition, nanoseconds: age, minimum: sample * 3 / 2, .samplePeriod),
      at: condition.place)
  }

  private func samplePeriod(
    of condition: ConditionSettings, in configuration: Configuration
  ) -> Int64? {
    switch condition.test {
    case .level(.field(let name, _), _), .level(.derived(let name, _, _, _), _):
      configuration.sensors.first { $0.name == name }.map { Int64(1e9 / $0.rateHertz) }
    default: nil
    }
  }

  private func checkVotes(of alert: AlertSettings, periodNanoseconds period: Int64) {
    guard !alert.votes.fitAnHour(periodNanoseconds: period) else { return }
    faults.note(
      .votesTooLong(of: alert.votes.of, periodNanoseconds: period), at: alert.place)
  }
}

extension AlertVotes {
  /// So many readings in an hour at most: more would call a person long after it is over.
  package func fitAnHour(periodNanoseconds period: Int64) -> Bool {
    of == 1 || period <= 3_600_000_000_000 / Int64(of)
  }
}

extension Configuration {
  /// Nanoseconds between two readings of a condition that looks at a field; nil for another.
  func samplePeriod(of condition: Int) -> Int64? {
    switch conditions[condition].test {
    case .level(.field(let name, _), _), .level(.derived(let name, _, _, _), _):
      sensors.first { $0.name == name }.map { Int64(1e9 / $0.rateHertz) }
    default: nil
    }
  }
}
