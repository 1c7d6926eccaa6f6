/// Logistic function and hyperbolic tangent of Int16, with the output scale 1/32768, as in
/// TensorFlow Lite's reference (integer_ops/logistic.h and tanh.h). The input is rounded to steps
/// of 1/12288, or 1/24576 for tanh, to the nearest, ties up. Between the 256 entries of a table of
/// logistic(i / 24) the function is a straight line, in integers, rounded to the nearest, ties up.
struct ScaledSigmoid: BitwiseCopyable {
  private let table = SigmoidTable()
  private let multiplier: Int32
  private let rightShift: Int32

  /// - Parameter exactShifts: input scales of 2ⁿ⁻¹², n of these, need no rounding.
  init(
    _ node: Node, _ x: Tensor, _ y: Tensor, exactShifts: ClosedRange<Int32>
  ) throws(ModelError) {
    try node.requireZeroPoint(x, 0)
    try node.requireFixedQuantization(y, steps: 32768, zeroPoint: 0)
    let scale = Double(try node.requireAffine(x).scale)
    for shift in exactShifts {
      // The binary logarithm may differ from n by a thousandth: the reference's tolerance.
      let log2 = RealMath.log(scale * 4096 / Double(1 << shift)) / 0.693147180559945309417
      guard abs(log2) < 1e-3 else { continue }
      (multiplier, rightShift) = (3 << shift, 0)
      return
    }
    var (real, shift) = (scale * 4096 * 3, Int32(0))
    while real <= 32767.0 / 2, shift <= 30 {
      real *= 2
      shift += 1
    }
    // 32 bits hold the product of two numbers of 16 bits.
    guard real < 32768 else { throw .multiplierOutOfRange(node: node.index, channel: 0) }
    (multiplier, rightShift) = (Int32(real), shift)
  }

  @inline(__always)
  private func scaled(_ x: Int16) -> Int32 {
    let half: Int32 = rightShift > 0 ? 1 &<< (rightShift &- 1) : 0
    return (Int32(x) &* multiplier &+ half) &>> rightShift
  }

  /// 1 / (1 + e⁻ˣ) in Q0.15.
  @inline(__always)
  func logistic(_ x: Int16) -> Int16 { table.sigmoid(scaled(x)) }

  /// tanh x = 2 logistic(2 x) − 1 in Q0.15.
  @inline(__always)
  func tanh(_ x: Int16) -> Int16 { table.tanh(scaled(x)) }
}
