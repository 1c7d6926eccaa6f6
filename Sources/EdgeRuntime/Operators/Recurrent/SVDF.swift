/// One step in time of a bank of filters of low rank (a "singular value decomposition filter"):
/// first a dot product over the present inputs, then one over the results of the last steps.
///
///     s[b, f]        moves by one step; its newest is
///     s[b, f, new]   = stateZero + clamp(round₂(m₁ · Σₖ (x[b, k] − xZero) · v[f, k]))
///     y[b, u]        = clamp(yZero + round₂(m₂ · (bias[u]
///                      + Σ over f of u, t of w[f, t] · (s[b, f, t] − stateZero))))
///
///     x     [batches, inputs]           Int8, any zero point
///     v     [filters, inputs]           Int8, zero point 0: weights of features
///     w     [filters, steps]            Int16 or Int8, zero point 0: weights of time
///     bias  [units]                     Int32, scale = s.scale · w.scale; optional
///     s     [batches, filters · steps]  w's type, a state; Int16 has zero point 0
///     y     [batches, units]            Int8, any zero point; filters = units · rank
///
/// m₁ = x.scale · v.scale / s.scale and m₂ = s.scale · w.scale / y.scale, in float32 as the
/// reference computes them; round₂ is the double rounding of `FixedMultiplier`. The clamp to s's
/// type comes before its zero point is added, and that sum wraps. Sums over time wrap: with trained
/// weights of 16 bits, no proof is possible for all states, but real sums stay far below the limit.
///
/// The reference is TensorFlow Lite Micro, which has no fused activation here. RELU is accepted
/// only if y's zero point is −128, because then y's range does the same; otherwise it is refused.
struct SVDF: Kernel {
  static let versions: ClosedRange<Int32> = 1...3  // 3: int8
  static let stateInputs = 4..<5

  private let node: Int
  private let x: Int, w: Int, s: Int, y: Int
  private let batches: Int, inputs: Int, rank: Int, units: Int, steps: Int
  private let features: FoldedRows
  private let bias: Int?
  private let stateZero: Int32, yZero: Int32
  private let stateMultiplier: FixedMultiplier
  private let yMultiplier: FixedMultiplier
  private let isWide: Bool

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> SVDF {
    try node.requireOperands(inputs: 5...5)
    let (x, v, w) = (try node.input(0), try node.input(1), try node.input(2))
    let (s, y) = (try node.state(4), node.outputs[0])
    for tensor in [x, v, y] { try node.requireType(tensor, .int8) }
    try node.requireType(w, oneOf: [.int16, .int8])
    try node.requireType(s, w.type)
    for tensor in [x, v, w] { try node.requireRank(tensor, 2) }
    let (batches, inputs) = (x.shape[0], x.shape[1])
    let (filters, steps) = (v.shape[0], w.shape[1])
    let options = try node.options(Schema.SVDF.optionsType)
    let rank = try node.option(options, Schema.SVDF.rank, .rank, allowed: 1...filters)
    let units = filters / rank
    try node.requireDimension(v, 0, units * rank)
    try node.requireDimension(v, 1, inputs)
    try node.requireDimension(w, 0, filters)
    try node.requireShape(s, Shape([batches, filters * steps]))
    try node.requireShape(y, Shape([batches, units]))
    _ = try node.requireConstant(w)
    try node.requireZeroWeightPoints(w)

    let (xAffine, vAffine) = (try node.requireAffine(x), try node.requireAffine(v))
    let (wAffine, sAffine) = (try node.requireAffine(w), try node.requireAffine(s))
    let yAffine = try node.requireAffine(y)
    if s.type == .int16 { try node.requireSymmetric(s) }
    let activation = try node.activationCode(options, Schema.SVDF.activation)
    guard activation == 0 || activation == 1 && yAffine.zeroPoint == -128 else {
      throw .activationUnsupported(node: node.index, activation: activation)
    }
    let sumScale = sAffine.scale * wAffine.scale
    return SVDF(
      node: node.index, x: x.index, w: w.index, s: s.index, y: y.index, batches: batches,
      inputs: inputs, rank: rank, units: units, steps: steps,
      features: try FoldedRows.prepare(
        node, setup, v, bias: nil, inputZero: xAffine.zeroPoint),
      bias: try bias(node, units: units, sumScale: sumScale, outputScale: yAffine.scale),
      stateZero: sAffine.zeroPoint, yZero: yAffine.zeroPoint,
      stateMultiplier: try node.multiplier(
        Double(xAffine.scale * vAffine.scale / sAffine.scale)),
      yMultiplier: try node.multiplier(Double(sumScale / yAffine.scale)),
      isWide: w.type == .int16)
  }

