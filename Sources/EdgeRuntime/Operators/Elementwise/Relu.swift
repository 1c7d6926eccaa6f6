/// RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1: y = clamp(x, low...high)
///
///     x  any shape        Int8, UInt8, any zero point; Int16, zero point 0; Float32
///     y  x's shape, type  the same
///
/// low...high is 0...∞ for RELU, 0...6 for RELU6, −1...1 for RELU_N1_TO_1 and 0...1 for
/// RELU_0_TO_1.
///
/// Quantized: y = clamp(yZero + round₂(x.scale / y.scale · (x − xZero)), low…high), where a limit
/// is yZero + round(limit / y.scale), ties away from zero; round₂ is the double rounding of
/// `FixedMultiplier`, the quotient of scales is rounded to Float32. This is LiteRT's reference:
/// TensorFlow Lite Micro's RELU6 forgets to rescale. Float32: exact; NaN stays.
struct Relu: Kernel {
  static let versions: ClosedRange<Int32> = 1...3  // 2: int8, uint8, 3: int16

  static func versions(of kind: OperatorKind) -> ClosedRange<Int32> {
    kind == .relu || kind == .relu6 ? versions : 1...1
  }

  private let step: Step

  private enum Step: BitwiseCopyable {
    case quantized(SlopesStep)
    case reals(Elementwise, low: Float, high: Float)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Relu {
    let (x, y) = try node.elementwiseOperands()
    let (low, high) = limits(node.kind)
    if x.type == .float32 {
      return Relu(step: .reals(Elementwise(x, y), low: low, high: high ?? .infinity))
    }
    guard let type = x.type.quantizedRange else { throw node.refusal(ofType: x) }
    let (from, to) = (try node.requireAffine(x), try node.requireAffine(y))
    if x.type == .int16 {
      for tensor in [x, y] { try node.requireZeroPoint(tensor, 0) }
    }
    // The zero point is within the type and the real 0 is within the limits, so the range is never
    // empty.
    let least = max(type.lowerBound, to.quantized(low))
    let most = high.map { min(type.upperBound, to.quantized($0)) } ?? type.upperBound
    let slopes = try Slopes(
      node, from: from, to: to, above: Double(from.scale / to.scale), range: least...most)
    return Relu(step: .quantized(try SlopesStep(node, setup, x, y, slopes)))
  }

  /// `high` is nil if there is no upper limit.
  private static func limits(_ kind: OperatorKind) -> (low: Float, high: Float?) {
    switch kind {
    case .relu: (0, nil)
    case .relu6: (0, 6)
    case .reluN1To1: (-1, 1)
    default: (0, 1)
    }
  }

  var inPlaceInputs: Int { 1 }

  func eval(_ memory: Memory) {
    switch step {
    case .quantized(let step): step.eval(memory)
    case .reals(let run, let low, let high): clamp(memory, run, low, high)
    }
  }

  /// It is separate from the switch, so that the compiler does not call the closure for each
  /// element.
  @inline(__always)
  private func clamp(_ memory: Memory, _ run: Elementwise, _ low: Float, _ high: Float) {
    run.eval(memory) { (x: Float) in x > high ? high : (x < low ? low : x) }
  }
}
