/// The fixed-point primitives of the int8 reference kernels, after gemmlowp (fixedpoint.h) and
/// TensorFlow Lite (common.h). A raw Int32 stands for raw · 2⁻ᶠ; the callers know f.
///
/// Every function here is exact to the bit: models are trained and verified against these
/// roundings, so a "better" rounding is a wrong answer.
enum FixedPoint {
  /// ⌊a · b / 2³¹ + 1/2⌋: ties toward +∞; the one overflow, −2³¹ · −2³¹, saturates.
  ///
  /// gemmlowp writes it as a truncating division of a · b plus or minus a nudge, which is the same
  /// number. (Armv8 has it as one instruction, SQRDMULH.)
  @inline(__always)
  static func roundingDoublingHighMultiply(_ a: Int32, _ b: Int32) -> Int32 {
    if a == .min && b == .min { return .max }
    return Int32(truncatingIfNeeded: (Int64(a) &* Int64(b) &+ (1 << 30)) &>> 31)
  }

  /// round(x / 2ⁿ), ties away from zero, n in 0...31.
  @inline(__always)
  static func roundingDivide(_ x: Int32, byPowerOfTwo n: Int32) -> Int32 {
    let mask = Int32(truncatingIfNeeded: (Int64(1) &<< Int64(n)) &- 1)
    let remainder = x & mask
    let threshold = (mask >> 1) &+ (x < 0 ? 1 : 0)
    return (x &>> n) &+ (remainder > threshold ? 1 : 0)
  }

  /// x · 2ⁿ, saturating; n in 0...30.
  static func saturatingShiftLeft(_ x: Int32, _ n: Int32) -> Int32 {
    let wide = Int64(x) << Int64(n)
    return Int32(clamping: wide)
  }

  /// exp(a) for a ≤ 0 in Q5.26; the result is Q0.31, in 0...1 − 2⁻³¹.
  static func exponential(ofNegative a: Int32) -> Int32 {
    exponential(ofNegative: a, integerBits: 5)
  }

  /// The same for any Qn.31−n with n in 1...5. `integerBits` should be a constant for the compiler.
  @inline(__always)
  static func exponential(ofNegative a: Int32, integerBits: Int32) -> Int32 {
    if a == 0 { return .max }
    let quarter: Int32 = 1 << (29 - integerBits)
    let modulo = (a & (quarter - 1)) - quarter
    var result = exponentialAboveMinusQuarter(saturatingShiftLeft(modulo, integerBits))
    // e^−2ⁿ for n = −2...4: one factor for each binary digit of the remainder.
    let remainder = modulo &- a
    let factors: InlineArray<7, Int32> = [
      1_672_461_947, 1_302_514_674, 790_015_084, 290_630_308, 39_332_535, 720_401, 242,
    ]
    for digit in 0..<Int(integerBits) + 2 where remainder & (quarter << Int32(digit)) != 0 {
      result = roundingDoublingHighMultiply(result, factors[digit])
    }
    return result
  }

  /// exp(a) for a in −1/4 ..< 0, Q0.31 in and out: a Taylor series around −1/8.
  private static func exponentialAboveMinusQuarter(_ a: Int32) -> Int32 {
    let exponentialOfMinusEighth: Int32 = 1_895_147_668
    let third: Int32 = 715_827_883
    let x = a &+ (1 << 28)
    let x2 = roundingDoublingHighMultiply(x, x)
    let x3 = roundingDoublingHighMultiply(x2, x)
    let x4 = roundingDoublingHighMultiply(x2, x2)
    let x4Quarter = roundingDivide(x4, byPowerOfTwo: 2)
    let tail = roundingDivide(
      roundingDoublingHighMultiply(x4Quarter &+ x3, third) &+ x2, byPowerOfTwo: 1)
    return exponentialOfMinusEighth
      &+ roundingDoublingHighMultiply(exponentialOfMinusEighth, x &+ tail)
  }

  /// 1 / (1 + a) for a in 0 ..< 1, Q0.31 in and out.
  static func reciprocalOfOnePlus(_ a: Int32) -> Int32 {
    saturatingShiftLeft(reciprocalOfHalf(ofOnePlus: a), 1)
  }

  /// 2 / (1 + a) in Q2.29, for a in 0 ..< 1, Q0.31, by three steps of Newton and Raphson.
  static func reciprocalOfHalf(ofOnePlus a: Int32) -> Int32 {
    let halfSum = Int64(a) + Int64(Int32.max)
    let halfDenominator = Int32((halfSum + (halfSum >= 0 ? 1 : -1)) / 2)
    // From here on, numbers are Q2.29. 48/17 − 32/17 · d is the best straight line to start from.
    let one: Int32 = 1 << 29
    var x = 1_515_870_810 &+ roundingDoublingHighMultiply(halfDenominator, -1_010_580_540)
    for _ in 0..<3 {
      let error = one &- roundingDoublingHighMultiply(halfDenominator, x)
      x = x &+ saturatingShiftLeft(roundingDoublingHighMultiply(x, error), 2)
    }
    return x
  }
}
