/// y = 1 / √x
///
///     x  any shape         Float32; Int8, any zero point
///     y  x's shape, type   the same
///
/// Float32 rounds the root, then its reciprocal. Int8 follows the reference, in fixed point: y =
/// clamp(yZero + round₂(m / 2²⁰ · round₂(2²⁰ · s))), with s = 1 / √(x − xZero) as
/// `InverseSquareRoot` and m = 1 / (√xScale · yScale). For 0 and numbers below it the reference
/// fails; here they give the largest value.
struct Rsqrt: Kernel {
  static let versions: ClosedRange<Int32> = 1...2  // 2: int8

  /// Bits that keep the root a whole number.
  private static let shift: Int32 = 20

  private let step: Step

  private enum Step: BitwiseCopyable {
    case bytes(ByteTable)
    case reals(Elementwise)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Rsqrt {
    let (x, y) = try node.elementwiseOperands()
    switch x.type {
    case .float32: return Rsqrt(step: .reals(Elementwise(x, y)))
    case .int8: break
    default: throw node.refusal(ofType: x)
    }
    let (from, to) = (try node.requireAffine(x), try node.requireAffine(y))
    let scale = try node.multiplier(1 / Double(from.scale.squareRoot() * to.scale))
    // The reference shifts right by at most 31.
    guard scale.exponent - shift >= -31 else {
      throw .multiplierOutOfRange(node: node.index, channel: 0)
    }
    let multiplier = FixedMultiplier(mantissa: scale.mantissa, exponent: scale.exponent - shift)
    let table = try ByteTable(setup, x, y) { value in
      guard value > from.zeroPoint else { return 127 }
      let root = InverseSquareRoot.of(value - from.zeroPoint)
      let wide = FixedMultiplier(mantissa: root.mantissa, exponent: root.exponent + shift)
      return Int64(multiplier(wide(1))) + Int64(to.zeroPoint)
    }
    return Rsqrt(step: .bytes(table))
  }

  var inPlaceInputs: Int { 1 }

  func eval(_ memory: Memory) {
    switch step {
    case .bytes(let table): table.eval(memory)
    case .reals(let run): run.eval(memory) { (x: Float) in 1 / x.squareRoot() }
    }
  }
}
