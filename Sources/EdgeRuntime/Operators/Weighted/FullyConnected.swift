/// y[r, u] = clamp(yZero + round(m[u] · (bias[u] + Σₖ (x[r, k] − xZero) · (w[u, k] − wZero))))
///
///     x     [rows…, depth]  Int8 or UInt8, any zero point; Int16, zero point 0
///     w     [units, depth]  constant; with Int8 x Int8 or Int4 (two a byte), one scale and any
///                           zero point or one scale a unit; with UInt8 x UInt8, one scale, any
///                           zero point; with Int16 x Int8, zero point 0
///     bias  [units]         Int32, or with Int16 x Int64; scale = x.scale · w.scale; constant,
///                           optional
///     y     [rows, units]   x's type, zero point as for x; or x's shape with units last
///                           (keep_num_dims)
///
/// m = x.scale · w.scale / y.scale. Sums are Int32 and rounded twice (`FixedMultiplier`). For Int16
/// x without an Int32 bias they are Int64 and rounded once (`FixedMultiplier.wide`). The reference
/// is TensorFlow Lite Micro; LiteRT's reference now rounds all types but Int16 once, in floating
/// point. UInt8, which Micro no longer has, is rounded twice, as both did when they had only UInt8.
struct FullyConnected: Kernel {
  // 4: int8, 5: keep_num_dims, 6: no bias, 7: int16, 8: sparse (no), 9: hybrid (no), 10: int4,
  // 11: a choice of bias
  static let versions: ClosedRange<Int32> = 1...11

  private let node: Int
  private let x: Int, y: Int
  private let rows: Int
  private let weights: WeightSource
  private let dots: WeightedDots

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> FullyConnected {
    try node.requireOperands(inputs: 2...3)
    let (x, w, y) = (try node.input(0), try node.input(1), node.outputs[0])
    let options = try node.options(Schema.FullyConnected.optionsType)
    let format = try WeightedFormat(
      node, x: x, w: w, bias: node.optionalInput(2), y: y,
      wideBias: .chooses(biasType: options?.integer(Schema.FullyConnected.biasType) ?? 0))
    // Formats other than 0 have weights that are shuffled for another runtime.
    _ = try node.byteOption(
      options, Schema.FullyConnected.weightsFormat, .weightsFormat, allowed: 0...0)
    try node.requireRank(w, 2)
    let (units, depth) = (w.shape[0], w.shape[1])
    guard x.shape.count % depth == 0 else {
      throw .operandCount(node: node.index, tensor: x.index, found: x.shape.count, expected: depth)
    }
    let rows = x.shape.count / depth
    try requireShape(
      node, x, y, rows: rows, depth: depth, units: units,
      keep: options?.bool(Schema.FullyConnected.keepDimensions) ?? false)

    let dots = try WeightedDots.prepare(
      node, setup, format, x: x, w: w, bias: node.optionalInput(2),
      range: node.activationRange(options, Schema.FullyConnected.activation, y),
      zeroPointOfInt8: true)
    return FullyConnected(
      node: node.index, x: x.index, y: y.index, rows: rows, weights: WeightSource(w), dots: dots)
  }

  private static func requireShape(
    _ node: Node, _ x: Tensor, _ y: Tensor, rows: Int, depth: Int, units: Int, keep: Bool
  ) throws(ModelError) {
    guard keep else { return try node.requireShape(y, Shape([rows, units])) }
    try node.requireRank(x, atLeast: 1)
    try node.requireDimension(x, x.shape.rank - 1, depth)
    try node.requireShape(y, Shape(x.shape.array.dropLast() + [units]))
  }

  /// Units whose weights are unpacked together.
  private var block: Int { min(dots.channels, RuntimeLimits.sumsBlock) }

  var multiplyAccumulates: Int { rows * dots.channels * dots.terms }
  var scratchBytes: Int { dots.sumsBytes + weights.scratchBytes(block * dots.terms) }

  func eval(_ memory: Memory) {
    let x = UnsafeRawPointer(memory.tensor(x, as: UInt8.self))
    let y = UnsafeMutableRawPointer(memory.tensor(y, as: UInt8.self))
    let sums = memory.scratch(node)
    let rowBytes = dots.channels &* dots.format.elementBytes
    var unit = 0
    while unit < dots.channels {
      let count = min(dots.channels &- unit, block)
      let w = weights.load(
        memory, first: unit &* dots.terms, count: count &* dots.terms,
        scratch: sums + dots.sumsBytes)
      for row in 0..<rows {
        dots.eval(
          x + row &* dots.patchBytes, w, first: unit, count: count, sums: sums,
          into: y + (row &* rowBytes &+ unit &* dots.format.elementBytes))
      }
      unit &+= count
    }
  }
}

extension Schema {
  enum FullyConnected {
    static let optionsType: UInt8 = 8
    static let activation = 0, weightsFormat = 1, keepDimensions = 2, biasType = 4
  }
}
