/// y = x for x ≥ 0, alpha · x below
///
///     x  any shape        Int8, UInt8, Int16, any zero point; Float32
///     y  x's shape, type  the same
///
/// Quantized: y = clamp(yZero + round₂(m · (x − xZero))), m = x.scale / y.scale or x.scale · alpha
/// / y.scale in Double; round₂ is the double rounding of `FixedMultiplier`. A negative alpha
/// negates the rounded product. The reference is the version of TensorFlow Lite Micro that made the
/// golden vectors; other versions round the quotients to Float32, which moves ties by one unit.
/// Float32: one product.
struct LeakyRelu: Kernel {
  static let versions: ClosedRange<Int32> = 1...2  // 2: int16

  private let step: Step

  private enum Step: BitwiseCopyable {
    case quantized(SlopesStep)
    case reals(Elementwise, alpha: Float)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> LeakyRelu {
    let (x, y) = try node.elementwiseOperands()
    let options = try node.options(Schema.LeakyRelu.optionsType)
    let alpha = try options?.float(Schema.LeakyRelu.alpha) ?? 0
    if x.type == .float32 {
      return LeakyRelu(step: .reals(Elementwise(x, y), alpha: alpha))
    }
    guard let type = x.type.quantizedRange else { throw node.refusal(ofType: x) }
    let (from, to) = (try node.requireAffine(x), try node.requireAffine(y))
    let factor = Double(from.scale) / Double(to.scale)
    let below = Double(from.scale) * Double(alpha) / Double(to.scale)
    let slopes = try Slopes(node, from: from, to: to, above: factor, below: below, range: type)
    return LeakyRelu(step: .quantized(try SlopesStep(node, setup, x, y, slopes)))
  }

  var inPlaceInputs: Int { 1 }

  func eval(_ memory: Memory) {
    switch step {
    case .quantized(let step): step.eval(memory)
    case .reals(let run, let alpha): run.eval(memory) { (x: Float) in x > 0 ? x : x * alpha }
    }
  }
}

extension Schema {
  enum LeakyRelu {
    static let optionsType: UInt8 = 75
    static let alpha = 0
  }
}
