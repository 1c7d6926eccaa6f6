/// The loop of ADD, SUB and SQUARED_DIFFERENCE over quantized operands: it brings both operands to
/// one common scale, joins them there, and brings the result to the output's scale.
enum CommonScaleLoop: BitwiseCopyable {
  case bytes(CommonScaleTables, Requantizer)
  case words(CommonScale, Requantizer)

  init(
    _ setup: Setup, _ type: ElementType, _ common: CommonScale, _ requantize: Requantizer
  ) throws(ModelError) {
    self =
      type == .int16
      ? .words(common, requantize) : .bytes(try common.tables(type, setup), requantize)
  }

  /// y = requantize(join(left, right))
  @inline(__always)
  func eval(
    _ memory: Memory, _ operands: BinaryOperands, _ join: (_ left: Int32, _ right: Int32) -> Int32
  ) {
    switch self {
    case .bytes(let common, let requantize):
      operands.map(memory) { (a: UInt8, b: UInt8) -> UInt8 in
        requantize(join(common.left(a), common.right(b)))
      }
    case .words(let common, let requantize):
      operands.map(memory) { (a: Int16, b: Int16) -> Int16 in
        requantize(join(common.left(Int32(a)), common.right(Int32(b))))
      }
    }
  }
}
