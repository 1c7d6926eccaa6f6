import Config

/// A value against a level and its clear level. Between the two a value changes nothing, so that
/// one that trembles around a level raises no series of alerts. The kinds are those of
/// `LevelSettings`:
///
///     kind      raise                        clear
///     above     high ≤ value                 value < clearHigh
///     below     value ≤ low                  clearLow < value
///     outside   value < low, high < value    clearLow ≤ value ≤ clearHigh
///     inside    low ≤ value ≤ high           value < clearLow, clearHigh < value
///
/// Hot: allocates nothing.
struct LevelJudge: Sendable {
  let kind: LevelSettings.Kind
  private let configured: LevelOverride
  /// What holds now.
  private(set) var levels: LevelOverride

  init(_ settings: LevelSettings) {
    kind = settings.kind
    configured = settings.override
    levels = configured
  }

  /// NaN and the infinities are no measurements.
  func judge(_ value: Float) -> Reading {
    guard value.isFinite else { return .unknown }
    let (raises, clears) =
      switch kind {
      case .above: (value >= levels.high, value < levels.clearHigh)
      case .below: (value <= levels.low, value > levels.clearLow)
      case .outside:
        (
          value < levels.low || value > levels.high,
          value >= levels.clearLow && value <= levels.clearHigh
        )
      case .inside:
        (
          value >= levels.low && value <= levels.high,
          value < levels.clearLow || value > levels.clearHigh
        )
      }
    return raises ? .raise : clears ? .clear : .between
  }

  /// The level that people want to see beside the value: of two the nearer one.
  func level(near value: Float) -> Float {
    switch kind {
    case .above: return levels.high
    case .below: return levels.low
    case .outside, .inside:
      guard value.isFinite else { return .nan }
      return value - levels.low < levels.high - value ? levels.low : levels.high
    }
  }

  /// Other levels from the next value on, or with nil those of the configuration again. Whoever
  /// sets them has checked them: `LevelChange.fault`.
  mutating func replace(_ override: LevelOverride?) { levels = override ?? configured }
}
