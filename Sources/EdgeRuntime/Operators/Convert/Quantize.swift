/// Quantizes, or requantizes, into the integers of another type or scale.
///
///     x  any shape  Float32:                     y = clamp(yZero + round(x / y.scale))
///                   Int8, UInt8, Int16, Int32:   y = clamp(yZero + round₂(m · (x − xZero)))
///     y  x's shape  Int8, UInt8, Int16; from integers of 8 and 16 bits also Int32
///
/// m = x.scale / y.scale. round rounds a quotient in float32 to the nearest, ties away from zero;
/// round₂ is the double rounding of `FixedMultiplier`. NaN becomes yZero. From bytes to bytes it
/// uses a table.
struct Quantize: Kernel {
  static let versions: ClosedRange<Int32> = 1...2  // 2: int16

  private let x: Int, y: Int
  private let xType: ElementType, yType: ElementType
  private let count: Int
  private let step: Step

  private enum Step: BitwiseCopyable {
    case real(Quantizer)
    case bytes(ByteTable)
    case integers(Slopes)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Quantize {
    let (x, y) = try node.elementwiseOperands(sameType: false)
    guard let range = y.type.quantizedRange, y.type != .int32 || x.type.isNarrow else {
      throw node.refusal(ofType: y)
    }
    let to = try node.requireAffine(y)
    let step: Step
    switch x.type {
    case .float32: step = .real(Quantizer(to, within: range))
    case .int8, .uint8, .int16, .int32:
      let from = try node.requireAffine(x)
      let slopes = try Slopes(
        node, from: from, to: to, above: Double(from.scale) / Double(to.scale), range: range)
      if x.type.isQuantizedByte && y.type.isQuantizedByte {
        step = .bytes(try ByteTable(setup, x, y) { slopes($0) })
      } else {
        step = .integers(slopes)
      }
    default: throw node.refusal(ofType: x)
    }
    return Quantize(
      x: x.index, y: y.index, xType: x.type, yType: y.type, count: x.shape.count, step: step)
  }

  /// If an element of y is no wider than one of x, the output may take the input's place: a block
  /// is written before the next one is read.
  var inPlaceInputs: Int { (yType.byteCount ?? 0) <= (xType.byteCount ?? 0) ? 1 : 0 }

  func eval(_ memory: Memory) {
    switch step {
    case .bytes(let table): table.eval(memory)
    case .real(let quantizer):
      switch yType {
      case .int8: eval(memory, quantizer, memory.tensor(y, as: Int8.self))
      case .uint8: eval(memory, quantizer, memory.tensor(y, as: UInt8.self))
      default: eval(memory, quantizer, memory.tensor(y, as: Int16.self))
      }
    case .integers(let slopes):
      IntegerBlock.forEach(count) { first, count in
        var block = IntegerBlock()
        block.read(memory, x, xType, first, count)
        block.map { slopes(Int32(truncatingIfNeeded: $0)) }
        block.write(memory, y, yType, first)
      }
    }
  }

  @inline(__always)
  private func eval<To: FixedWidthInteger>(
    _ memory: Memory, _ quantizer: Quantizer, _ y: UnsafeMutablePointer<To>
  ) {
    let x = memory.tensor(x, as: Float.self)
    for index in 0..<count { y[index] = To(truncatingIfNeeded: quantizer(x[index])) }
  }
}

extension ElementType {
  fileprivate var isNarrow: Bool { isQuantizedByte || self == .int16 }
}
