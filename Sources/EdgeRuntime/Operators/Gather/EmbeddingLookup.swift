/// y[t, …] = values[index[t], …]
///
///     index   [count]         Int32, in 0 ..< rows (see `IndexedCopy`)
///     values  [rows, inner…]  any movable type, rank 2 or more
///     y       [count, inner…]  type and quantization of the values
///
/// A lookup of Int8 values into Float32 is refused: a model can use DEQUANTIZE after the lookup
/// instead.
struct EmbeddingLookup: Kernel {
  static let versions: ClosedRange<Int32> = 1...5  // Later versions add types only.

  private let copy: IndexedCopy

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> EmbeddingLookup {
    try node.requireOperands(inputs: 2...2)
    let (indices, values) = (try node.input(0), try node.input(1))
    try node.requireType(indices, .int32)
    try node.requireRank(indices, 1)
    try node.requireRank(values, atLeast: 2)
    var dimensions = values.shape.array
    dimensions[0] = indices.shape[0]
    try node.requireDimensions(node.outputs[0], dimensions)
    return EmbeddingLookup(
      copy: try IndexedCopy(node, setup, x: values, axes: 0..<1, indices: indices, batchAxes: 0))
  }

  func eval(_ memory: Memory) { copy.run(memory) }
}
