/// A rate with a reserve: it fills at a steady pace up to its capacity, and each use takes from it.
///
/// Hot: allocates nothing; one multiplication a use.
struct TokenBucket: BitwiseCopyable, Sendable {
  private let tokensPerNanosecond: Double
  private let capacity: Double
  private var tokens: Double
  private var filledAt: Int64

  /// Full at first.
  ///
  /// - Parameter now: CLOCK_BOOTTIME in nanoseconds.
  init(perSecond: Double, capacity: Double, at now: Int64) {
    tokensPerNanosecond = perSecond / 1e9
    (self.capacity, tokens, filledAt) = (capacity, capacity, now)
  }

  /// - Returns: false when it has less than `count`; then nothing is taken.
  mutating func take(_ count: Double = 1, at now: Int64) -> Bool {
    fill(at: now)
    guard tokens >= count else { return false }
    tokens -= count
    return true
  }

  /// Takes even what it has not: it has to fill up longer for it.
  mutating func charge(_ count: Double, at now: Int64) {
    fill(at: now)
    tokens -= count
  }

  /// Whether it could give so many now.
  mutating func has(_ count: Double, at now: Int64) -> Bool {
    fill(at: now)
    return tokens >= count
  }

  /// Nanoseconds until it can give so many, which must not be more than it holds; 0: it can now.
  mutating func wait(for count: Double, at now: Int64) -> Int64 {
    fill(at: now)
    let missing = max(count - tokens, 0) / tokensPerNanosecond
    return missing < 9e18 ? Int64(missing.rounded(.up)) : .max
  }

  private mutating func fill(at now: Int64) {
    guard now > filledAt else { return }
    tokens = min(capacity, tokens + Double(now - filledAt) * tokensPerNanosecond)
    filledAt = now
  }
}
