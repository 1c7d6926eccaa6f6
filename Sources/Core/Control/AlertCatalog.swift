import Config
import Text

/// What people see of the alerts: names, sources and levels, as the configuration has them, and the
/// levels that persons set.
final class AlertCatalog {
  struct Entry {
    let name: String
    let severity: AlertSeverity
    let source: String
    let votesNeeded: Int
    let votesOf: Int
    /// Index among the conditions.
    let condition: Int
  }

  let entries: [Entry]
  private let conditions: [ConditionSettings]
  private(set) var overrides: [SavedOverride]

  init(_ configuration: Configuration, overrides: [SavedOverride]) {
    conditions = configuration.conditions
    entries = configuration.alerts.map { alert in
      Entry(
        name: alert.name, severity: alert.severity, source: alert.sourceText,
        votesNeeded: alert.votes.needed, votesOf: alert.votes.of, condition: alert.condition)
    }
    self.overrides = overrides
  }

  func index(named name: String) -> Int? {
    entries.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
  }

  func nearest(to name: String) -> String? {
    Suggestion.nearest(to: name, among: entries.map { $0.name })
  }

  func conditionName(of alert: Int) -> String { conditions[entries[alert].condition].name }

  /// The alerts that have the same condition.
  func sharers(of alert: Int) -> [Int] {
    entries.indices.filter { entries[$0].condition == entries[alert].condition }
  }

  /// Nil for a condition without a level.
  func source(of alert: Int) -> ValueSource? {
    guard case .level(let source, _) = conditions[entries[alert].condition].test else { return nil }
    return source
  }

  /// Nil for a condition without a level.
  func configuredLevel(of alert: Int) -> LevelSettings? {
    guard case .level(_, let level) = conditions[entries[alert].condition].test else { return nil }
    return level
  }

  func override(of alert: Int) -> SavedOverride? {
    let name = conditionName(of: alert)
    return overrides.first { $0.condition.utf8.elementsEqual(name.utf8) }
  }

  /// The level that holds now.
  func level(of alert: Int) -> LevelSettings? {
    guard let level = configuredLevel(of: alert) else { return nil }
    return override(of: alert).map { level.with($0.levels) } ?? level
  }

  func set(_ saved: SavedOverride) {
    unset(saved.condition)
    overrides.append(saved)
  }

  func unset(_ condition: String) {
    overrides.removeAll { $0.condition.utf8.elementsEqual(condition.utf8) }
  }
}

extension LevelSettings.Kind {
  /// Place among the cases.
  var code: UInt8 {
    switch self {
    case .above: 0
    case .below: 1
    case .outside: 2
    case .inside: 3
    }
  }
}
