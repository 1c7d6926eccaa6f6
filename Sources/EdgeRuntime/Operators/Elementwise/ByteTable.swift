/// y[i] = table[x[i]]: for every operator with one operand whose elements are bytes, Int8, UInt8 or
/// Bool. The operator's file says what its table holds.
struct ByteTable: BitwiseCopyable {
  private let run: Elementwise
  private let table: UnsafePointer<UInt8>

  /// Calls `function` for each of the 256 values of x and clamps the results to y's type.
  init(
    _ setup: Setup, _ x: Tensor, _ y: Tensor, _ function: (Int32) -> Int64
  ) throws(ModelError) {
    let table = try setup.tables.table(of: UInt8.self, count: 256)
    let (from, to) = (x.type.byteRange, y.type.byteRange)
    for value in from {
      let result = max(Int64(to.lowerBound), min(Int64(to.upperBound), function(value)))
      table[Int(UInt8(truncatingIfNeeded: value))] = UInt8(truncatingIfNeeded: result)
    }
    run = Elementwise(x, y)
    self.table = UnsafePointer(table)
  }

  /// The table of a real function of quantized values, by the rule of TensorFlow Lite (LUTPopulate
  /// in common.h), in float32:
  ///
  ///     y = clamp(yZero + round(f(xScale · (x − xZero)) · (1 / yScale))), ties away from zero
  ///
  /// NaN becomes the zero point.
  init(
    _ node: Node, _ setup: Setup, _ x: Tensor, _ y: Tensor, real function: (Float) -> Float
  ) throws(ModelError) {
    let (from, to) = (try node.requireAffine(x), try node.requireAffine(y))
    let inverse = 1 / to.scale
    try self.init(setup, x, y) { value in
      let steps = function(from.real(value)) * inverse
      guard !steps.isNaN else { return Int64(to.zeroPoint) }
      return Rounding.whole(max(-1e9, min(1e9, steps))) + Int64(to.zeroPoint)
    }
  }

  /// Not inlined, so that there is one copy for all operators.
  @inline(never)
  func eval(_ memory: Memory) {
    run.eval(memory) { (x: UInt8) in table[Int(x)] }
  }
}

extension ElementType {
  /// The range of values of a type of one byte.
  fileprivate var byteRange: ClosedRange<Int32> {
    switch self {
    case .int8: -128...127
    default: 0...255
    }
  }

  /// Whether elements are quantized and have one byte.
  var isQuantizedByte: Bool { self == .int8 || self == .uint8 }
}
