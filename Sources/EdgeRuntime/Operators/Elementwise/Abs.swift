/// y = |x|
///
///     x  any shape        Int8, any zero point; Int16, zero point 0 or not quantized; Int32;
///                         Float32
///     y  x's shape, type  the same
///
/// Quantized: y = clamp(yZero + round₂(x.scale / y.scale · |x − xZero|)), the quotient rounded to
/// Float32; round₂ is the double rounding of `FixedMultiplier`. Integers that are not quantized:
/// exact, but the least one stays as it is, because the type cannot hold its absolute value.
/// Float32: exact.
struct Abs: Kernel {
  static let versions: ClosedRange<Int32> = 1...5  // 2: int8, 3, 4: int16, 5: int32

  private let step: Step

  private enum Step: BitwiseCopyable {
    case bytes(ByteTable)
    case words(Elementwise, Slopes)
    case plainWords(Elementwise)
    case integers(Elementwise)
    case reals(Elementwise)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Abs {
    let (x, y) = try node.elementwiseOperands()
    let run = Elementwise(x, y)
    switch x.type {
    case .float32: return Abs(step: .reals(run))
    case .int32: return Abs(step: .integers(run))
    case .int16 where x.quantization.scales.isEmpty: return Abs(step: .plainWords(run))
    case .int8, .int16: break
    default: throw node.refusal(ofType: x)
    }
    let (from, to) = (try node.requireAffine(x), try node.requireAffine(y))
    // The scaled numbers are distances, so their zero point is 0.
    let slopes = try Slopes(
      node, from: Affine(scale: from.scale, zeroPoint: 0), to: to,
      above: Double(from.scale / to.scale), range: x.type == .int8 ? -128...127 : -32768...32767)
    if x.type == .int8 {
      return Abs(step: .bytes(try ByteTable(setup, x, y) { slopes(abs($0 - from.zeroPoint)) }))
    }
    for tensor in [x, y] { try node.requireZeroPoint(tensor, 0) }
    return Abs(step: .words(run, slopes))
  }

  var inPlaceInputs: Int { 1 }

  func eval(_ memory: Memory) {
    switch step {
    case .bytes(let table): table.eval(memory)
    case .words(let run, let slopes):
      run.eval(memory) { (x: Int16) in Int16(truncatingIfNeeded: slopes(abs(Int32(x)))) }
    case .plainWords(let run): run.eval(memory) { (x: Int16) in x < 0 ? 0 &- x : x }
    case .integers(let run): run.eval(memory) { (x: Int32) in x < 0 ? 0 &- x : x }
    case .reals(let run): run.eval(memory) { (x: Float) in abs(x) }
    }
  }
}
