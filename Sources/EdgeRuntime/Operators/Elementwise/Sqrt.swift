/// y = √x
///
///     x  any shape         Float32; Int8, any zero point; Int16, zero point 0
///     y  x's shape, type   the same
///
/// Float32 is rounded to the nearest. Integers follow LiteRT's reference: y = clamp(yZero +
/// ⌊√(xScale · (x − xZero)) / yScale⌋), cut and not rounded, in float32. For numbers below 0 the
/// reference fails; here they count as 0. (Float32 gives NaN there.)
struct Sqrt: Kernel {
  static let versions: ClosedRange<Int32> = 1...2  // 2: int8, int16

  private let step: Step

  private enum Step: BitwiseCopyable {
    case bytes(ByteTable)
    case words(Elementwise, from: Affine, to: Affine)
    case reals(Elementwise)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Sqrt {
    let (x, y) = try node.elementwiseOperands()
    let run = Elementwise(x, y)
    try node.requireType(x, oneOf: [.float32, .int8, .int16])
    if x.type == .float32 { return Sqrt(step: .reals(run)) }
    let (from, to) = (try node.requireAffine(x), try node.requireAffine(y))
    if x.type == .int8 {
      return Sqrt(step: .bytes(try ByteTable(setup, x, y) { root($0, from, to) }))
    }
    for tensor in [x, y] { try node.requireZeroPoint(tensor, 0) }
    return Sqrt(step: .words(run, from: from, to: to))
  }

  @inline(__always)
  private static func root(_ x: Int32, _ from: Affine, _ to: Affine) -> Int64 {
    let steps = max(0, from.real(x)).squareRoot() / to.scale
    return Int64(min(steps, 1e9)) + Int64(to.zeroPoint)
  }

  var inPlaceInputs: Int { 1 }

  func eval(_ memory: Memory) {
    switch step {
    case .bytes(let table): table.eval(memory)
    case .words(let run, let from, let to):
      run.eval(memory) { (x: Int16) in Int16(clamping: Self.root(Int32(x), from, to)) }
    case .reals(let run): run.eval(memory) { (x: Float) in x.squareRoot() }
    }
  }
}
