import Text

/// Checks that a condition can be known and that an alert can go off, as far as the configuration
/// alone tells it. What needs a model (labels, windows, the range of its scores) is checked when
/// the model is loaded.
extension ConfigurationReader {
  /// A source that looks at too short a time never has an answer, or is always too old.
  func checkReach(
    of test: ConditionDraft.Test, ageNanosecondsMax: Int64?, in table: TableReader,
    _ names: DefinedNames
  ) {
    func note(_ kind: ConfigurationFaultKind) { faults.note(kind, at: table.place(of: "source")) }
    switch test {
    case .level(.derived(let sensor, _, _, let over), _),
      .health(.stuck(let sensor, _, let over, _)):
      let minimum = 3 * (names.sensor(sensor)?.periodNanoseconds ?? 0)
      if over < minimum { note(.sourceTooShort(nanoseconds: over, minimum: minimum)) }
    case .level(.share(_, let over), _):
      let minimum = ConfigurationLimits.shareNanosecondsMin
      if over < minimum { note(.shareTooShort(nanoseconds: over, minimum: minimum)) }
    case .level(.field(let sensor, let field), let level):
      guard let span = names.sensor(sensor)?.span(ofField: field),
        let fault = LevelReachFault(level, within: span)
      else { break }
      faults.note(
        .levelBeyondField(field, span, isEndless: fault.isEndless),
        at: table.place(of: level.kind.key))
    case .health(.stale(let name)):
      if names.sensor(name)?.staleAfterNanoseconds == 0 { note(.neverStale(sensor: name)) }
    case .health(.store): if !names.hasStore { note(.noStore) }
    case .level, .health, .combination: break
    }
    guard let age = ageNanosecondsMax, let period = names.samplePeriod(of: test) else { return }
    let minimum = period * 3 / 2
    guard age < minimum else { return }
    noteTooShort("max_age", age, minimum: minimum, in: table)
  }

  func checkReach(
    of alert: AlertSettings, _ test: ConditionDraft.Test, in table: TableReader,
    _ names: DefinedNames
  ) {
    guard let period = names.samplePeriod(of: test) else { return }
    if alert.holdNanoseconds > 0, alert.holdNanoseconds < period {
      noteTooShort("hold", alert.holdNanoseconds, minimum: period, in: table)
    }
    if !alert.votes.fitAnHour(periodNanoseconds: period) {
      faults.note(
        .votesTooLong(of: alert.votes.of, periodNanoseconds: period), at: table.place(of: "votes"))
    }
  }

  private func noteTooShort(
    _ key: String, _ nanoseconds: Int64, minimum: Int64, in table: TableReader
  ) {
    faults.note(
      .tooShort(
        key: key, in: table.name, nanoseconds: nanoseconds, minimum: minimum, .samplePeriod),
      at: table.place(of: key))
  }
}

extension AlertVotes {
  /// So many readings in an hour at most: more would call a person long after it is over.
  package func fitAnHour(periodNanoseconds period: Int64) -> Bool {
    of == 1 || period <= 3_600_000_000_000 / Int64(of)
  }
}
