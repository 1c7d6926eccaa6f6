import CKernels

/// Sigmoid and tanh of 16-bit kernels: a table of the sigmoid in steps of 1/24, in Q0.16, with
/// straight lines between the entries. tanh(x) = 2 · sigmoid(2x) − 1 uses the same table.
///
/// Both functions are computed at |x| and mirrored; beyond the table they are at their limit. The
/// result is rounded to the nearest of 2¹⁵ steps, ties upward for x ≥ 0 and downward below. The
/// reference is TensorFlow Lite's for Int16 (reference/integer_ops). Its table is rounded unevenly,
/// and no formula gives it, so it is listed.
struct SigmoidTable: BitwiseCopyable {
  /// The 256 values 65,536 · sigmoid(i / 24).
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
