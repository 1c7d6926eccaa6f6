/// ln x for x ≥ 1 in Q12.19; the result is Q5.26. LOG_SOFTMAX needs it. Every bit is as in
/// TensorFlow Lite (log_x_for_x_greater_than_or_equal_to_1 in common.h) and gemmlowp.
///
/// x is written as r · 2^p twice, once for r near 0.6 and once for r near 0.9, and the smaller r is
/// taken; ln r around ⁴√½ is a quotient of two polynomials in q = 2 · (r − ⁴√½), and p · ln 2 is
/// added to it.
enum FixedLogarithm {
  private static let ln2: Int32 = 1_488_522_236
  private static let fourthRootOfHalf: Int32 = 1_805_811_301
  private static let rootOfHalf: Int32 = 1_518_500_250
  private static let alphaN: Int32 = 117_049_297  // 11/240 · ⁴√2
  private static let alphaD: Int32 = 127_690_142  // 1/20 · ⁴√2
  private static let alphaI: Int32 = 1_057_819_769  // 2 / ⁴√2 − ⁴√2
  private static let alphaF: Int32 = 638_450_708  // 1/4 · ⁴√2
  /// The multiples of ln 2 are added in Q6.25, with one integer bit more than the result.
  private static let powerFractionBits: Int32 = 25
  private static let quarterPower: Int64 = 1 << 23

  static func of(_ x: Int32, integerBits: Int32 = ScaledExponential.sumIntegerBits) -> Int32 {
    let headroom = Int32(x.leadingZeroBitCount) &- 1
    let first = FixedPoint.saturatingShiftLeft(
      product(FixedPoint.saturatingShiftLeft(x, headroom), rootOfHalf), 1)
    let firstPower = power(integerBits &- headroom &- 1, plus: quarterPower)
    let secondHeadroom = Int32(product(x, rootOfHalf).leadingZeroBitCount) &- 1
    let second = FixedPoint.saturatingShiftLeft(x, secondHeadroom)
    let secondPower = power(integerBits &- secondHeadroom, plus: -quarterPower)

    let r = min(first, second)
    let (numerator, reciprocal) = quotient(r)
    let sum =
      product(max(firstPower, secondPower), ln2)
      &+ product(FixedPoint.roundingDivide(numerator, byPowerOfTwo: 6), reciprocal)
    return FixedPoint.saturatingShiftLeft(sum, 1)
  }

  @inline(__always)
  private static func product(_ a: Int32, _ b: Int32) -> Int32 {
    FixedPoint.roundingDoublingHighMultiply(a, b)
  }

  private static func power(_ whole: Int32, plus quarter: Int64) -> Int32 {
    let scaled = FixedPoint.saturatingShiftLeft(whole, powerFractionBits)
    return Int32(clamping: Int64(scaled) + quarter)
  }

  /// The numerator of ln r + ¼ ln 2 and the reciprocal of its denominator, both Q0.31.
  private static func quotient(_ r: Int32) -> (numerator: Int32, reciprocal: Int32) {
    let p = halfSum(r, fourthRootOfHalf)
    let half = r &- fourthRootOfHalf
    let q = half &+ half
    let square = product(q, q)
    let numerator = product(q, r) &+ product(product(q, square), alphaN)
    let denominatorMinusOne =
      product(p, alphaI &+ q &+ product(alphaD, square)) &+ product(alphaF, q)
    return (numerator, FixedPoint.reciprocalOfOnePlus(denominatorMinusOne))
  }

  /// (a + b) / 2, halves away from zero.
  private static func halfSum(_ a: Int32, _ b: Int32) -> Int32 {
    let sum = Int64(a) + Int64(b)
    return Int32(truncatingIfNeeded: (sum + (sum >= 0 ? 1 : -1)) / 2)
  }
}
