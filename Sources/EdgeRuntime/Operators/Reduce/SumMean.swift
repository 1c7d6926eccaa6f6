/// SUM, MEAN: y = the sum or the mean of x over some axes (see `Reduction`), rescaled
///
///     x     [rank ≤ 6]  Int8, UInt8 or Int16, any zero point; or Float32
///     axes  [count]     Int32; constant
///     y                 x's type, any zero point
///
///     integers  y = clamp(yZero + round₂(m · (Σ x − n · xZero)))
///     Float32   y = Σ x / d, added in the order of x, rounded at every step
///
/// over the n elements of the reduced axes. For a sum, m is x.scale / y.scale and d is 1. For a
/// mean, the mantissa of m is divided by n as an integer, after a shift that keeps its precision,
/// and d is n. round₂ is the double rounding of `FixedMultiplier`.
///
/// The reference is TensorFlow Lite Micro. The int8 sum of LiteRT's reference differs and is wrong.
struct SumMean: Kernel {
  static let versions: ClosedRange<Int32> = 1...3  // 2: int8, 3: int16

  static func versions(of kind: OperatorKind) -> ClosedRange<Int32> {
    kind == .mean ? versions : 1...2
  }

  private let reduction: Reduction
  private let inputOffset: Int32
  private let multiplier: FixedMultiplier
  private let yZero: Int32
  private let divisor: Float

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> SumMean {
    let isMean = node.kind == .mean
    let reduction = try Reduction.prepare(node, oneOf: [.int8, .uint8, .int16, .float32])
    let (x, y) = (try node.input(0), node.outputs[0])
    let terms = reduction.terms
    guard x.type != .float32, let range = x.type.quantizedRange else {
      return SumMean(
        reduction: reduction, inputOffset: 0, multiplier: FixedMultiplier(mantissa: 0, exponent: 0),
        yZero: 0, divisor: isMean ? Float(terms) : 1)
    }
    // Σ x − n · xZero must fit Int32,
    let steps = Int(range.upperBound) - Int(range.lowerBound) + 1
    guard terms <= Int(Int32.max) / steps else {
      throw .accumulatorOverflow(node: node.index, channel: 0)
    }
    let (xAffine, yAffine) = (try node.requireAffine(x), try node.requireAffine(y))
    let scale = try node.multiplier(Double(xAffine.scale) / Double(yAffine.scale))
    let multiplier = isMean ? divided(scale, by: terms) : scale
    // also after it is shifted left, with room for yZero.
    guard (terms * (steps - 1)) << max(0, Int(multiplier.exponent)) <= Int(Int32.max) - steps else {
      throw .multiplierOutOfRange(node: node.index, channel: 0)
    }
    return SumMean(
      reduction: reduction, inputOffset: Int32(terms) * xAffine.zeroPoint, multiplier: multiplier,
      yZero: yAffine.zeroPoint, divisor: 1)
  }

  /// multiplier / count: the mantissa is shifted left as far as 2³² and the exponent allow, then
  /// divided.
  private static func divided(_ multiplier: FixedMultiplier, by count: Int) -> FixedMultiplier {
    let shift = min(63 - count.leadingZeroBitCount, 32, 31 + Int(multiplier.exponent))
    return FixedMultiplier(
      mantissa: Int32(
        truncatingIfNeeded: (Int64(multiplier.mantissa) << Int64(shift)) / Int64(count)),
      exponent: multiplier.exponent - Int32(shift))
  }

  @inline(never)
  func eval(_ memory: Memory) {
    switch reduction.type {
    case .int8: eval(memory, as: Int8.self)
    case .uint8: eval(memory, as: UInt8.self)
    case .int16: eval(memory, as: Int16.self)
    default:
      reduction.eval(
        memory, as: Float.self, start: Float(0), join: { $0 += $1 }, finish: { $0 / divisor })
    }
  }

  @inline(__always)
  private func eval<T: FixedWidthInteger>(_ memory: Memory, as type: T.Type) {
    reduction.eval(
      memory, as: T.self, start: Int32(0), join: { $0 &+= Int32(truncatingIfNeeded: $1) },
      finish: { T(clamping: multiplier($0 &- inputOffset) &+ yZero) })
  }
}