  private static func bias(
    _ node: Node, units: Int, sumScale: Float, outputScale: Float
  ) throws(ModelError) -> Int? {
    guard let bias = node.optionalInput(3) else { return nil }
    try node.requireType(bias, .int32)
    try node.requireShape(bias, Shape([units]))
    _ = try node.requireConstant(bias)
    let scale = try node.requireAffine(bias).scale
    try node.requireBiasScale(scale, expected: Double(sumScale), output: outputScale)
    return bias.index
  }

  private var filters: Int { units &* rank }

  var multiplyAccumulates: Int { batches * filters * (inputs + steps) }
  var scratchBytes: Int {
    min(filters, RuntimeLimits.sumsBlock) * MemoryLayout<Int32>.stride
  }

  /// `prepare` has proved every index here, and that the sums over inputs do not overflow.
  func eval(_ memory: Memory) {
    if isWide {
      eval(memory, as: Int16.self)
    } else {
      eval(memory, as: Int8.self)
    }
  }

  @inline(__always)
  private func eval<T: FixedWidthInteger & SignedInteger>(_ memory: Memory, as type: T.Type) {
    let state = memory.tensor(s, as: T.self)
    // The states of all filters move as one run. The value that a filter takes from its neighbour
    // is then replaced by its newest value.
    state.update(from: state + 1, count: batches &* filters &* steps &- 1)
    for batch in 0..<batches {
      let state = state + batch &* filters &* steps
      take(memory, memory.tensor(x, as: Int8.self) + batch &* inputs, into: state)
      give(memory, state, memory.tensor(y, as: Int8.self) + batch &* units)
    }
  }

  /// Computes the newest value of every filter.
  @inline(__always)
  private func take<T: FixedWidthInteger & SignedInteger>(
    _ memory: Memory, _ x: UnsafePointer<Int8>, into state: UnsafeMutablePointer<T>
  ) {
    let sums = memory.scratch(node).assumingMemoryBound(to: Int32.self)
    let (low, high) = (Int32(T.min), Int32(T.max))
    var newest = state + (steps &- 1)
    var first = 0
    while first < filters {
      let count = min(filters &- first, RuntimeLimits.sumsBlock)
      features.dots(memory, x, first: first, count: count, into: sums)
      for index in 0..<count {
        let sum = stateMultiplier(features.sum(sums[index], row: first &+ index))
        newest.pointee = T(truncatingIfNeeded: max(low, min(high, sum)) &+ stateZero)
        newest += steps
      }
      first &+= count
    }
  }

  /// Computes the outputs of one batch. The filters of a unit are neighbours, so that a unit needs
  /// only one dot product.
  @inline(__always)
  private func give<T: FixedWidthInteger & SignedInteger>(
    _ memory: Memory, _ state: UnsafePointer<T>, _ y: UnsafeMutablePointer<Int8>
  ) {
    let w = memory.tensor(w, as: T.self)
    let bias = bias.map { memory.tensor($0, as: Int32.self) }
    let terms = rank &* steps
    for unit in 0..<units {
      var sum = bias?[unit] ?? 0
      for term in unit &* terms..<(unit &+ 1) &* terms {
        sum &+= Int32(w[term]) &* (Int32(state[term]) &- stateZero)
      }
      let output = yMultiplier(sum) &+ yZero
      y[unit] = Int8(truncatingIfNeeded: max(-128, min(127, output)))
    }
  }
}

extension Schema {
  enum SVDF {
    static let optionsType: UInt8 = 6
    static let rank = 0, activation = 1
  }
}
