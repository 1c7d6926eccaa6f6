/// One of the four gates of an LSTM, before its activation:
///
///     g[c] = clamp(clamp(round₂(mₓ · (bias[c] + Σₖ (x[k] − xZero) · w[c, k])))
///                  + clamp(round₂(mₕ · Σₖ (h[k] − hZero) · r[c, k])))
///
///     w     [cells, inputs]  Int8, zero point 0
///     r     [cells, cells]   Int8, zero point 0
///     bias  [cells]          Int32, used unchanged
///     g     Int16 of scale 2⁻¹²
///
/// mₓ = x.scale · w.scale · 2¹², where the product of the scales is in float32 as in the reference;
/// mₕ is computed in the same way. round₂ is the double rounding of `FixedMultiplier`; every clamp
/// is to Int16.
struct LSTMGate: BitwiseCopyable {
  /// 2⁻¹², the input scale of the 16-bit activations.
  private static let scale: Float = 0x1p-12

  private let inputRows: FoldedRows
  private let stateRows: FoldedRows
  private let inputMultiplier: FixedMultiplier
  private let stateMultiplier: FixedMultiplier

  /// The positions are positions among the node's inputs.
  static func prepare(
    _ node: Node, _ setup: Setup, weights: Int, recurrent: Int, bias: Int, input x: Tensor,
    state h: Tensor, cells: Int
  ) throws(ModelError) -> LSTMGate {
    let (w, r) = (try node.input(weights), try node.input(recurrent))
    let bias = try node.input(bias)
    try node.requireShape(w, Shape([cells, x.shape[2]]))
    try node.requireShape(r, Shape([cells, cells]))
    let (xAffine, hAffine) = (try node.requireAffine(x), try node.requireAffine(h))
    return LSTMGate(
      inputRows: try FoldedRows.prepare(
        node, setup, w, bias: bias, inputZero: xAffine.zeroPoint),
      stateRows: try FoldedRows.prepare(
        node, setup, r, bias: nil, inputZero: hAffine.zeroPoint),
      inputMultiplier: try node.multiplier(
        Double(xAffine.scale * node.requireAffine(w).scale) / Double(scale)),
      stateMultiplier: try node.multiplier(
        Double(hAffine.scale * node.requireAffine(r).scale) / Double(scale)))
  }

  var multiplyAccumulates: Int {
    inputRows.rows * inputRows.terms + stateRows.rows * stateRows.terms
  }

  /// Computes the gate of `count` ≤ `RuntimeLimits.sumsBlock` cells from `first` on, as raw sums:
  /// two blocks of them, one from x and one from h.
  @inline(__always)
  func dots(
    _ memory: Memory, _ x: UnsafePointer<Int8>, _ h: UnsafePointer<Int8>, first: Int, count: Int,
    into sums: UnsafeMutablePointer<Int32>
  ) {
    inputRows.dots(memory, x, first: first, count: count, into: sums)
    stateRows.dots(memory, h, first: first, count: count, into: sums + RuntimeLimits.sumsBlock)
  }

  /// Computes one cell's value from the raw sums of its block.
  @inline(__always)
  func value(_ sums: UnsafePointer<Int32>, _ index: Int, cell: Int) -> Int32 {
    let ofInput = inputMultiplier(inputRows.sum(sums[index], row: cell))
    let ofState = stateMultiplier(
      stateRows.sum(sums[RuntimeLimits.sumsBlock &+ index], row: cell))
    return Self.clamp(Self.clamp(ofInput) &+ Self.clamp(ofState))
  }

  @inline(__always)
  static func clamp(_ value: Int32) -> Int32 { max(-32768, min(32767, value)) }
}
