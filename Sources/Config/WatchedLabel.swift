import Text

/// A label of a pipeline whose score a condition looks at.
package struct WatchedLabel: Equatable, Sendable {
  /// Index among the configuration's conditions.
  package var condition: Int
  package var label: String
  package var level: LevelSettings
  /// Where the label is written.
  package var place: SourcePlace
  package var levelPlace: SourcePlace
}

extension Configuration {
  /// The labels that conditions look at, in the order of the conditions.
  package func watchedLabels(of pipeline: String) -> [WatchedLabel] {
    conditions.enumerated().compactMap { index, condition in
      guard case .level(.score(let name, let label), let level) = condition.test,
        name == pipeline
      else { return nil }
      return WatchedLabel(
        condition: index, label: label, level: level, place: condition.sourcePlace,
        levelPlace: condition.levelPlace)
    }
  }
}
