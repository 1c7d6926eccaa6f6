/// A long short-term memory over a sequence. For each step of time, with σ the sigmoid and i, f, g,
/// o the gates (`LSTMGate`) of the step's inputs and the last h:
///
///     c = clip(clamp(clamp(round₂(2⁻¹⁵ · σ(f) · c))
///                    + clamp(round₂(2⁻³⁰ / c.scale · σ(i) · tanh(g)))))
///     h = y[step] = clamp(hZero + round₂(2⁻³⁰ / h.scale · tanh(c) · σ(o)))
///
///     0       x     [batches, steps, inputs], or [steps, batches, inputs] when time is major
///                   Int8, any zero point
///     1...4   w     [cells, inputs] of i, f, g, o     Int8, zero point 0
///     5...8   r     [cells, cells] of i, f, g, o      Int8, zero point 0
///     12...15 bias  [cells] of i, f, g, o             Int32
///     18      h     batches · cells elements          Int8, a state
///     19      c     batches · cells elements          Int16, a state; scale a power of two
///     output  y     as x, with cells for inputs       Int8, quantized as h
///
/// The other inputs belong to variants, which are refused with the variant's name. σ and tanh are
/// those of `SigmoidTable`, in Q0.15; round₂ is the double rounding of `FixedMultiplier`; each
/// clamp is to the limits of the type.
///
/// The reference is TensorFlow Lite Micro. The results of TensorFlow Lite differ by one in some
/// places.
struct UnidirectionalSequenceLSTM: Kernel {
  static let versions: ClosedRange<Int32> = 1...4  // 2, 3: floats with int8 weights; 4: diagonal
  static let stateInputs = 18..<20

  private static let inputCount = 24

  private let node: Int
  private let x: Int, h: Int, c: Int, y: Int
  private let batches: Int, steps: Int, inputs: Int, cells: Int
  private let isTimeMajor: Bool
  /// The gates i, f, g and o.
  private let gates: UnsafePointer<LSTMGate>
  private let table: SigmoidTable
  private let cellRange: CellRange
  private let forgetMultiplier: FixedMultiplier
  private let inputMultiplier: FixedMultiplier
  private let outputMultiplier: FixedMultiplier
  private let hiddenZero: Int32

  static func prepare(
    _ node: Node, _ setup: Setup
  ) throws(ModelError) -> UnidirectionalSequenceLSTM {
    try node.requireOperands(inputs: inputCount...inputCount)
    let options = try node.options(Schema.LSTM.optionsType)
    try refuseVariants(node, options)
    let (x, h, c, y) = (try node.input(0), try node.state(18), try node.state(19), node.outputs[0])
    for tensor in [x, h, y] { try node.requireType(tensor, .int8) }
    try node.requireType(c, .int16)
    try node.requireRank(x, 3)
    try node.requireRank(y, 3)
    let isTimeMajor = try options?.bool(Schema.LSTM.timeMajor) ?? false
    let (batches, steps) = (x.shape[isTimeMajor ? 1 : 0], x.shape[isTimeMajor ? 0 : 1])
    let cells = y.shape[2]
    try node.requireShape(y, Shape([x.shape[0], x.shape[1], cells]))
    try node.requireCount(h, batches * cells)
    try node.requireCount(c, batches * cells)
    try node.requireSameQuantization(h, y)
    let hidden = try node.requireAffine(h)
    let cellRange = try CellRange(node, c, clip: options?.float(Schema.LSTM.cellClip) ?? 0)

    let gates = try setup.tables.table(of: LSTMGate.self, count: 4)
    for gate in 0..<4 {
      (gates + gate).initialize(
        to: try LSTMGate.prepare(
          node, setup, weights: 1 + gate, recurrent: 5 + gate, bias: 12 + gate, input: x,
          state: h, cells: cells))
    }
    // σ and tanh are Q0.15.
    return UnidirectionalSequenceLSTM(
      node: node.index, x: x.index, h: h.index, c: c.index, y: y.index, batches: batches,
      steps: steps, inputs: x.shape[2], cells: cells, isTimeMajor: isTimeMajor,
      gates: UnsafePointer(gates), table: SigmoidTable(), cellRange: cellRange,
      forgetMultiplier: try node.multiplier(0x1p-15),
      inputMultiplier: try node.multiplier(0x1p-30 / Double(node.requireAffine(c).scale)),
      outputMultiplier: try node.multiplier(0x1p-30 / Double(hidden.scale)),
      hiddenZero: hidden.zeroPoint)
  }

  /// The error names the variant, because a user can train the model without it.
  private static func refuseVariants(
    _ node: Node, _ options: FlatTable?
  ) throws(ModelError) {
    let unused: [(Range<Int>, RecurrentVariant)] = [
      (9..<12, .peepholes), (16..<18, .projection), (20..<24, .layerNormalization),
    ]
    for (positions, variant) in unused {
      for position in positions where node.inputs[position] != nil {
        throw .recurrentVariant(node: node.index, variant)
      }
    }
    for position in [1, 5, 12] where node.inputs[position] == nil {
      throw .recurrentVariant(node: node.index, .coupledGates)
    }
    if try options?.bool(Schema.LSTM.diagonalRecurrence) ?? false {
      throw .recurrentVariant(node: node.index, .diagonalRecurrence)
    }
    let activation = try node.activationCode(options, Schema.LSTM.activation)
    guard activation == Schema.LSTM.tanh else {
      throw .activationUnsupported(node: node.index, activation: activation)
    }
  }

