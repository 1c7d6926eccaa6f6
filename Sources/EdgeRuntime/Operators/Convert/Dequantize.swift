/// y = x.scale · (x − xZero), rounded once to Float32; of Int32 the product is a Double first
///
///     x  any shape  Int8, UInt8, Int16 or Int32, any zero point
///     y  x's shape  Float32
struct Dequantize: Kernel {
  static let versions: ClosedRange<Int32> = 1...3  // 2: int8, 3: int16

  private let run: Elementwise
  private let type: ElementType
  private let from: Affine

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Dequantize {
    let (x, y) = try node.elementwiseOperands(sameType: false)
    try node.requireType(x, oneOf: [.int8, .uint8, .int16, .int32])
    try node.requireType(y, .float32)
    return Dequantize(run: Elementwise(x, y), type: x.type, from: try node.requireAffine(x))
  }

  /// The output may take the input's place if their elements are equally wide.
  var inPlaceInputs: Int { type == .int32 ? 1 : 0 }

  func eval(_ memory: Memory) {
    switch type {
    case .int8: run.eval(memory) { (x: Int8) in from.real(Int32(x)) }
    case .uint8: run.eval(memory) { (x: UInt8) in from.real(Int32(x)) }
    case .int16: run.eval(memory) { (x: Int16) in from.real(Int32(x)) }
    default:
      run.eval(memory) { (x: Int32) in
        Float(Double(from.scale) * Double(Int64(x) &- Int64(from.zeroPoint)))
      }
    }
  }
}
