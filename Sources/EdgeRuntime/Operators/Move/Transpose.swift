/// y[i₀ … iₙ₋₁] = x[…], where y's axis k is x's axis perm[k]
///
///     x     [rank]  any movable type
///     perm  [rank]  Int32 or Int64, in −rank ..< rank, none twice; constant
///     y     [rank]  type and quantization of x
///
/// Axes that stay neighbours are moved as one axis, so that NHWC ↔ NCHW has three axes.
struct Transpose: DataMovement {
  static let versions: ClosedRange<Int32> = 1...9  // Later versions add types and ranks.

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Transpose {
    try node.requireOperands(inputs: 2...2)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireMovable(x, to: y)
    var axes: [Int] = []
    var dimensions: [Int] = []
    for written in try node.integers(node.input(1), count: x.shape.rank) {
      let axis = try node.axis(written, ofRank: x.shape.rank)
      guard !axes.contains(axis) else { throw .axisRepeated(node: node.index, axis: axis) }
      axes.append(axis)
      dimensions.append(x.shape[axis])
    }
    try node.requireDimensions(y, dimensions)
    var copy = StridedCopy(.tensor(x.index), to: y.index, unit: x.type.byteCount ?? 1)
    let steps = x.shape.byteStrides(of: x.type)
    let targetSteps = y.shape.byteStrides(of: y.type)
    for axis in axes.indices {
      copy.append(dimensions[axis], source: steps[axes[axis]], target: targetSteps[axis])
    }
    return Transpose(copies: try Copies(node, setup, [copy]))
  }
}
