/// exp(scale · d) for SOFTMAX and LOG_SOFTMAX, where d ≤ 0 is the integer difference of a quantized
/// value from the largest one. It is in fixed point as in gemmlowp: scale · d in Q5.26, the
/// exponential in Q0.31, sums of exponentials in Q12.19.
struct ScaledExponential: BitwiseCopyable {
  static let differenceIntegerBits: Int32 = 5
  static let sumIntegerBits: Int32 = 12

  /// scale · 2²⁶, above 1.
  let factor: FixedMultiplier
  /// The smallest difference whose product still fits Q5.26.
  let differenceMin: Int32

  /// Nil for a scale that fixed point cannot hold.
  init?(scale: Double) {
    let real = scale * Double(1 << 26)
    // A factor up to 1 leaves nothing to shift left: every class would get the same score. From 2³⁰
    // on, a difference of one step is e⁻¹⁶, which rounds to 0, so a larger factor changes nothing.
    guard real > 1, let factor = FixedMultiplier(min(real, Double(1 << 30) - 1)) else { return nil }
    self.factor = factor
    let largest = Double((1 << Self.differenceIntegerBits) - 1) * Double(1 << (31 - 5))
    differenceMin = -Int32(largest / Double(Int64(1) << Int64(factor.exponent)))
  }

  /// scale · d in Q5.26, for d ≥ differenceMin.
  @inline(__always)
  func scaled(_ difference: Int32) -> Int32 {
    FixedPoint.roundingDoublingHighMultiply(difference &<< factor.exponent, factor.mantissa)
  }

  /// exp(scale · d) in Q0.31; nil when it is too small to matter.
  @inline(__always)
  func callAsFunction(_ difference: Int32) -> Int32? {
    guard difference >= differenceMin else { return nil }
    return FixedPoint.exponential(ofNegative: scaled(difference))
  }

  /// Σ exp(scale · (x[k] − largest)) in Q12.19.
  @inline(__always)
  func sum<T: FixedWidthInteger>(_ x: UnsafePointer<T>, _ count: Int, _ largest: Int32) -> Int32 {
    var sum: Int32 = 0
    for index in 0..<count {
      guard let exponential = self(Int32(truncatingIfNeeded: x[index]) &- largest) else { continue }
      // Q12.19 holds 4,095 equal classes. With more, the sum saturates, which keeps the outputs at
      // their limit.
      let (total, overflow) = sum.addingReportingOverflow(
        FixedPoint.roundingDivide(exponential, byPowerOfTwo: Self.sumIntegerBits))
      sum = overflow ? .max : total
    }
    return sum
  }
}
