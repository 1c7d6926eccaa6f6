/// What is known of one condition.
struct ConditionState: BitwiseCopyable, Sendable {
  /// What the last value said.
  var reading = Reading.unknown
  /// True from `raise` until `clear`; nil while the reading is unknown. It is for combinations and
  /// `suppress_when`.
  var truth: Bool?
  /// The last value in the unit of its source; 1 or 0 for a state of the board; NaN where it is
  /// unknown, and for combinations.
  var value = Float.nan
  /// The level that it was compared with; NaN where there is none.
  var level = Float.nan
  /// The last `raise` or `clear`. An unknown reading hides it, and does not change it: a value that
  /// comes back between the levels means what it meant before.
  var wasRaised = false

  mutating func take(_ reading: Reading, value: Float, level: Float) {
    self.reading = reading
    self.value = value
    self.level = level
    switch reading {
    case .raise: wasRaised = true
    case .clear: wasRaised = false
    case .between, .unknown: break
    }
    truth = reading == .unknown ? nil : wasRaised
  }
}
