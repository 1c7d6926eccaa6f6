/// y = x in another type
///
///     x, y  any shape  Int8, UInt8, Int16, Int32, Int64, Float32 or Bool; scales do not matter
///
/// From integers and Bool (0 and 1): to integers it keeps the lowest bits, to Float32 it rounds to
/// the nearest. From Float32 to integers it cuts toward zero. A number out of the type's range
/// becomes the nearest limit, and NaN becomes the largest value. (This is LiteRT's rule; in
/// TensorFlow Lite Micro it depends on the machine.) To Bool: whether x is not 0.
struct Cast: Kernel {
  static let versions: ClosedRange<Int32> = 1...3  // 3: int8

  private let x: Int, y: Int
  private let xType: ElementType, yType: ElementType
  private let count: Int

  /// The options only repeat the tensors' types, so they are not read.
  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Cast {
    let (x, y) = try node.elementwiseOperands(sameType: false)
    for tensor in [x, y] {
      try node.requireType(
        tensor, oneOf: [.int8, .uint8, .int16, .int32, .int64, .float32, .bool])
    }
    return Cast(x: x.index, y: y.index, xType: x.type, yType: y.type, count: x.shape.count)
  }

  /// If an element of y is no wider than one of x, the output may take the input's place: a block
  /// is written before the next one is read.
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
