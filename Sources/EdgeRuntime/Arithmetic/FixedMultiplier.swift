/// A positive real factor as mantissa / 2³¹ · 2^exponent, where mantissa is an Int32 in 2³⁰ ..<
/// 2³¹.
///
/// `callAsFunction` is the requantization of every int8 operator. It rounds twice: first the high
/// half of the product, ties toward +∞, then the right shift, ties away from zero. (The reference
/// is MultiplyByQuantizedMultiplier of TensorFlow Lite without TFLITE_SINGLE_ROUNDING.)
struct FixedMultiplier: Equatable, BitwiseCopyable {
  let mantissa: Int32
  /// In −31...30; a positive exponent is a left shift.
  let exponent: Int32

  init(mantissa: Int32, exponent: Int32) {
    self.mantissa = mantissa
    self.exponent = exponent
  }

  /// The nearest factor to `real`, or nil unless it is finite, not negative and below 2³⁰.
  /// A factor too small for the exponent becomes 0, as in the reference.
  init?(_ real: Double) {
    guard real.isFinite, real >= 0 else { return nil }
    if real == 0 {
      self.init(mantissa: 0, exponent: 0)
      return
    }
    // frexp: real = fraction · 2^exponent, fraction in 0.5 ..< 1.
    var exponent = Int(real.exponent) + 1
    let fraction = real.significand / 2
    // At 2³⁰ and above, a Double holds the half that is added to round to the nearest.
    var mantissa = Int64(fraction * 2_147_483_648 + 0.5)
    if mantissa == 1 << 31 {
      mantissa /= 2
      exponent += 1
    }
    if exponent < -31 {
      self.init(mantissa: 0, exponent: 0)
      return
    }
    guard exponent <= 30 else { return nil }
    self.init(mantissa: Int32(mantissa), exponent: Int32(exponent))
  }

  /// x · factor, rounded twice. A left shift that overflows wraps, as in the reference.
  @inline(__always)
  func callAsFunction(_ x: Int32) -> Int32 {
    let left = max(exponent, 0)
    let right = max(-exponent, 0)
    return FixedPoint.roundingDivide(
      FixedPoint.roundingDoublingHighMultiply(x &<< left, mantissa), byPowerOfTwo: right)
  }
}
