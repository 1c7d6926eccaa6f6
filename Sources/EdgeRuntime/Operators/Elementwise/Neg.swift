/// y = −x
///
///     x  any shape        Float32, Int32, Int64
///     y  x's shape, type
///
/// Exact, but the least integer stays as it is, because the type cannot hold its negative.
/// Quantized models have NEG in Float32, between DEQUANTIZE and QUANTIZE: the reference has no
/// quantized NEG.
struct Neg: Kernel {
  static let versions: ClosedRange<Int32> = 1...1

  private let run: Elementwise
  private let type: ElementType

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Neg {
    let (x, y) = try node.elementwiseOperands()
    try node.requireType(x, oneOf: [.float32, .int32, .int64])
    return Neg(run: Elementwise(x, y), type: x.type)
  }

  var inPlaceInputs: Int { 1 }

  func eval(_ memory: Memory) {
    switch type {
    case .float32: run.eval(memory) { (x: Float) in -x }
    case .int32: run.eval(memory) { (x: Int32) in 0 &- x }
    default: run.eval(memory) { (x: Int64) in 0 &- x }
    }
  }
}
