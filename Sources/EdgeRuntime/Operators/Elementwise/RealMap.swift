/// FLOOR, CEIL, ROUND, SQUARE, SIN, COS, EXP, LOG, ELU, GELU: y = f(x), element for element
///
///     x  any shape         Float32; EXP, LOG and ELU also Int8, GELU Int8 and UInt8
///     y  x's shape, type   any zero point
///
/// Float32 is rounded as the function's own case of `RealFunction` says. Quantized types by a table
/// of 256 bytes, whose rounding is that of `ByteTable.init(…, real:)`. LiteRT's reference is
/// followed where TensorFlow Lite Micro has no such operator: EXP and LOG of Int8, and GELU.
struct RealMap: Kernel {
  static let versions: ClosedRange<Int32> = 1...2  // 2: int8, of GELU uint8 too

  static func versions(of kind: OperatorKind) -> ClosedRange<Int32> {
    switch kind {
    case .exp, .log, .gelu: versions
    default: 1...1
    }
  }

  private let step: Step

  private enum Step: BitwiseCopyable {
    case bytes(ByteTable)
    case reals(Elementwise, RealFunction)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> RealMap {
    let (x, y) = try node.elementwiseOperands()
    let function = try RealFunction(node, y)
    if x.type == .float32 { return RealMap(step: .reals(Elementwise(x, y), function)) }
    guard function.isTabulated(x.type) else { throw node.refusal(ofType: x) }
    return RealMap(
      step: .bytes(try ByteTable(node, setup, x, y) { function.tabulated($0) }))
  }

  var inPlaceInputs: Int { 1 }

  func eval(_ memory: Memory) {
    switch step {
    case .bytes(let table): table.eval(memory)
    case .reals(let run, let function):
      // A loop for each function: none asks at every element which one it is.
      switch function {
      case .floor: run.eval(memory, .floor)
      case .ceil: run.eval(memory, .ceil)
      case .round: run.eval(memory, .round)
      case .square: run.eval(memory, .square)
      case .sin: run.eval(memory, .sin)
      case .cos: run.eval(memory, .cos)
      case .exp: run.eval(memory, .exp)
      case .log(let least): run.eval(memory, .log(least: least))
      case .elu: run.eval(memory, .elu)
      case .gelu(let isApproximate): run.eval(memory, .gelu(isApproximate: isApproximate))
      }
    }
  }
}

extension Elementwise {
  @inline(__always)
  fileprivate func eval(_ memory: Memory, _ function: RealFunction) {
    eval(memory) { (x: Float) in function(x) }
  }
}
