/// y = clamp(yZero + round₂(m · (x − xZero)), low...high), with one factor m for x − xZero ≥ 0 and
/// another one, maybe negative, below: for requantization and rectifiers.
///
/// round₂ is the double rounding of `FixedMultiplier`; with a negative factor, the product with its
/// absolute value is rounded and then negated, as in the reference. If the reference's 32 bits
/// overflow (QUANTIZE of large Int32), y is at its limit here.
struct Slopes: BitwiseCopyable {
  private let xZero: Int32, yZero: Int32
  private let above: FixedMultiplier, below: FixedMultiplier
  private let isBelowNegated: Bool
  /// The largest distances that still fit 32 bits after the factors' left shifts.
  private let reachAbove: Int64, reachBelow: Int64
  private let low: Int64, high: Int64

  /// - Parameters:
  ///   - above: the real factor for x − xZero ≥ 0; not negative.
  ///   - below: the real factor for x − xZero < 0; `above` when nil.
  ///   - range: the values that y may take.
  init(
    _ node: Node, from: Affine, to: Affine, above: Double, below: Double? = nil,
    range: ClosedRange<Int32>
  ) throws(ModelError) {
    (xZero, yZero) = (from.zeroPoint, to.zeroPoint)
    self.above = try node.multiplier(above)
    self.below = try node.multiplier(abs(below ?? above))
    isBelowNegated = (below ?? above) < 0
    reachAbove = Self.reach(self.above)
    reachBelow = Self.reach(self.below)
    (low, high) = (Int64(range.lowerBound), Int64(range.upperBound))
  }

  private static func reach(_ factor: FixedMultiplier) -> Int64 {
    Int64(Int32.max) >> Int64(max(0, factor.exponent))
  }

  @inline(__always)
  func callAsFunction(_ x: Int32) -> Int64 {
    let distance = Int64(x) &- Int64(xZero)
    var scaled: Int64
    if distance >= 0 {
      scaled = Int64(above(Int32(truncatingIfNeeded: min(reachAbove, distance))))
    } else {
      scaled = Int64(below(Int32(truncatingIfNeeded: max(0 &- reachBelow, distance))))
      if isBelowNegated { scaled = 0 &- scaled }
    }
    return max(low, min(high, scaled &+ Int64(yZero)))
  }
}

/// `Slopes` for every element of a quantized tensor of 8 or 16 bits; bytes go through a table.
enum SlopesStep: BitwiseCopyable {
  case bytes(ByteTable)
  case words(Elementwise, Slopes)

  /// Refuses types of other widths.
  init(
    _ node: Node, _ setup: Setup, _ x: Tensor, _ y: Tensor, _ slopes: Slopes
  ) throws(ModelError) {
    switch x.type {
    case .int8, .uint8: self = .bytes(try ByteTable(setup, x, y) { slopes($0) })
    case .int16: self = .words(Elementwise(x, y), slopes)
    default: throw node.refusal(ofType: x)
    }
  }

  /// Not inlined, so that there is one copy for all operators.
  @inline(never)
  func eval(_ memory: Memory) {
    switch self {
    case .bytes(let table): table.eval(memory)
    case .words(let run, let slopes):
      run.eval(memory) { (x: Int16) in Int16(truncatingIfNeeded: slopes(Int32(x))) }
    }
  }
}
