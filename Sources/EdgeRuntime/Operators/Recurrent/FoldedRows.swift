import CKernels

/// Dot products of rows of int8 weights with int8 inputs, for an operator that continues with the
/// sums:
///
///     sum[r] = bias[r] + Σₖ (x[k] − inputZero) · w[r, k]
///
/// `ck_dot_rows` adds up the raw bytes, and one Int32 for each row holds the bias and the zero
/// point's part.
struct FoldedRows: BitwiseCopyable {
  let weights: Int
  let rows: Int
  let terms: Int
  private let biases: UnsafePointer<Int32>

  /// Proves that no partial sum overflows Int32, for any inputs.
  ///
  ///     |x| and |inputZero| are at most 128: any part of the sum is at most 256 · Σ |w| + |bias|
  ///
  /// - Parameters:
  ///   - weights: constant, [rows, terms], Int8, one scale, zero point 0.
  ///   - bias: constant, [rows], Int32; nil for none.
  static func prepare(
    _ node: Node, _ setup: Setup, _ weights: Tensor, bias: Tensor?, inputZero: Int32
  ) throws(ModelError) -> FoldedRows {
    try node.requireType(weights, .int8)
    try node.requireZeroWeightPoints(weights)
    let (rows, terms) = (weights.shape[0], weights.shape[1])
    let bytes = try node.requireConstant(weights).assumingMemoryBound(to: Int8.self)
    let biasBytes = try bias.map { bias throws(ModelError) in
      try node.requireType(bias, .int32)
      try node.requireShape(bias, Shape([rows]))
      return try node.requireConstant(bias)
    }
    try setup.visit(rows * terms)
    let biases = try setup.tables.table(of: Int32.self, count: rows)
    for row in 0..<rows {
      var (sum, magnitude) = (0, 0)
      for term in row * terms..<(row + 1) * terms {
        sum &+= Int(bytes[term])
        magnitude &+= abs(Int(bytes[term]))
      }
      let bias = biasBytes.map {
        Int($0.loadUnaligned(fromByteOffset: 4 * row, as: Int32.self))
      }
      guard 256 * magnitude + abs(bias ?? 0) <= Int(Int32.max) else {
        throw .accumulatorOverflow(node: node.index, channel: row)
      }
      biases[row] = Int32((bias ?? 0) - Int(inputZero) * sum)
    }
    return FoldedRows(
      weights: weights.index, rows: rows, terms: terms, biases: UnsafePointer(biases))
  }

  /// Computes the raw sums of `count` rows from `first` on.
  @inline(__always)
  func dots(
    _ memory: Memory, _ x: UnsafePointer<Int8>, first: Int, count: Int,
    into sums: UnsafeMutablePointer<Int32>
  ) {
    let weights = memory.tensor(weights, as: Int8.self)
    ck_dot_rows(x, weights + first &* terms, terms, count, sums)
  }

  /// Computes a row's sum from its raw sum.
  @inline(__always)
  func sum(_ raw: Int32, row: Int) -> Int32 { raw &+ biases[row] }
}
