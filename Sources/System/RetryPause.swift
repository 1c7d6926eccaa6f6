/// Pauses between tries of one thing. Each is twice as long as the one before, up to the longest,
/// and a random part of up to a half is taken off: so the devices of one hub, or the boards of one
/// broker, are not tried all at once.
package struct RetryPause {
  private let range: ClosedRange<Int64>
  private var longest: Int64
  private var random: SplitMix

  /// - Parameters:
  ///   - range: the first pause and the longest one, in nanoseconds.
  ///   - seed: given by tests; else from the kernel's random numbers.
  package init(_ range: ClosedRange<Int64>, seed: UInt64 = SplitMix.newSeed()) {
    precondition(range.lowerBound > 1 && range.upperBound <= Int64.max / 2)
    (self.range, longest) = (range, range.lowerBound)
    random = SplitMix(state: seed)
  }

  /// After a failure: nanoseconds to wait.
  package mutating func next() -> Int64 {
    let half = longest / 2
    longest = min(2 * longest, range.upperBound)
    return half + Int64(random.next(below: UInt64(half)))
  }

  /// It worked: the next failure is a first one.
  package mutating func reset() { longest = range.lowerBound }
}
