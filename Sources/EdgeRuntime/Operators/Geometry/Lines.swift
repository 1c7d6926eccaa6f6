/// A tensor as lines along one of its axes: `outer` · `inner` lines of `depth` elements, which are
/// `inner` elements apart.
struct Lines: BitwiseCopyable {
  let outer: Int
  let depth: Int
  let inner: Int

  init(_ shape: Shape, along axis: Int) {
    outer = shape.count(axes: 0..<axis)
    depth = shape[axis]
    inner = shape.count(axes: axis + 1..<shape.rank)
  }

  /// The lines along the last axis, which follow each other in memory. Refuses a scalar.
  init(rowsOf tensor: Tensor, _ node: Node) throws(ModelError) {
    try node.requireRank(tensor, atLeast: 1)
    self.init(tensor.shape, along: tensor.shape.rank - 1)
  }

  /// Calls `body` with the place of each line's first element and the number of the line, from 0.
  @inline(__always)
  func forEach(_ body: (_ first: Int, _ line: Int) -> Void) {
    for block in 0..<outer {
      for line in 0..<inner { body(block &* depth &* inner &+ line, block &* inner &+ line) }
    }
  }
}
