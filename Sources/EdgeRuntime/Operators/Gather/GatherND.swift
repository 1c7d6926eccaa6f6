/// y[t…, inner…] = x[index[t…, 0], …, index[t…, k − 1], inner…]
///
///     x      [rank ≥ 1]   any movable type
///     index  [t…, k]      Int32 or Int64, k ≤ rank, each within its axis (see `IndexedCopy`)
///     y      [t…, inner…]  type and quantization of x
struct GatherND: Kernel {
  static let versions: ClosedRange<Int32> = 1...6  // Later versions add types only.

  private let copy: IndexedCopy

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> GatherND {
    try node.requireOperands(inputs: 2...2)
    let (x, indices) = (try node.input(0), try node.input(1))
    let last = try node.axis(-1, ofRank: indices.shape.rank)
    let count = indices.shape[last]
    guard count <= x.shape.rank else {
      throw .axisOutOfRange(node: node.index, axis: count - 1, rank: x.shape.rank)
    }
    var dimensions = Array(indices.shape.array[..<last])
    dimensions += x.shape.array[count...]
    try node.requireDimensions(node.outputs[0], dimensions)
    return GatherND(
      copy: try IndexedCopy(node, setup, x: x, axes: 0..<count, indices: indices, batchAxes: 0))
  }

  func eval(_ memory: Memory) { copy.run(memory) }
}
