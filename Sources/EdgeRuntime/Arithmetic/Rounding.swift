/// Rounding to whole numbers, ties away from zero, as C's `round`: the only rounding from floating
/// point in the reference kernels. It does not use libm, which would be a call for each element.
enum Rounding {
  /// Exact for every finite x with |x| below 2⁶²: a Double that was a Float has room for the half
  /// that is added before the fraction is cut.
  @inline(__always)
  static func whole(_ x: Float) -> Int64 {
    let wide = Double(x)
    return Int64(wide < 0 ? wide - 0.5 : wide + 0.5)
  }

  /// The largest whole number not above x, with x's sign: −0 stays −0. From 2²³ on, every Float is
  /// a whole number. NaN stays NaN.
  @inline(__always)
  static func floor(_ x: Float) -> Float {
    guard abs(x) < 0x1p23 else { return x }
    let cut = Float(Int32(x))
    return cut > x ? cut - 1 : (cut == 0 && x.sign == .minus ? -0.0 : cut)
  }
}
