/// SOFTMAX of int16 by two tables with straight lines between their points: exp over −10...0 and 1
/// / (1 + u) over 0...1, both with results in steps of 2⁻¹⁵.
///
///     e[c] = exp table at round₂(m · (x[c] − max x)), at least −10
///     s = Σ e[c] = (1 + u) · 2^p
///     y[c] = round(e[c] · (1 / (1 + u) table) / 2^p), ties toward +∞
///
/// m = β · x.scale · 65535 / 10; round₂ is the double rounding of `FixedMultiplier`. The reference
/// is TensorFlow Lite, which has the same tables.
struct SoftmaxTables: BitwiseCopyable {
  private let exponential: InterpolatedTable
  private let reciprocal: InterpolatedTable
  private let multiplier: FixedMultiplier

  /// Refuses zero points other than 0, and scales and counts of classes that overflow.
  init(
    _ node: Node, _ setup: Setup, _ x: Tensor, scale: Double, classes: Int
  ) throws(ModelError) {
    try node.requireSymmetric(x)
    // A sum of 2¹⁶ exponentials below 2¹⁵ fits Int32.
    guard classes <= 1 << 16 else { throw .accumulatorOverflow(node: node.index, channel: 0) }
    multiplier = try node.multiplier(scale / (10.0 / 65535))
    // Differences, down to −65535, fit Int32 when they are shifted left by 15.
    guard multiplier.exponent <= 15 else {
      throw .multiplierOutOfRange(node: node.index, channel: 0)
    }
    let points = try setup.tables.table(of: Int16.self, count: 2 * InterpolatedTable.pointCount)
    exponential = InterpolatedTable(points, scale: 10 / 65535, zeroPoint: 32767) {
      RealMath.exp($0)
    }
    reciprocal = InterpolatedTable(
      points + InterpolatedTable.pointCount, scale: 1 / 65535, zeroPoint: -32768
    ) { 1 / (1 + $0) }
  }

  /// Computes one row. It keeps the exponentials in y.
  func eval(_ x: UnsafePointer<Int16>, _ y: UnsafeMutablePointer<Int16>, _ classes: Int) {
    var largest = Int16.min
    for index in 0..<classes { largest = max(largest, x[index]) }
    var sum: Int32 = 0
    for index in 0..<classes {
      let scaled = multiplier(Int32(x[index]) &- Int32(largest))
      let exponential = exponential(Int16(clamping: scaled &+ 32767))
      y[index] = exponential
      sum &+= Int32(exponential)
    }
    // The exponential of the largest value is nearly 2¹⁵, so the sum has 15 to 31 bits.
    let headroom = Int64(sum.leadingZeroBitCount)
    let normalized = ((Int64(sum) &<< (headroom &- 1)) &+ (1 << 13)) &>> 14
    let reciprocal = reciprocal(Int16(clamping: normalized &- (1 << 15) &- (1 << 16)))
    let shift = 31 &- headroom
    for index in 0..<classes {
      let product = Int64(y[index]) &* Int64(reciprocal) &+ (1 &<< (shift &- 1))
      y[index] = Int16(truncatingIfNeeded: max(0, min(32767, product &>> shift)))
    }
  }
}
