/// y₀ … yₙ₋₁ = the n parts of x, one for each index of one axis
///
///     x   any shape with n along the axis; any movable type
///     y…  n outputs: x's shape without the axis; type and quantization of x
struct Unpack: DataMovement {
  static let versions: ClosedRange<Int32> = 1...6  // Later versions add types only.

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Unpack {
    try node.requireOperands(inputs: 1...1, outputs: node.outputs.count)
    let x = try node.input(0)
    let options = try node.options(Schema.Unpack.optionsType)
    let axis = try node.axis(
      Int(options?.integer(Schema.Unpack.axis) as Int32? ?? 0), ofRank: x.shape.rank)
    let count = x.shape[axis]
    let written = try options?.integer(Schema.Unpack.count) ?? Int32(count)
    try node.require(.parts, Int(written), in: count...count)
    try node.requireOutputs(count)
    var dimensions = x.shape.array
    dimensions.remove(at: axis)
    for y in node.outputs {
      try node.requireMovable(x, to: y)
      try node.requireDimensions(y, dimensions)
    }
    return Unpack(
      copies: try Copies(
        node, setup, parts: node.outputs, in: x, rows: x.shape.count(axes: 0..<axis),
        isJoin: false))
  }
}

extension Schema {
  enum Unpack {
    static let optionsType: UInt8 = 64
    static let count = 0, axis = 1
  }
}
