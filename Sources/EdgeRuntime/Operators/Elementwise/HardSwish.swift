/// y = x · min(6, max(0, x + 3)) / 6
///
///     x  any shape        Int8, UInt8, any zero point; Float32
///     y  x's shape, type  any zero point
///
/// Int8 and UInt8: a table, computed in the 16-bit fixed point of the reference (hard_swish.h),
/// with x in 1/128 of its scale. `Fixed` says where it rounds and where it cuts. Float32: each step
/// is rounded.
struct HardSwish: Kernel {
  static let versions: ClosedRange<Int32> = 1...1

  private let step: Step

  private enum Step: BitwiseCopyable {
    case bytes(ByteTable)
    case reals(Elementwise)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> HardSwish {
    let (x, y) = try node.elementwiseOperands()
    switch x.type {
    case .float32: return HardSwish(step: .reals(Elementwise(x, y)))
    case .int8, .uint8:
      let fixed = try Fixed(node, try node.requireAffine(x), try node.requireAffine(y))
      return HardSwish(step: .bytes(try ByteTable(setup, x, y) { fixed($0) }))
    default: throw node.refusal(ofType: x)
    }
  }

  var inPlaceInputs: Int { 1 }

  func eval(_ memory: Memory) {
    switch step {
    case .bytes(let table): table.eval(memory)
    case .reals(let run):
      run.eval(memory) { (x: Float) in
        let above = x + 3 > 0 ? x + 3 : 0
        return x * (above < 6 ? above : 6) / 6
      }
    }
  }

  /// Computes one value in fixed point. Every number has 16 bits and is held in 32.
  private struct Fixed {
    let xZero: Int32, yZero: Int32
    /// x / 128 in y's scale; the exponent is 0 or less.
    let output: (mantissa: Int32, exponent: Int32)
    /// x / 128 on the scale on which 3 is 2¹⁵.
    let gate: (mantissa: Int32, exponent: Int32)

    init(_ node: Node, _ from: Affine, _ to: Affine) throws(ModelError) {
      (xZero, yZero) = (from.zeroPoint, to.zeroPoint)
      let fine = from.scale / 128
      output = Self.narrow(try node.multiplier(Double(fine / to.scale)))
      gate = Self.narrow(try node.multiplier(Double(fine / (3.0 / 32768))))
      guard output.exponent <= 0 else {
        throw .multiplierOutOfRange(node: node.index, channel: 0)
      }
    }

    /// Rounds a mantissa to 15 bits, ties up.
    private static func narrow(
      _ multiplier: FixedMultiplier
    ) -> (mantissa: Int32, exponent: Int32) {
      let mantissa = min((Int64(multiplier.mantissa) + (1 << 15)) >> 16, 32767)
      return (Int32(mantissa), multiplier.exponent)
    }

    /// The product's high half, rounded, ties up.
    private static func multiply(_ x: Int32, _ mantissa: Int32) -> Int32 {
      (x * mantissa + (1 << 14)) >> 15
    }

    private static func saturate(_ x: Int64) -> Int32 {
      Int32(max(-32768, min(32767, x)))
    }

    func callAsFunction(_ x: Int32) -> Int64 {
      let fine = (x - xZero) << 7
      var gate = fine
      // All of the left shift except its last bit comes first: a value that saturates here would
      // saturate in any case.
      let left = Int64(max(0, self.gate.exponent))
      if left > 0 { gate = Self.saturate(Int64(gate) << (left - 1)) }
      gate = Self.multiply(gate, self.gate.mantissa)
      if left > 0 { gate = Self.saturate(Int64(gate) << 1) }
      gate = FixedPoint.roundingDivide(gate, byPowerOfTwo: max(0, -self.gate.exponent))
      // Maps −1...1 to 0...1.
      gate = (gate + (1 << 15)) >> 1
      // Cuts toward zero: the reference's authors found that this cancels the bias of the rounding
      // above.
      let product = gate * Self.multiply(fine, output.mantissa) / (1 << 15)
      return Int64(FixedPoint.roundingDivide(product, byPowerOfTwo: -output.exponent))
        + Int64(yZero)
    }
  }
}
