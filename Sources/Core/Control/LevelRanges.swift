import Config

/// Which values a condition can see at all: a level that a person sets must be among them.
struct LevelRanges {
  private let scores: [(pipeline: String, range: ClosedRange<Float>)]

  init() { scores = [] }

  /// - Parameter scores: the scores that each loaded model can give, by its pipeline.
  init(scores: [(pipeline: String, range: ClosedRange<Float>)]) { self.scores = scores }

  func range(of source: ValueSource) -> ClosedRange<Float> {
    guard case .score(let pipeline, _) = source else { return source.span.range }
    // A model that is not loaded may give any score.
    return scores.first { $0.pipeline.utf8.elementsEqual(pipeline.utf8) }?.range
      ?? source.span.range
  }
}

extension ValueSource {
  /// Differs where the source does. A level in bars means nothing for a value in degrees.
  var mark: UInt64 {
    let text =
      switch self {
      case .score(let pipeline, let label): "score\n\(pipeline)\n\(label)"
      case .field(let sensor, let field): "field\n\(sensor)\n\(field)"
      case .derived(let sensor, let field, let statistic, let time):
        "\(statistic.rawValue)\n\(sensor)\n\(field)\n\(time)"
      case .share(.refused(let sensor), let time): "refused\n\(sensor)\n\(time)"
      case .share(.rate(let sensor), let time): "rate\n\(sensor)\n\(time)"
      case .share(.late(let pipeline), let time): "late\n\(pipeline)\n\(time)"
      }
    // 0 is the mark of none.
    return max(1, StandingRecord.mark(of: text))
  }
}

extension SavedOverride {
  /// A level that a person set under an earlier configuration still means something: the condition
  /// is there, has the same source and is of the same kind, and takes these levels.
  func fits(_ configuration: Configuration, _ ranges: LevelRanges = LevelRanges()) -> Bool {
    let condition = configuration.conditions.first {
      $0.name.utf8.elementsEqual(self.condition.utf8)
    }
    guard let condition, case .level(let value, let level) = condition.test,
      value.mark == source, level.kind.code == kind
    else { return false }
    return LevelChange.fault(
      level.with(levels), isShare: value.span == .share, within: ranges.range(of: value),
      key: level.kind.key) == nil
  }
}
