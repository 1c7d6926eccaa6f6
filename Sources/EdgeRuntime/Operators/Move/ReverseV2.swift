/// y = x read backwards along some axes
///
///     x     [rank]   any movable type
///     axes  [count]  Int32 or Int64, in −rank ..< rank, none twice; constant
///     y     [rank]   type and quantization of x
struct ReverseV2: DataMovement {
  static let versions: ClosedRange<Int32> = 1...4  // Later versions add types only.

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> ReverseV2 {
    try node.requireOperands(inputs: 2...2)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireMovable(x, to: y)
    try node.requireShape(y, x.shape)
    let steps = x.shape.byteStrides(of: x.type)
    let isReversed = try node.axes(node.input(1), of: x)
    var start = 0
    for axis in 0..<x.shape.rank where isReversed[axis] {
      start += (x.shape[axis] - 1) * steps[axis]
    }
    var copy = StridedCopy(.tensor(x.index), at: start, to: y.index, unit: x.type.byteCount ?? 1)
    for axis in 0..<x.shape.rank {
      copy.append(
        x.shape[axis], source: isReversed[axis] ? -steps[axis] : steps[axis], target: steps[axis])
    }
    return ReverseV2(copies: try Copies(node, setup, [copy]))
  }
}
