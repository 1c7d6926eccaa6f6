/// exp(scale · d) for the integer differences d ≤ 0 of quantized values to their largest, as
/// SOFTMAX and LOG_SOFTMAX need it, in fixed point after gemmlowp: scale · d in Q5.26, the
/// exponential in Q0.31, sums of them in Q12.19.
struct ScaledExponential: BitwiseCopyable {
  static let differenceIntegerBits: Int32 = 5
  static let sumIntegerBits: Int32 = 12

  /// scale · 2²⁶, above 1.
  let factor: FixedMultiplier
  /// The smallest difference whose product still fits Q5.26.
  let differenceMin: Int32

  /// nil for a scale that fixed point cannot hold.
  init?(scale: Double) {
    let real = scale * Double(1 << 26)
    // Up to 1 there is nothing to shift left: every class would come out alike. From 2³⁰ on a
    // difference of one step is e⁻¹⁶, which rounds to nothing, so that more changes nothing.
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

  /// exp(scale · d) in Q0.31; nil when it is too small to count.
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
      // Q12.19 holds 4,095 tied classes. Beyond, saturating keeps the outputs at their limit.
      let (total, overflow) = sum.addingReportingOverflow(
        FixedPoint.roundingDivide(exponential, byPowerOfTwo: Self.sumIntegerBits))
      sum = overflow ? .max : total
    }
    return sum
  }
}
