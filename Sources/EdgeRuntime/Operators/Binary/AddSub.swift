/// ADD: y = a + b, SUB: y = a − b
///
///     a, b  shapes that broadcast to y's; both of y's type
///     y     Int8, UInt8          any zero points
///           Int16                zero points 0
///           Int32                not quantized; wraps
///           Float32              rounded once
///
/// Quantized, with s = 2 · max(a.scale, b.scale) and t = 20, for Int16 t = 15:
///
///     y = clamp(yZero + round₂(my · (left ± right)))
///     left = round₂(ma · (a − aZero) · 2ᵗ), right = round₂(mb · (b − bZero) · 2ᵗ)
///
/// ma = a.scale / s, mb = b.scale / s, my = s / (2ᵗ · y.scale), all three below 1. round₂ is the
/// double rounding of `FixedMultiplier`. The reference is tflite-micro, which computes the factors
/// of SUB in single precision; for UInt8, which it does not have, it is TensorFlow Lite. The fused
/// activation of Int32 also follows TensorFlow Lite: tflite-micro's ADD forgets it.
struct AddSub: Kernel {
  // ADD 2: int8, 3: int16, 5, 6: types refused here. SUB 3: five axes, 5: int16.
  static let versions: ClosedRange<Int32> = 1...6

  private let operands: BinaryOperands
  /// −1 for SUB, else 0: (x ^ sign) − sign is x or −x.
  private let sign: Int32
  private let rule: Rule

  private enum Rule: BitwiseCopyable {
    case quantized(CommonScaleLoop)
    case plain(PlainLimits)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> AddSub {
    let subtracts = node.kind == .sub
    let operands = try BinaryOperands(node, [.int8, .uint8, .int16, .int32, .float32])
    let options = try node.options(
      subtracts ? Schema.Sub.optionsType : Schema.Add.optionsType)
    let rule: Rule
    switch operands.type {
    case .int8, .uint8, .int16:
      rule = try quantized(node, setup, options, subtracts: subtracts)
    default:
      try node.requireUnquantized()
      rule = .plain(try node.plainLimits(options, Schema.Add.activation))
    }
    return AddSub(operands: operands, sign: subtracts ? -1 : 0, rule: rule)
  }

  private static func quantized(
    _ node: Node, _ setup: Setup, _ options: FlatTable?, subtracts: Bool
  ) throws(ModelError) -> Rule {
    let y = node.outputs[0]
    let a = try node.requireArithmeticAffine(node.input(0))
    let b = try node.requireArithmeticAffine(node.input(1))
    let to = try node.requireArithmeticAffine(y)
    let shift: Int32 = y.type == .int16 ? 15 : 20
    let scale = 2 * max(a.scale, b.scale)
    let step = Float(1 << shift) * to.scale
    let isSingle = subtracts && y.type != .uint8
    func ratio(_ x: Float, _ y: Float) -> Double {
      isSingle ? Double(x / y) : Double(x) / Double(y)
    }
    guard ratio(scale, step) < 1 else {
      throw .multiplierOutOfRange(node: node.index, channel: 0)
    }
    // The differences are at most 2⁸ · 2²⁰ or 2¹⁵ · 2¹⁵. Halved, they leave room for their sum.
    let common = CommonScale(
      aZero: a.zeroPoint, try node.multiplier(ratio(a.scale, scale)),
      bZero: b.zeroPoint, try node.multiplier(ratio(b.scale, scale)), shift: shift)
    let requantize = Requantizer(
      try node.multiplier(ratio(scale, step)), to,
      within: try node.activationRange(options, Schema.Add.activation, y))
    return .quantized(try CommonScaleLoop(setup, y.type, common, requantize))
  }

  var inPlaceInputs: Int { operands.inPlaceInputs }

  /// `prepare` proved that the quantized sums fit.
  func eval(_ memory: Memory) {
    switch rule {
    case .quantized(let loop): loop.eval(memory, operands) { $0 &+ signed($1) }
    case .plain(let limits):
      if operands.type == .int32 {
        operands.map(memory) { (a: Int32, b: Int32) in limits(a &+ signed(b)) }
      } else {
        let factor: Float = sign == 0 ? 1 : -1
        operands.map(memory) { (a: Float, b: Float) in limits(a + factor * b) }
      }
    }
  }

  @inline(__always)
  private func signed(_ b: Int32) -> Int32 { (b ^ sign) &- sign }
}

extension Schema {
  enum Add {
    static let optionsType: UInt8 = 11
    static let activation = 0  // pot_scale_int16 = 1 changes nothing in tflite-micro.
  }
  enum Sub {
    static let optionsType: UInt8 = 28  // The fields are those of Add.
  }
}
