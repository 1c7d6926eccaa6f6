/// MUL: y = a · b
///
///     a, b  shapes that broadcast to y's; both of y's type
///     y     Int8, UInt8          any zero points
///           Int16                zero points 0
///           Int32                not quantized; wraps
///           Float32              rounded once
///
/// Quantized, y = clamp(yZero + round₂(m · (a − aZero) · (b − bZero))), m = a.scale · b.scale /
/// y.scale, where round₂ is the double rounding of `FixedMultiplier`. The reference is
/// tflite-micro; for UInt8, which it does not have, it is TensorFlow Lite, which computes m in
/// single precision.
struct Mul: Kernel {
  // 2: int8, 3: factors from 1 on, 4: int16, 5 to 8: types refused here.
  static let versions: ClosedRange<Int32> = 1...8

  private let operands: BinaryOperands
  private let rule: Rule

  private enum Rule: BitwiseCopyable {
    case bytes(ByteSign, aZero: Int32, bZero: Int32, Requantizer)
    case int16(Requantizer)
    case plain(PlainLimits)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Mul {
    let operands = try BinaryOperands(node, [.int8, .uint8, .int16, .int32, .float32])
    let options = try node.options(Schema.Mul.optionsType)
    let rule: Rule
    switch operands.type {
    case .int8, .uint8, .int16: rule = try quantized(node, options)
    default:
      try node.requireUnquantized()
      rule = .plain(try node.plainLimits(options, Schema.Mul.activation))
    }
    return Mul(operands: operands, rule: rule)
  }

  private static func quantized(
    _ node: Node, _ options: FlatTable?
  ) throws(ModelError) -> Rule {
    let y = node.outputs[0]
    let a = try node.requireArithmeticAffine(node.input(0))
    let b = try node.requireArithmeticAffine(node.input(1))
    let to = try node.requireArithmeticAffine(y)
    let factor =
      y.type == .uint8
      ? Double(a.scale * b.scale / to.scale)
      : Double(a.scale) * Double(b.scale) / Double(to.scale)
    let requantize = Requantizer(
      try node.multiplier(factor), to,
      within: try node.activationRange(options, Schema.Mul.activation, y))
    if y.type == .int16 { return .int16(requantize) }
    let sign = ByteSign(y.type)
    return .bytes(
      sign, aZero: a.zeroPoint + sign.offset, bZero: b.zeroPoint + sign.offset, requantize)
  }

  var inPlaceInputs: Int { operands.inPlaceInputs }

  /// Quantized products are at most 255² or 2³⁰.
  func eval(_ memory: Memory) {
    switch rule {
    case .bytes(let sign, let aZero, let bZero, let requantize):
      operands.map(memory) { (a: UInt8, b: UInt8) -> UInt8 in
        requantize((Int32(sign(a)) &- aZero) &* (Int32(sign(b)) &- bZero))
      }
    case .int16(let requantize):
      operands.map(memory) { (a: Int16, b: Int16) -> Int16 in requantize(Int32(a) &* Int32(b)) }
    case .plain(let limits):
      if operands.type == .int32 {
        operands.map(memory) { (a: Int32, b: Int32) in limits(a &* b) }
      } else {
        operands.map(memory) { (a: Float, b: Float) in limits(a * b) }
      }
    }
  }
}

extension Schema {
  enum Mul {
    static let optionsType: UInt8 = 21
    static let activation = 0
  }
}
