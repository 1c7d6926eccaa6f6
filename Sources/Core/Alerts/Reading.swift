/// What one new value, or the loss of it, says about a condition.
enum Reading: UInt8, BitwiseCopyable, Equatable, Sendable, CaseIterable {
  /// At or beyond the level.
  case raise
  /// Between the level and the clear level: it changes nothing.
  case between
  /// Beyond the clear level.
  case clear
  /// Missing, too old, or no number.
  case unknown
}
