/// y = x in another type
///
///     x, y  any shape  Int8, UInt8, Int16, Int32, Int64, Float32 or Bool; scales count for nothing
///
/// From integers, Bool being 0 and 1: to integers the lowest bits, to Float32 rounded to the
/// nearest. From Float32 to integers cut toward zero; what the type does not hold becomes its limit
/// and NaN its largest value (LiteRT's rule; TensorFlow Lite Micro leaves it to the machine). To
/// Bool: whether x is not 0.
struct Cast: Kernel {
  static let versions: ClosedRange<Int32> = 1...3  // 3: int8

  private let x: Int, y: Int
  private let xType: ElementType, yType: ElementType
  private let count: Int

  /// The tensors' types say what the options repeat.
  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Cast {
    let (x, y) = try node.elementwiseOperands(sameType: false)
    for tensor in [x, y] {
      try node.requireType(
        tensor, oneOf: [.int8, .uint8, .int16, .int32, .int64, .float32, .bool])
    }
    return Cast(x: x.index, y: y.index, xType: x.type, yType: y.type, count: x.shape.count)
  }

  /// Where a place of y is no wider than one of x, a block ends before the next begins.
  var inPlaceInputs: Int { (yType.byteCount ?? 0) <= (xType.byteCount ?? 0) ? 1 : 0 }

  func eval(_ memory: Memory) {
    let limits = yType.integerLimits
    IntegerBlock.forEach(count) { first, count in
      var block = IntegerBlock()
      guard xType == .float32 else {
        block.read(memory, x, xType, first, count)
        block.write(memory, y, yType, first)
        return
      }
      let reals = memory.tensor(x, as: Float.self) + first
      switch yType {
      case .float32:
        let y = memory.tensor(y, as: Float.self) + first
        for index in 0..<count { y[index] = reals[index] }
      case .bool:
        block.fill(count) { reals[$0] != 0 ? 1 : 0 }
        block.write(memory, y, yType, first)
      default:
        block.fill(count) { Self.cut(reals[$0], limits) }
        block.write(memory, y, yType, first)
      }
    }
  }

  @inline(__always)
  private static func cut(_ x: Float, _ limits: ClosedRange<Int64>) -> Int64 {
    if x <= Float(limits.lowerBound) { return limits.lowerBound }
    // NaN compares as false with everything.
    return x < Float(limits.upperBound) ? Int64(x) : limits.upperBound
  }
}

extension ElementType {
  /// The values of an integer type.
  fileprivate var integerLimits: ClosedRange<Int64> {
    if let range = quantizedRange { return Int64(range.lowerBound)...Int64(range.upperBound) }
    return Int64.min...Int64.max
  }
}
