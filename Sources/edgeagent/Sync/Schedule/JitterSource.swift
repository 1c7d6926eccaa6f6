import COpenSSL
import Text
import System

/// SplitMix64: numbers that spread, and are the same for the same seed. Nothing secret rests on it.
struct JitterSource {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  static func newSeed() -> UInt64 {
    var bytes = [UInt8](repeating: 0, count: 8)
    guard RAND_bytes(&bytes, 8) == 1 else { return UInt64(bitPattern: Clock.boot()) }
    return bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// 0..<bound, which is not 0; the product's upper half, uneven by less than bound / 2^64.
  mutating func next(below bound: UInt64) -> UInt64 {
    next().multipliedFullWidth(by: bound).high
  }
}
