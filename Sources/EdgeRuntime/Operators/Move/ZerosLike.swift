/// y = the real 0 everywhere, in x's shape; yZero if x is quantized.
///
///     x, y  any shape, any movable type; one quantization
struct ZerosLike: DataMovement {
  static let versions: ClosedRange<Int32> = 1...1

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> ZerosLike {
    try node.requireOperands(inputs: 1...1)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireMovable(x, to: y)
    try node.requireShape(y, x.shape)
    let zero = try setup.tables.zero(of: y)
    return ZerosLike(copies: try Copies(node, setup, [StridedCopy(filling: y, from: zero)]))
  }
}
