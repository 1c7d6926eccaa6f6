import Config

/// Which values a condition can see at all: a level that a person sets must be among them.
struct LevelRanges {
  static let everything = -Float.infinity...Float.infinity
  static let notNegative = 0...Float.infinity

  private let scores: [(pipeline: String, range: ClosedRange<Float>)]

  init() { scores = [] }

  /// - Parameter scores: the scores that each loaded model can give, by its pipeline.
  init(scores: [(pipeline: String, range: ClosedRange<Float>)]) { self.scores = scores }

  func range(of source: ValueSource) -> ClosedRange<Float> {
    switch source {
    case .score(let pipeline, _):
      // Nobody knows the scores of a model that is not loaded.
      scores.first { $0.pipeline.utf8.elementsEqual(pipeline.utf8) }?.range ?? Self.everything
    case .field, .derived(_, _, .rate, _), .derived(_, _, .mean, _): Self.everything
    case .derived(_, _, .deviation, _), .derived(_, _, .span, _): Self.notNegative
    case .share(.rate, _): Self.notNegative
    case .share(.refused, _), .share(.late, _): 0...1
    }
  }
}

extension ValueSource {
  /// Scores of a classifier and shares are 0…1. An autoencoder's scores and a rate's departure have
  /// no upper end.
  var isShare: Bool {
    switch self {
    case .score(_, let label): !label.utf8.elementsEqual("anomaly".utf8)
    case .share(.refused, _), .share(.late, _): true
    case .share(.rate, _), .field, .derived: false
    }
  }

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
      level.with(levels), isShare: value.isShare, within: ranges.range(of: value),
      key: level.kind.key) == nil
  }
}
