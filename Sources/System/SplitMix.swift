import CPlatform

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, and the same numbers everywhere for the same
/// seed. The agent spreads waits and makes noise with it, and no secrets.
package struct SplitMix {
  /// Begins as the seed.
  package var state: UInt64

  package init(state: UInt64) { self.state = state }

  /// A seed that differs between boards and between starts.
  package static func newSeed() -> UInt64 {
    var seed: UInt64 = 0
    let count = withUnsafeMutableBytes(of: &seed) {
      getrandom($0.baseAddress, $0.count, UInt32(GRND_NONBLOCK))
    }
    // Early in a boot the kernel may have no random bytes yet. Then the time since boot makes the
    // seeds differ a little.
    return count == MemoryLayout<UInt64>.size ? seed : UInt64(bitPattern: Clock.boot())
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number in 0..<bound; `bound` is not 0. It is the upper half of a product; the bias is less
  /// than bound / 2^64.
  package mutating func next(below bound: UInt64) -> UInt64 {
    next().multipliedFullWidth(by: bound).high
  }

  /// 0 ≤ x < 1
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Mean 0, variance 1, within ±6: the sum of twelve uniform numbers, good enough for a simulated
  /// sensor.
  package mutating func gaussian() -> Double {
    var sum = -6.0
    for _ in 0..<12 { sum += unit() }
    return sum
  }
}
