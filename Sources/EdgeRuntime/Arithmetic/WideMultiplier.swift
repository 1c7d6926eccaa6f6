/// The requantization of sums that need 64 bits: the sums of 16-bit activations.
extension FixedMultiplier {
  /// The absolute value of every sum stays below this, so that an Int64 holds its product with a
  /// mantissa of 15 bits.
  static let wideMagnitudeMax = 1 << 47
  static let wideExponentMax: Int32 = 7

  /// x · factor. First the mantissa is rounded to 15 bits (ties up), then the product is rounded
  /// once, ties toward +∞. A result beyond Int32 wraps, as in the reference. |x| is below 2⁴⁷ and
  /// the exponent at most 7. (MultiplyByQuantizedMultiplier of TensorFlow Lite for int64_t.)
  @inline(__always)
  func wide(_ x: Int64) -> Int32 {
    let reduced = mantissa < 0x7FFF_0000 ? (mantissa &+ (1 << 15)) &>> 16 : 0x7FFF
    let shift = Int64(15 &- exponent)
    let product = x &* Int64(reduced) &+ (1 &<< (shift &- 1))
    return Int32(truncatingIfNeeded: product &>> shift)
  }
}
