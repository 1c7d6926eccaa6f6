import Config

/// Levels that a person set while the agent runs; see `LevelSettings`. Values are Floats, and what
/// they are compared with is, too.
struct LevelOverride: BitwiseCopyable, Equatable, Sendable {
  var low: Float
  var high: Float
  var clearLow: Float
  var clearHigh: Float
}

extension LevelSettings {
  func with(_ levels: LevelOverride) -> LevelSettings {
    LevelSettings(
      kind: kind, low: Double(levels.low), high: Double(levels.high),
      clearLow: Double(levels.clearLow), clearHigh: Double(levels.clearHigh))
  }

  var override: LevelOverride {
    LevelOverride(
      low: Float(low), high: Float(high), clearLow: Float(clearLow), clearHigh: Float(clearHigh))
  }
}
