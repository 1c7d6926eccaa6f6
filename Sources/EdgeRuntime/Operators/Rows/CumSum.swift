/// y[…, i, …] = Σ x[…, k, …] along one axis, over k ≤ i; over k < i (exclusive); from the end
/// (reverse)
///
///     x     [rank ≥ 1]  Int8, any zero point; Int32; Int64; Float32
///     axis  one         Int32 or Int64, in −rank ..< rank; constant
///     y     x's shape   x's type, any zero point
///
/// Int8: y = clamp(yZero + round₂(m · 2²⁰ · Σ (x − xZero) / 2)) with m = 2 · x.scale / (2²⁰ ·
/// y.scale) and the double rounding of `FixedMultiplier`. Int32 and Int64 wrap; Float32 is rounded
/// at every step. The reference is TensorFlow Lite Micro, except for two faults of its int8 sums:
/// there every sum begins at −xZero, and sums overflow from 16 terms on. (LiteRT has no int8 sums.)
struct CumSum: Kernel {
  static let versions: ClosedRange<Int32> = 1...1

  private let x: Int, y: Int
  private let type: ElementType
  private let lines: Lines
  private let isExclusive: Bool
  private let isReverse: Bool
  private let xZero: Int32, yZero: Int32
  private let multiplier: FixedMultiplier

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> CumSum {
    try node.requireOperands(inputs: 2...2)
    let (x, axis, y) = (try node.input(0), try node.input(1), node.outputs[0])
    try node.requireType(x, oneOf: [.int8, .int32, .int64, .float32])
    try node.requireType(y, x.type)
    try node.requireShape(y, x.shape)
    let options = try node.options(Schema.CumSum.optionsType)
    var (xZero, yZero) = (Int32(0), Int32(0))
    var multiplier = FixedMultiplier(mantissa: 0, exponent: 0)
    if x.type == .int8 {
      let (from, to) = (try node.requireAffine(x), try node.requireAffine(y))
      (xZero, yZero) = (from.zeroPoint, to.zeroPoint)
      let real = 2 * Double(from.scale) / (Double(1 << 20) * Double(to.scale))
      guard real < 1 else { throw .multiplierOutOfRange(node: node.index, channel: 0) }
      multiplier = try node.multiplier(real)
    }
    return CumSum(
      x: x.index, y: y.index, type: x.type,
      lines: Lines(x.shape, along: try node.axis(axis, of: x)),
      isExclusive: try options?.bool(Schema.CumSum.exclusive) ?? false,
      isReverse: try options?.bool(Schema.CumSum.reverse) ?? false, xZero: xZero, yZero: yZero,
      multiplier: multiplier)
  }

  /// The output may take the input's place: each element is read before its place is written.
  var inPlaceInputs: Int { 1 }

  /// There are at most 2²² differences of at most 255.
  @inline(never)
  func eval(_ memory: Memory) {
    switch type {
    case .int8:
      eval(memory, as: Int8.self, Int32(0), { $0 &+ (Int32($1) &- xZero) }, rescaled)
    case .int32: eval(memory, as: Int32.self, Int32(0), { $0 &+ $1 }, { $0 })
    case .int64: eval(memory, as: Int64.self, Int64(0), { $0 &+ $1 }, { $0 })
    default: eval(memory, as: Float.self, Float(0), { $0 + $1 }, { $0 })
    }
  }

  @inline(__always)
  private func eval<T, Sum>(
    _ memory: Memory, as type: T.Type, _ zero: Sum, _ add: (Sum, T) -> Sum,
    _ finish: (Sum) -> T
  ) {
    let x = memory.tensor(x, as: T.self)
    let y = memory.tensor(y, as: T.self)
    lines.forEach { first, _ in
      var sum = zero
      for step in 0..<lines.depth {
        let index = first &+ (isReverse ? lines.depth &- 1 &- step : step) &* lines.inner
        let next = add(sum, x[index])
        y[index] = finish(isExclusive ? sum : next)
        sum = next
      }
    }
  }

  /// The reference scales 2¹⁹ · sum in 32 bits. Here 2¹⁹ is taken out of product and divisor, so
  /// the quotient is the same, and sums of any length fit.
  @inline(__always)
  private func rescaled(_ sum: Int32) -> Int8 {
    let product = (Int64(sum) &* Int64(multiplier.mantissa) &+ (1 << 11)) &>> 12
    let shift = Int64(-multiplier.exponent)
    let mask = (Int64(1) &<< shift) &- 1
    let threshold = (mask &>> 1) &+ (product < 0 ? 1 : 0)
    let quotient = (product &>> shift) &+ (product & mask > threshold ? 1 : 0)
    return Int8(clamping: quotient &+ Int64(yZero))
  }
}

extension Schema {
  enum CumSum {
    static let optionsType: UInt8 = 102
    static let exclusive = 0, reverse = 1
  }
}
