/// Whether a value stays within a dead band although samples come: a sensor that hangs, or a probe
/// that fell out.
///
/// The band is around the value that last left it, so that a slow drift is a change as well. Hot.
struct StuckDetector: BitwiseCopyable, Sendable {
  let nanoseconds: Int64
  let deadBand: Float

  /// The value in the middle of the band, and when it came; nil: none yet.
  private var middle: Float?
  private var since: Int64 = 0
  private var last: Int64 = 0
  /// The value left a band, so that it was seen moving.
  private var hasMoved = false

  init(over nanoseconds: Int64, deadBand: Float) {
    (self.nanoseconds, self.deadBand) = (nanoseconds, deadBand)
  }

  /// After a gap: what the value did meanwhile is not known.
  mutating func forget() { (middle, hasMoved) = (nil, false) }

  /// Takes one sample. A pause of the whole time is a gap, and so is a value that is not finite.
  ///
  /// - Returns: true after the whole time without a change, false after a change, nil before any of
  ///   the two.
  mutating func add(_ value: Float, at time: Int64) -> Bool? {
    if !value.isFinite || time - last >= nanoseconds { forget() }
    last = time
    guard value.isFinite else { return nil }
    guard let middle else {
      (self.middle, since) = (value, time)
      return nil
    }
    if abs(value - middle) > deadBand {
      (self.middle, since, hasMoved) = (value, time, true)
      return false
    }
    if time - since >= nanoseconds { return true }
    return hasMoved ? false : nil
  }
}
