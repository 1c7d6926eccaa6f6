/// SQUARED_DIFFERENCE: y = (a − b)²
///
///     a, b  shapes that broadcast to y's; both of y's type
///     y     Int8                 any zero points
///           Int16                zero points 0
///           Int32                not quantized; wraps
///           Float32              the difference and its square are rounded, each once
///
/// Quantized, with s = 2 · max(a.scale, b.scale) and t = 7, for Int16 t = 0:
///
///     y = clamp(yZero + round₂(my · (left − right)²))
///     left = round₂(ma · (a − aZero) · 2ᵗ), right = round₂(mb · (b − bZero) · 2ᵗ)
///
/// ma = a.scale / s, mb = b.scale / s, my = s² / (2²ᵗ · y.scale); round₂ is the double rounding of
/// `FixedMultiplier`. The reference is tflite-micro. There is no fused activation.
struct SquaredDifference: Kernel {
  static let versions: ClosedRange<Int32> = 1...2  // 2: int8

  private let operands: BinaryOperands
  private let rule: Rule

  private enum Rule: BitwiseCopyable {
    case quantized(CommonScaleLoop)
    case plain
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> SquaredDifference {
    let operands = try BinaryOperands(node, [.int8, .int16, .int32, .float32])
    _ = try node.options(Schema.SquaredDifference.optionsType)
    guard operands.type == .int8 || operands.type == .int16 else {
      try node.requireUnquantized()
      return SquaredDifference(operands: operands, rule: .plain)
    }
    return SquaredDifference(operands: operands, rule: try quantized(node, setup))
  }

  private static func quantized(
    _ node: Node, _ setup: Setup
  ) throws(ModelError) -> Rule {
    let y = node.outputs[0]
    let a = try node.requireArithmeticAffine(node.input(0))
    let b = try node.requireArithmeticAffine(node.input(1))
    let to = try node.requireArithmeticAffine(y)
    let shift: Int32 = y.type == .int16 ? 0 : 7
    let scale = 2 * Double(max(a.scale, b.scale))
    let factor = scale * scale / (Double(1 << (2 * shift)) * Double(to.scale))
    // The difference of the halves is at most 2¹⁵ for both types, so its square fits.
    let common = CommonScale(
      aZero: a.zeroPoint, try node.multiplier(Double(a.scale) / scale),
      bZero: b.zeroPoint, try node.multiplier(Double(b.scale) / scale), shift: shift)
    let requantize = Requantizer(
      try node.multiplier(factor), to, within: y.type == .int16 ? -32768...32767 : -128...127)
    return .quantized(try CommonScaleLoop(setup, y.type, common, requantize))
  }

  var inPlaceInputs: Int { operands.inPlaceInputs }

  func eval(_ memory: Memory) {
    switch rule {
    case .quantized(let loop):
      loop.eval(memory, operands) { left, right in
        let difference = left &- right
        return difference &* difference
      }
    case .plain:
      if operands.type == .int32 {
        operands.map(memory) { (a: Int32, b: Int32) in (a &- b) &* (a &- b) }
      } else {
        operands.map(memory) { (a: Float, b: Float) in (a - b) * (a - b) }
      }
    }
  }
}

extension Schema {
  enum SquaredDifference {
    static let optionsType: UInt8 = 76
  }
}
