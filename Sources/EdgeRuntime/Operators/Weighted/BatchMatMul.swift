/// y[…, i, j] = clamp(yZero + round(m · Σₖ (a[…, i, k] − aZero) · (b[…, k, j] − bZero)))
///
///     a  […, m, k], or […, k, m] with adj_x
///     b  […, k, n], or […, n, k] with adj_y; leading axes broadcast
///     y  […, m, n]
///     all three Int8, any zero point; Int16, zero point 0; or Float32. Constant or computed.
///
/// m = a.scale · b.scale / y.scale. Int8: sums of 32 bits and the double rounding of
/// `FixedMultiplier`; Int16: sums of 64 bits and the single rounding of `FixedMultiplier.wide`;
/// Float32: Σ a · b in the order of k, rounded at every step. The reference is TensorFlow Lite
/// Micro.
struct BatchMatMul: Kernel {
  static let versions: ClosedRange<Int32> = 1...3  // 2: int8, 3: int16

  private let a: Int, b: Int, y: Int
  private let batches: MatrixBatches
  private let method: Method

  private enum Method: BitwiseCopyable {
    case bytes(MatrixBytes)
    case wide(FixedMultiplier)
    case real
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> BatchMatMul {
    try node.requireOperands(inputs: 2...2)
    let (a, b, y) = (try node.input(0), try node.input(1), node.outputs[0])
    try node.requireType(a, oneOf: [.int8, .int16, .float32])
    for tensor in [b, y] { try node.requireType(tensor, a.type) }
    let options = try node.options(Schema.BatchMatMul.optionsType)
    let batches = try MatrixBatches(
      node, a, b, into: y, aIsTransposed: options?.bool(Schema.BatchMatMul.adjointX) ?? false,
      bIsTransposed: options?.bool(Schema.BatchMatMul.adjointY) ?? false)
    return BatchMatMul(
      a: a.index, b: b.index, y: y.index, batches: batches,
      method: try method(node, a, b, y, batches))
  }

  private static func method(
    _ node: Node, _ a: Tensor, _ b: Tensor, _ y: Tensor, _ batches: MatrixBatches
  ) throws(ModelError) -> Method {
    if a.type == .float32 { return .real }
    let affines = (try node.requireAffine(a), try node.requireAffine(b), try node.requireAffine(y))
    let multiplier = try node.multiplier(
      Double(affines.0.scale) * Double(affines.1.scale) / Double(affines.2.scale))
    if a.type == .int8 {
      return .bytes(
        try MatrixBytes(
          node, batches, aZero: affines.0.zeroPoint, bZero: affines.1.zeroPoint,
          yZero: affines.2.zeroPoint, multiplier))
    }
    for tensor in [a, b, y] { try node.requireSymmetric(tensor) }
    // Products are at most 2³⁰, and the multiplier takes sums below 2⁴⁷.
    guard batches.depth < 1 << 17 else {
      throw .accumulatorOverflow(node: node.index, channel: 0)
    }
    guard multiplier.exponent <= FixedMultiplier.wideExponentMax else {
      throw .multiplierOutOfRange(node: node.index, channel: 0)
    }
    return .wide(multiplier)
  }

  var multiplyAccumulates: Int { batches.count * batches.rows * batches.columns * batches.depth }
  var scratchBytes: Int {
    if case .bytes(let bytes) = method { return bytes.scratchBytes }
    return 0
  }

  @inline(never)
  func eval(_ memory: Memory) {
    let size = batches.rows &* batches.columns
    for batch in 0..<batches.count {
      let (aPlace, bPlace) = batches.places(batch)
      let place = batch &* size
      switch method {
      case .bytes(let bytes):
        bytes.eval(
          memory.tensor(a, as: Int8.self) + aPlace, memory.tensor(b, as: Int8.self) + bPlace,
          memory.tensor(y, as: Int8.self) + place, batches, memory)
      case .wide(let multiplier):
        eval(
          memory.tensor(a, as: Int16.self) + aPlace, memory.tensor(b, as: Int16.self) + bPlace,
          memory.tensor(y, as: Int16.self) + place, Int64(0), { $0 &+ Int64($1) &* Int64($2) },
          { Int16(clamping: multiplier.wide($0)) })
      case .real:
        eval(
          memory.tensor(a, as: Float.self) + aPlace, memory.tensor(b, as: Float.self) + bPlace,
          memory.tensor(y, as: Float.self) + place, Float(0), { $0 + $1 * $2 }, { $0 })
      }
    }
  }

  @inline(__always)
  private func eval<T, Sum>(
    _ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ zero: Sum,
    _ join: (Sum, T, T) -> Sum, _ finish: (Sum) -> T
  ) {
    for row in 0..<batches.rows {
      for column in 0..<batches.columns {
        var left = a + row &* batches.aRowStride
        var right = b + column &* batches.bColumnStride
        var sum = zero
        for _ in 0..<batches.depth {
          sum = join(sum, left.pointee, right.pointee)
          left += batches.aColumnStride
          right += batches.bRowStride
        }
        y[row &* batches.columns &+ column] = finish(sum)
      }
    }
  }
}

extension Schema {
  enum BatchMatMul {
    static let optionsType: UInt8 = 101
    static let adjointX = 0, adjointY = 1
  }
}
