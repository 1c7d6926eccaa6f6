/// FLOOR, CEIL, ROUND, SQUARE, SIN, COS, EXP, LOG, ELU, GELU: y = f(x), element for element
///
///     x  any shape         Float32; EXP, LOG and ELU also Int8, GELU Int8 and UInt8
///     y  x's shape, type   any zero point
///
/// Float32 is rounded as the function's case of `RealFunction` says. Quantized types use a table of
/// 256 bytes, rounded as in `ByteTable.init(…, real:)`. The reference is TensorFlow Lite Micro; for
/// operators that it does not have (EXP and LOG of Int8, and GELU) it is LiteRT.
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
      // There is a loop for each function, so that no loop checks the function at every element.
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
    evalReals(memory) { function($0) }
  }
}