  var multiplyAccumulates: Int {
    var ofStep = 0
    for gate in 0..<4 { ofStep += gates[gate].multiplyAccumulates }
    return batches * steps * ofStep
  }

  /// The raw sums of four gates, from inputs and from h, for one block of cells.
  var scratchBytes: Int { 8 * RuntimeLimits.sumsBlock * MemoryLayout<Int32>.stride }

  /// `prepare` has proved every index here. Batches do not depend on each other, so they run one
  /// after the other, also when time is major.
  func eval(_ memory: Memory) {
    for batch in 0..<batches {
      let h = memory.tensor(h, as: Int8.self) + batch &* cells
      let c = memory.tensor(c, as: Int16.self) + batch &* cells
      for step in 0..<steps {
        let row = isTimeMajor ? step &* batches &+ batch : batch &* steps &+ step
        let y = memory.tensor(y, as: Int8.self) + row &* cells
        take(memory, memory.tensor(x, as: Int8.self) + row &* inputs, h, c, y)
        // This must not come earlier: every cell reads all of the last h.
        h.update(from: y, count: cells)
      }
    }
  }

  /// Computes one step of one batch.
  @inline(__always)
  private func take(
    _ memory: Memory, _ x: UnsafePointer<Int8>, _ h: UnsafePointer<Int8>,
    _ c: UnsafeMutablePointer<Int16>, _ y: UnsafeMutablePointer<Int8>
  ) {
    let sums = memory.scratch(node).assumingMemoryBound(to: Int32.self)
    let pitch = 2 &* RuntimeLimits.sumsBlock
    var first = 0
    while first < cells {
      let count = min(cells &- first, RuntimeLimits.sumsBlock)
      for gate in 0..<4 {
        gates[gate].dots(memory, x, h, first: first, count: count, into: sums + gate &* pitch)
      }
      for index in 0..<count {
        let cell = first &+ index
        let i = table.sigmoid(3 &* gates[0].value(sums, index, cell: cell))
        let f = table.sigmoid(3 &* gates[1].value(sums + pitch, index, cell: cell))
        let g = table.tanh(3 &* gates[2].value(sums + 2 &* pitch, index, cell: cell))
        let o = table.sigmoid(3 &* gates[3].value(sums + 3 &* pitch, index, cell: cell))
        c[cell] = remember(Int32(c[cell]), forget: Int32(f), add: Int32(i) &* Int32(g))
        let hidden = Int32(table.tanh(cellRange.scaled(Int32(c[cell])))) &* Int32(o)
        let output = outputMultiplier(hidden) &+ hiddenZero
        y[cell] = Int8(truncatingIfNeeded: max(-128, min(127, output)))
      }
      first &+= count
    }
  }

  /// Computes the new value of one cell. Products of two 16-bit numbers are at most 2³⁰.
  @inline(__always)
  private func remember(_ cell: Int32, forget: Int32, add: Int32) -> Int16 {
    let kept = LSTMGate.clamp(forgetMultiplier(forget &* cell))
    let added = LSTMGate.clamp(inputMultiplier(add))
    return cellRange.clipped(LSTMGate.clamp(kept &+ added))
  }
}

/// How the cells' scale relates to the unit of tanh, and the limit at which the cells are clipped.
struct CellRange: BitwiseCopyable {
  private let multiplier: Int32
  private let shift: Int32
  private let limit: Int32

  /// `cells` must be Int16 with zero point 0 and a scale that is a power of two.
  ///
  /// - Parameter clip: the real limit of |c|; 0 or less means no limit.
  init(_ node: Node, _ cells: Tensor, clip: Float) throws(ModelError) {
    let affine = try node.requireSymmetric(cells)
    // As in the reference, the logarithm may differ from a whole number by a thousandth.
    let isAbove = affine.scale.significand > 1.9986
    guard isAbove || affine.scale.significand < 1.0007 else {
      throw .multiplierOutOfRange(node: node.index, channel: 0)
    }
    let power = Int32(affine.scale.exponent) + (isAbove ? 1 : 0)
    // tanh takes units of 2⁻¹² / 3. With larger scales the result would not fit Int32, and with
    // smaller ones it would always be 0.
    guard power >= -24, power <= 0 else {
      throw .multiplierOutOfRange(node: node.index, channel: 0)
    }
    multiplier = power >= -12 ? 3 << (power + 12) : 3
    shift = power >= -12 ? 0 : -12 - power
    // NaN means no limit, as in the reference.
    limit = clip > 0 ? Int32(min(Double(clip) / Double(affine.scale), 32767)) : 32768
  }

  /// Converts a cell to the unit that tanh takes, rounded to the nearest, ties upward.
  @inline(__always)
  func scaled(_ cell: Int32) -> Int32 {
    (cell &* multiplier &+ (shift > 0 ? 1 &<< (shift &- 1) : 0)) &>> shift
  }

  @inline(__always)
  func clipped(_ cell: Int32) -> Int16 {
    Int16(truncatingIfNeeded: max(-limit, min(limit, cell)))
  }
}

extension Schema {
  /// UnidirectionalSequenceLSTMOptions
  enum LSTM {
    static let optionsType: UInt8 = 71
    static let activation = 0, cellClip = 1, timeMajor = 3, diagonalRecurrence = 5
    /// ActivationFunctionType
    static let tanh = 4
  }
}
