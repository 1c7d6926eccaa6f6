/// MAXIMUM: y = a > b ? a : b, MINIMUM: y = a < b ? a : b
///
///     a, b  shapes that broadcast to y's; both of y's type and quantization
///     y     Int8, UInt8, Int16, Int32, Int64 or Float32
///
/// Nothing is rounded. If either number is NaN, y is b. The reference is tflite-micro, which
/// compares the integers as they are. Operands with different scales are refused, because that
/// comparison would have no meaning for them.
struct MaximumMinimum: Kernel {
  static let versions: ClosedRange<Int32> = 1...4  // 2: int8, 3: five axes, 4: int16

  private let operands: BinaryOperands
  private let isMaximum: Bool

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> MaximumMinimum {
    let operands = try BinaryOperands(
      node, [.int8, .uint8, .int16, .int32, .int64, .float32])
    _ = try node.options(Schema.MaximumMinimum.optionsType)
    try node.requireSameMeaning(node.outputs[0], node.input(0))
    try node.requireSameMeaning(node.outputs[0], node.input(1))
    return MaximumMinimum(operands: operands, isMaximum: node.kind == .maximum)
  }

  var inPlaceInputs: Int { operands.inPlaceInputs }

  func eval(_ memory: Memory) {
    switch operands.type {
    case .int8, .uint8:
      let sign = ByteSign(operands.type)
      operands.map(memory) { (a: UInt8, b: UInt8) -> UInt8 in pick(sign(a), sign(b)) ? a : b }
    case .int16: eval(memory, Int16.self)
    case .int32: eval(memory, Int32.self)
    case .int64: eval(memory, Int64.self)
    default: eval(memory, Float.self)
    }
  }

  @inline(__always)
  private func eval<T: Comparable>(_ memory: Memory, _ type: T.Type) {
    operands.map(memory) { (a: T, b: T) -> T in pick(a, b) ? a : b }
  }

  @inline(__always)
  private func pick<T: Comparable>(_ a: T, _ b: T) -> Bool { isMaximum ? a > b : a < b }
}

extension Schema {
  enum MaximumMinimum {
    static let optionsType: UInt8 = 39
  }
}
