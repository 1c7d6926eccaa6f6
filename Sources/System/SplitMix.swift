import CPlatform

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, and the same everywhere for the same seed. It
/// spreads waits and makes noise; nothing secret rests on it.
package struct SplitMix {
  /// The seed at first.
  package var state: UInt64

  package init(state: UInt64) { self.state = state }

  /// A seed that another board and another start do not have.
  package static func newSeed() -> UInt64 {
    var seed: UInt64 = 0
    let count = withUnsafeMutableBytes(of: &seed) {
      getrandom($0.baseAddress, $0.count, UInt32(GRND_NONBLOCK))
    }
    // Only early in a boot has the kernel none yet; then the time spreads the boards a little.
    return count == MemoryLayout<UInt64>.size ? seed : UInt64(bitPattern: Clock.boot())
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// 0..<bound, which is not 0; the product's upper half, uneven by less than bound / 2^64.
  package mutating func next(below bound: UInt64) -> UInt64 {
    next().multipliedFullWidth(by: bound).high
  }

  /// 0 ≤ x < 1
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Mean 0, variance 1, within ±6: the sum of twelve uniforms, plenty for a simulated sensor.
  package mutating func gaussian() -> Double {
    var sum = -6.0
    for _ in 0..<12 { sum += unit() }
    return sum
  }
}
