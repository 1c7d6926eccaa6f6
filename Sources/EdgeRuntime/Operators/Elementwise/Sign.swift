/// y = −1, 0 or 1, as x is below, at or above 0
///
///     x  any shape        Float32, Int32
///     y  x's shape, type
///
/// Exact; −0 gives 0, NaN stays. The reference is LiteRT: TensorFlow Lite Micro has no SIGN.
struct Sign: Kernel {
  static let versions: ClosedRange<Int32> = 1...2  // 2: int32

  private let run: Elementwise
  private let isReal: Bool

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Sign {
    let (x, y) = try node.elementwiseOperands()
    try node.requireType(x, oneOf: [.float32, .int32])
    return Sign(run: Elementwise(x, y), isReal: x.type == .float32)
  }

  var inPlaceInputs: Int { 1 }

  func eval(_ memory: Memory) {
    if isReal {
      run.eval(memory) { (x: Float) in x > 0 ? 1 : (x < 0 ? -1 : (x == 0 ? 0 : x)) }
    } else {
      run.eval(memory) { (x: Int32) in x.signum() }
    }
  }
}
