/// DIV: y = a / b
///
///     a, b  shapes that broadcast to y's; both of y's type
///     y     Int8, UInt8          any zero points
///           Int32                not quantized; the quotient is cut toward 0
///           Float32              rounded once, as IEEE 754 divides
///
/// Quantized, y = clamp(yZero + round₂(m · q)), m = a.scale / (b.scale · y.scale) in single
/// precision. q is the quotient of n = a − aZero and d = b − bZero, both negated if d < 0. It is n,
/// shifted left as far as 32 bits allow, times the fixed-point reciprocal of d, rounded with ties
/// toward +∞. Then comes the double rounding of `FixedMultiplier`. The reference is tflite-micro.
///
/// A quotient below one step of y can need a right shift by more than 31 bits. Then the count of
/// bits wraps, as it does in the reference on x86-64 and 64-bit Arm; the golden vectors show it. So
/// y is then not near its zero, where it should be.
///
/// A division by 0 is undefined in the reference. Quantized, the same steps lead to some number.
/// With Int32 it would end the reference's process; here the quotient saturates: a / 0 is the limit
/// with a's sign, 0 / 0 is 0, and Int32.min / −1 is Int32.max. Nothing traps.
struct Div: Kernel {
  static let versions: ClosedRange<Int32> = 1...2  // 2: five axes

  private let operands: BinaryOperands
  private let rule: Rule

  private enum Rule: BitwiseCopyable {
    case quantized(Quotient)
    case plain(PlainLimits)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Div {
    let operands = try BinaryOperands(node, [.int8, .uint8, .int32, .float32])
    let options = try node.options(Schema.Div.optionsType)
    switch operands.type {
    case .int8, .uint8:
      return Div(operands: operands, rule: .quantized(try quotient(node, options)))
    default:
      try node.requireUnquantized()
      return Div(
        operands: operands, rule: .plain(try node.plainLimits(options, Schema.Div.activation)))
    }
  }

  private static func quotient(
    _ node: Node, _ options: FlatTable?
  ) throws(ModelError) -> Quotient {
    let y = node.outputs[0]
    let a = try node.requireAffine(node.input(0))
    let b = try node.requireAffine(node.input(1))
    let to = try node.requireAffine(y)
    let multiplier = try node.multiplier(Double(a.scale / (b.scale * to.scale)))
    // n has 8 bits and is shifted left by 23 or more; the result must be shifted right by as much.
    guard multiplier.exponent <= 22 else {
      throw .multiplierOutOfRange(node: node.index, channel: 0)
    }
    let sign = ByteSign(y.type)
    return Quotient(
      sign: sign, aZero: a.zeroPoint + sign.offset, bZero: b.zeroPoint + sign.offset,
      requantize: Requantizer(
        multiplier, to, within: try node.activationRange(options, Schema.Div.activation, y)))
  }

  var inPlaceInputs: Int { operands.inPlaceInputs }

  func eval(_ memory: Memory) {
    switch rule {
    case .quantized(let quotient):
      operands.map(memory) { (a: UInt8, b: UInt8) in quotient(a, b) }
    case .plain(let limits):
      if operands.type == .int32 {
        operands.map(memory) { (a: Int32, b: Int32) in limits(Self.quotient(a, b)) }
      } else {
        operands.map(memory) { (a: Float, b: Float) in limits(a / b) }
      }
    }
  }

  @inline(__always)
  private static func quotient(_ a: Int32, _ b: Int32) -> Int32 {
    if b == 0 { return a == 0 ? 0 : (a < 0 ? .min : .max) }
    return a == .min && b == -1 ? .max : a / b
  }
}

/// The quotient of two 8-bit numbers, in fixed point.
private struct Quotient: BitwiseCopyable {
  let sign: ByteSign
  let aZero: Int32, bZero: Int32
  let requantize: Requantizer

  @inline(__always)
  func callAsFunction(_ a: UInt8, _ b: UInt8) -> UInt8 {
    var n = Int32(sign(a)) &- aZero
    var d = Int32(sign(b)) &- bZero
    if d < 0 { (n, d) = (0 &- n, 0 &- d) }
    // d = (1 + x) · 2^(31 − zeros), and 1 / (1 + x) is Q0.31.
    let zeros = Int32(truncatingIfNeeded: d.leadingZeroBitCount)
    let x = Int32(bitPattern: (UInt32(bitPattern: d) &<< UInt32(bitPattern: zeros)) &- (1 << 31))
    let reciprocal = FixedPoint.reciprocalOfOnePlus(x)
    let headroom = Int32(truncatingIfNeeded: (n < 0 ? ~n : n).leadingZeroBitCount) &- 1
    let shifted = FixedPoint.roundingDoublingHighMultiply(n &<< headroom, reciprocal)
    let scaled = FixedPoint.roundingDoublingHighMultiply(shifted, requantize.multiplier.mantissa)
    let right = 31 &- zeros &+ headroom &- requantize.multiplier.exponent
    return requantize.clamped(FixedPoint.roundingDivide(scaled, byPowerOfTwo: right))
  }
}

extension Schema {
  enum Div {
    static let optionsType: UInt8 = 29
    static let activation = 0
  }
}
