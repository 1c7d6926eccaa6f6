import System

/// How long sync waits before the next try: a random time up to a bound, which doubles with each
/// failure ("full jitter"). So a thousand boards that lost the same server come back one by one.
package struct Backoff {
  /// The bound of the first wait.
  let baseMilliseconds: Int64
  /// The bound never grows beyond this.
  let capMilliseconds: Int64
  /// Failures since the last success.
  package private(set) var failures = 0
  private var random: SplitMix

  /// - Parameter seed: tests give it; otherwise it comes from the Linux kernel's random numbers.
  package init(baseMilliseconds: Int64, capMilliseconds: Int64, seed: UInt64 = SplitMix.newSeed()) {
    precondition(baseMilliseconds > 0 && capMilliseconds >= baseMilliseconds)
    self.baseMilliseconds = baseMilliseconds
    self.capMilliseconds = capMilliseconds
    random = SplitMix(state: seed)
  }

  /// Counts a failure.
  ///
  /// - Returns: milliseconds to wait, 0…min(cap, base · 2^failures) with the failures before it.
  package mutating func next() -> Int64 {
    let bound = self.bound
    failures += 1
    return Int64(random.next(below: UInt64(bound) + 1))
  }

  mutating func succeed() { failures = 0 }

  /// A random part of a longer wait, so that many boards do not come at one shared moment, such as
  /// the end of a Retry-After.
  ///
  /// - Returns: 0…spread milliseconds.
  mutating func jitter(upTo spread: Int64) -> Int64 {
    Int64(random.next(below: UInt64(max(spread, 0)) + 1))
  }

  private var bound: Int64 {
    var bound = baseMilliseconds
    for _ in 0..<failures where bound < capMilliseconds { bound = min(bound * 2, capMilliseconds) }
    return min(bound, capMilliseconds)
  }
}
