/// y = the inputs side by side along a new axis
///
///     x…  n inputs of one shape, of rank 5 at most; any movable type
///     y   x's shape with n inserted at the axis; type and quantization of every input
struct Pack: DataMovement {
  static let versions: ClosedRange<Int32> = 1...5  // Later versions add types only.

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Pack {
    try node.requireOperands(inputs: 1...RuntimeLimits.operandsMax)
    let (first, y) = (try node.input(0), node.outputs[0])
    let options = try node.options(Schema.Pack.optionsType)
    let count = node.inputs.count
    let written = try options?.integer(Schema.Pack.count) ?? Int32(count)
    try node.require(.parts, Int(written), in: count...count)
    let axis = try node.axis(
      Int(options?.integer(Schema.Pack.axis) as Int32? ?? 0), ofRank: first.shape.rank + 1)
    var dimensions = first.shape.array
    dimensions.insert(count, at: axis)
    try node.requireDimensions(y, dimensions)
    var parts: [Tensor] = []
    for position in node.inputs.indices {
      let x = try node.input(position)
      try node.requireMovable(x, to: y)
      try node.requireShape(x, first.shape)
      parts.append(x)
    }
    return Pack(
      copies: try Copies(
        node, setup, parts: parts, in: y, rows: y.shape.count(axes: 0..<axis), isJoin: true))
  }
}

extension Schema {
  enum Pack {
    static let optionsType: UInt8 = 59
    static let count = 0, axis = 1
  }
}
