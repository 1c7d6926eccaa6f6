import CKernels

/// Sigmoid and tanh of 16-bit kernels: a table of the sigmoid in steps of 1/24, in 0.16, and
/// straight lines between. tanh(x) = 2 · sigmoid(2x) − 1 uses the same.
///
/// Both functions are taken at |x| and mirrored; past the table they are at their limit. Rounding
/// is to the nearest of 2¹⁵ steps, ties upward for x ≥ 0 and downward below. The reference is
/// TensorFlow Lite's for Int16 (reference/integer_ops), whose table is rounded unevenly: it is
/// listed, as no formula gives it.
struct SigmoidTable: BitwiseCopyable {
  /// 65,536 · sigmoid(i / 24), 256 of them.
  private let values: UnsafePointer<UInt16> = ck_sigmoid_table()

  /// sigmoid(x) in Q0.15, for x in units of 1 / (3 · 2¹²); |x| < 2³¹.
  @inline(__always)
  func sigmoid(_ x: Int32) -> Int16 {
    let magnitude = x.magnitude
    let step = Int(magnitude >> 9)
    var result: UInt32 = 0x7FFF << 10
    if step < 255 {
      let (a, b) = (UInt32(values[step]), UInt32(values[step &+ 1]))
      result = (a << 9) &+ (magnitude & 0x1FF) &* (b &- a)
    }
    result = x >= 0 ? result &+ (1 << 9) : (1 << 25) &- result &+ (1 << 9) &- 1
    return Int16(truncatingIfNeeded: result >> 10)
  }

  /// tanh(x) in Q0.15, for x in units of 1 / (3 · 2¹²); |x| < 2³¹.
  @inline(__always)
  func tanh(_ x: Int32) -> Int16 {
    let magnitude = x.magnitude
    let step = Int(magnitude >> 8)
    var result: Int32 = 0xFFFF << 8
    if step < 255 {
      let (a, b) = (Int32(values[step]), Int32(values[step &+ 1]))
      result = (a << 8) &+ Int32(magnitude & 0xFF) &* (b &- a)
    }
    result = x >= 0 ? result &- (1 << 23) &+ (1 << 7) : (1 << 23) &- result &+ (1 << 7) &- 1
    return Int16(truncatingIfNeeded: result >> 8)
  }
}
