/// y = x stretched to a shape by NumPy's rule: the shapes are aligned at the last axis, and axes
/// that are 1 or missing are repeated.
///
///     x      any movable type
///     shape  [rank]  Int32 or Int64; constant
///     y      [rank]  `shape`; type and quantization of x
struct BroadcastTo: DataMovement {
  static let versions: ClosedRange<Int32> = 1...4  // Later versions add types only.

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> BroadcastTo {
    try node.requireOperands(inputs: 2...2)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireMovable(x, to: y)
    try node.requireDimensions(y, node.integers(node.input(1)))
    let missing = y.shape.rank - x.shape.rank
    guard missing >= 0 else { throw node.refusal(ofRank: x, expected: y.shape.rank) }
    var copy = StridedCopy(.tensor(x.index), to: y.index, unit: x.type.byteCount ?? 1)
    let (from, to) = (x.shape.byteStrides(of: x.type), y.shape.byteStrides(of: y.type))
    for axis in 0..<y.shape.rank {
      let size = axis < missing ? 1 : x.shape[axis - missing]
      if size != 1 { try node.requireDimension(x, axis - missing, y.shape[axis]) }
      copy.append(
        y.shape[axis], source: size == 1 ? 0 : from[axis - missing], target: to[axis])
    }
    return BroadcastTo(copies: try Copies(node, setup, [copy]))
  }
}
