/// y = x with another shape. Any movable type; the same count of elements.
///
/// The planner gives both tensors one place in the arena, so that the operator costs nothing. Only
/// a constant input is copied.
struct Reshape: DataMovement {
  static let versions: ClosedRange<Int32> = 1...1

  let copies: Copies

  /// The new shape comes from the second input, which must be known before the first inference, or
  /// from the options if there is no second input. One dimension may be −1: it is computed from the
  /// count of elements.
  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Reshape {
    try node.requireOperands(inputs: 1...2)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireMovable(x, to: y)
    try node.requireCount(y, x.shape.count)
    let options = try node.options(Schema.Reshape.optionsType)
    if let shape = node.optionalInput(1) {
      try require(node, y, node.integers(shape))
    } else if let shape = try options?.vector(Schema.Reshape.newShape, of: Int32.self) {
      try node.require(.newShape, shape.count, in: 0...RuntimeLimits.rankMax)
      var dimensions: [Int] = []
      for axis in 0..<shape.count { dimensions.append(Int(shape[axis])) }
      // Converters wrote [0] for a scalar when no vector could be empty.
      if dimensions == [0] { dimensions = [] }
      try require(node, y, dimensions)
    }
    return Reshape(copies: try Copies(node, setup, all: x, to: y))
  }

  private static func require(
    _ node: Node, _ y: Tensor, _ dimensions: [Int]
  ) throws(ModelError) {
    try node.requireRank(y, dimensions.count)
    var rest = 0
    for axis in 0..<dimensions.count {
      if dimensions[axis] == -1 {
        rest += 1
        try node.require(.newShape, rest, in: 0...1)
      } else {
        try node.requireDimension(y, axis, dimensions[axis])
      }
    }
  }
}

extension Schema {
  enum Reshape {
    static let optionsType: UInt8 = 17
    static let newShape = 0
  }
}
