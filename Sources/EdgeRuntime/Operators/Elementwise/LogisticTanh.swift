/// LOGISTIC: y = 1 / (1 + e⁻ˣ), TANH: y = tanh x
///
///     x  any shape        Int8, UInt8, any zero point; Int16, zero point 0; Float32
///     y  x's shape, type  LOGISTIC  Int8: scale 1/256, zero point −128; UInt8: 1/256, 0
///                         TANH      Int8: scale 1/128, zero point 0; UInt8: 1/128, 128
///                         both      Int16: scale 1/32768, zero point 0
///
/// Int8 and UInt8: a table, computed in fixed point as in TensorFlow Lite Micro: x becomes Q4.27 by
/// the double rounding of `FixedMultiplier`; then come gemmlowp's function and one rounding to 8
/// bits, ties away from zero. Int16: `ScaledSigmoid`.
///
/// Float32: LOGISTIC follows the reference. Below −9, y = eˣ. Each step is rounded to the nearest.
/// eˣ is computed by `RealMath`: it is the same on every machine and differs from any C library's
/// by at most one unit in the last place. TANH is rounded to the nearest (see `RealMath`).
struct LogisticTanh: Kernel {
  static let versions: ClosedRange<Int32> = 1...3  // 2: int8, 3: int16

  private let isTanh: Bool
  private let step: Step

  private enum Step: BitwiseCopyable {
    case bytes(ByteTable)
    case words(Elementwise, ScaledSigmoid)
    case reals(Elementwise)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> LogisticTanh {
    let isTanh = node.kind == .tanh
    let (x, y) = try node.elementwiseOperands()
    switch x.type {
    case .float32: return LogisticTanh(isTanh: isTanh, step: .reals(Elementwise(x, y)))
    case .int16:
      let sigmoid = try ScaledSigmoid(node, x, y, exactShifts: isTanh ? 0...1 : 0...0)
      return LogisticTanh(isTanh: isTanh, step: .words(Elementwise(x, y), sigmoid))
    case .int8, .uint8:
      let table = isTanh ? try tanhTable(node, setup, x, y) : try logisticTable(node, setup, x, y)
      return LogisticTanh(isTanh: isTanh, step: .bytes(table))
    default: throw node.refusal(ofType: x)
    }
  }

  private static func logisticTable(
    _ node: Node, _ setup: Setup, _ x: Tensor, _ y: Tensor
  ) throws(ModelError) -> ByteTable {
    let least: Int32 = y.type == .int8 ? -128 : 0
    try node.requireFixedQuantization(y, steps: 256, zeroPoint: least)
    let input = try SigmoidInput(node, x)
    return try ByteTable(setup, x, y) { value in
      let share =
        switch input.place(of: value) {
        case .below: Int32(0)
        case .above: Int32(255)
        case .inside(let a): FixedPoint.roundingDivide(FixedPoint.logistic(a), byPowerOfTwo: 23)
        }
      return Int64(share) + Int64(least)
    }
  }

  private static func tanhTable(
    _ node: Node, _ setup: Setup, _ x: Tensor, _ y: Tensor
  ) throws(ModelError) -> ByteTable {
    let zero: Int32 = y.type == .int8 ? 0 : 128
    try node.requireFixedQuantization(y, steps: 128, zeroPoint: zero)
    let input = try SigmoidInput(node, x)
    return try ByteTable(setup, x, y) { value in
      let steps =
        switch input.place(of: value) {
        case .below: Int32(-128)
        case .above: Int32(127)
        case .inside(let a): FixedPoint.roundingDivide(FixedPoint.tanh(a), byPowerOfTwo: 24)
        }
      return Int64(steps) + Int64(zero)
    }
  }

  var inPlaceInputs: Int { 1 }

  func eval(_ memory: Memory) {
    switch step {
    case .bytes(let table): table.eval(memory)
    case .words(let run, let sigmoid):
      if isTanh {
        run.eval(memory) { (x: Int16) in sigmoid.tanh(x) }
      } else {
        run.eval(memory) { (x: Int16) in sigmoid.logistic(x) }
      }
    case .reals(let run):
      if isTanh {
        run.evalReals(memory) { Float(RealMath.tanh(Double($0))) }
      } else {
        run.evalReals(memory) { Self.logistic($0) }
      }
    }
  }

  private static func logistic(_ x: Float) -> Float {
    if x > 16.619047164916992188 { return 1 }
    if x < -9 { return Float(RealMath.exp(Double(x))) }
    return 1 / (1 + Float(RealMath.exp(-Double(x))))
  }
}
