/// y = x for x ≥ 0, alpha · x below, alpha a tensor
///
///     x      any shape          Int8, UInt8, Int16, any zero point; Float32
///     alpha  stretches to x's   x's type, but Int8 where x is Int16; any zero point
///     y      x's shape, type    any zero point
///
/// Quantized: y = clamp(yZero + round₂(m · (x − xZero))), m = x.scale / y.scale, or below y =
/// clamp(yZero + round₂(n · (x − xZero) · (alpha − alphaZero))), n = m · alpha.scale, both in
/// Double; round₂ is the double rounding of `FixedMultiplier`. The reference is TensorFlow Lite
/// Micro. Float32: one product.
struct Prelu: Kernel {
  static let versions: ClosedRange<Int32> = 1...1

  private let x: Int, alpha: Int, y: Int
  private let type: ElementType
  private let broadcast: Broadcast
  private let quantized: Quantized?

  private struct Quantized: BitwiseCopyable {
    let xZero: Int32, alphaZero: Int32, yZero: Int32
    let above: FixedMultiplier, below: FixedMultiplier

    init(_ node: Node, _ x: Tensor, _ alpha: Tensor, _ y: Tensor) throws(ModelError) {
      let (from, slope) = (try node.requireAffine(x), try node.requireAffine(alpha))
      let to = try node.requireAffine(y)
      (xZero, alphaZero, yZero) = (from.zeroPoint, slope.zeroPoint, to.zeroPoint)
      above = try node.multiplier(Double(from.scale) / Double(to.scale))
      below = try node.multiplier(
        Double(from.scale) * Double(slope.scale) / Double(to.scale))
    }
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Prelu {
    try node.requireOperands(inputs: 2...2)
    let (x, alpha, y) = (try node.input(0), try node.input(1), node.outputs[0])
    try node.requireType(x, oneOf: [.float32, .int8, .uint8, .int16])
    try node.requireType(alpha, x.type == .int16 ? .int8 : x.type)
    try node.requireType(y, x.type)
    try node.requireShape(y, x.shape)
    return Prelu(
      x: x.index, alpha: alpha.index, y: y.index, type: x.type,
      broadcast: try Broadcast(node, x, alpha, into: y),
      quantized: x.type == .float32 ? nil : try Quantized(node, x, alpha, y))
  }

  /// The output may take only the place of x, because alpha may be stretched.
  var inPlaceInputs: Int { 1 }

  /// One loop for each type, chosen here.
  func eval(_ memory: Memory) {
    guard let quantized else {
      let x = memory.tensor(x, as: Float.self)
      let alpha = memory.tensor(alpha, as: Float.self)
      let y = memory.tensor(y, as: Float.self)
      broadcast.forEach { xIndex, alphaIndex, yIndex in
        let value = x[xIndex]
        y[yIndex] = value >= 0 ? value : value * alpha[alphaIndex]
      }
      return
    }
    switch type {
    case .int8: eval(memory, quantized, Int8.self, Int8.self)
    case .uint8: eval(memory, quantized, UInt8.self, UInt8.self)
    default: eval(memory, quantized, Int16.self, Int8.self)
    }
  }

  /// Products of a 17-bit and a 9-bit difference fit 32 bits.
  @inline(__always)
  private func eval<T: FixedWidthInteger, Slope: FixedWidthInteger>(
    _ memory: Memory, _ quantized: Quantized, _: T.Type, _: Slope.Type
  ) {
    let x = memory.tensor(x, as: T.self)
    let alpha = memory.tensor(alpha, as: Slope.self)
    let y = memory.tensor(y, as: T.self)
    broadcast.forEach { xIndex, alphaIndex, yIndex in
      let value = Int32(truncatingIfNeeded: x[xIndex]) &- quantized.xZero
      let slope = Int32(truncatingIfNeeded: alpha[alphaIndex]) &- quantized.alphaZero
      let scaled = value >= 0 ? quantized.above(value) : quantized.below(value &* slope)
      y[yIndex] = T(clamping: Int64(scaled) &+ Int64(quantized.yZero))
    }
  }
}
