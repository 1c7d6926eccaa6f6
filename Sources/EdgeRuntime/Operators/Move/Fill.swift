/// y = one value everywhere
///
///     dimensions  [rank]     Int32 or Int64; constant
///     value       1 element  any movable type
///     y           [rank]     `dimensions`; type and quantization of the value
struct Fill: DataMovement {
  static let versions: ClosedRange<Int32> = 1...5  // Later versions add types only.

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Fill {
    try node.requireOperands(inputs: 2...2)
    let (value, y) = (try node.input(1), node.outputs[0])
    try node.requireCount(value, 1)
    try node.requireMovable(value, to: y)
    try node.requireDimensions(y, node.integers(node.input(0)))
    return Fill(
      copies: try Copies(node, setup, [StridedCopy(filling: y, from: .tensor(value.index))]))
  }
}
