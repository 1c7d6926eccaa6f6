/// y = x with a new axis of 1. Any movable type; no byte moves.
///
///     axis  1 element, Int32 or Int64, in −rank − 1 ... rank; constant
struct ExpandDims: DataMovement {
  static let versions: ClosedRange<Int32> = 1...1

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> ExpandDims {
    try node.requireOperands(inputs: 2...2)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireMovable(x, to: y)
    let axis = try node.axis(node.integer(node.input(1)), ofRank: x.shape.rank + 1)
    var dimensions = x.shape.array
    dimensions.insert(1, at: axis)
    try node.requireDimensions(y, dimensions)
    return ExpandDims(copies: try Copies(node, setup, all: x, to: y))
  }
}
