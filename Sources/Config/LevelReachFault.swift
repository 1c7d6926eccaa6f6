/// Why a level is of no use with values of a known range.
package enum LevelReachFault: Error, Equatable {
  /// No value is at or above it; the greatest is `greatest`.
  case neverAbove(level: Double, greatest: Float)
  case neverBelow(level: Double, least: Float)
  /// No value is below `clear_below`; the least is `least`.
  case neverClearsBelow(level: Double, least: Float)
  case neverClearsAbove(level: Double, greatest: Float)
  /// Every value is within these, so that none is outside.
  case neverOutside(low: Double, high: Double)
  case neverInside(low: Double, high: Double)
  /// Every value is within `clear_outside`.
  case neverClearsOutside(low: Double, high: Double)
  /// No value is within `clear_inside`.
  case neverClearsInside(low: Double, high: Double)

  /// Nil for a level that values of that range can reach and leave.
  package init?(_ level: LevelSettings, within range: ClosedRange<Float>) {
    let (least, greatest) = (range.lowerBound, range.upperBound)
    func holdsEverything(_ low: Double, _ high: Double) -> Bool {
      Float(low) <= least && Float(high) >= greatest
    }
    func holdsNothing(_ low: Double, _ high: Double) -> Bool {
      Float(low) > greatest || Float(high) < least
    }
    switch level.kind {
    case .above where Float(level.high) > greatest:
      self = .neverAbove(level: level.high, greatest: greatest)
    case .above where Float(level.clearHigh) <= least:
      self = .neverClearsBelow(level: level.clearHigh, least: least)
    case .below where Float(level.low) < least:
      self = .neverBelow(level: level.low, least: least)
    case .below where Float(level.clearLow) >= greatest:
      self = .neverClearsAbove(level: level.clearLow, greatest: greatest)
    case .outside where holdsEverything(level.low, level.high):
      self = .neverOutside(low: level.low, high: level.high)
    case .outside where holdsNothing(level.clearLow, level.clearHigh):
      self = .neverClearsInside(low: level.clearLow, high: level.clearHigh)
    case .inside where holdsNothing(level.low, level.high):
      self = .neverInside(low: level.low, high: level.high)
    case .inside where holdsEverything(level.clearLow, level.clearHigh):
      self = .neverClearsOutside(low: level.clearLow, high: level.clearHigh)
    case .above, .below, .outside, .inside: return nil
    }
  }

  /// It would be raised and never end.
  package var isEndless: Bool {
    switch self {
    case .neverClearsBelow, .neverClearsAbove, .neverClearsOutside, .neverClearsInside: true
    case .neverAbove, .neverBelow, .neverOutside, .neverInside: false
    }
  }

  /// Of two numbers: every value is between them. Else none is.
  var holdsEverything: Bool {
    switch self {
    case .neverOutside, .neverClearsOutside: true
    case .neverAbove, .neverBelow, .neverClearsBelow, .neverClearsAbove, .neverInside,
      .neverClearsInside:
      false
    }
  }
}
