/// y = x repeated along each axis
///
///     x          [rank]  any movable type
///     multiples  [rank]  Int32 or Int64, each ≥ 1; constant
///     y          [rank]  type and quantization of x
///
/// x goes into y's corner. Then, from the innermost axis outwards, the elements that are already
/// there are repeated.
struct Tile: DataMovement {
  static let versions: ClosedRange<Int32> = 1...3  // Later versions add types only.

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Tile {
    try node.requireOperands(inputs: 2...2)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireMovable(x, to: y)
    let multiples = try node.integers(node.input(1), count: x.shape.rank)
    var dimensions = x.shape.array
    for axis in dimensions.indices {
      try node.require(.multiple, multiples[axis], in: 1...RuntimeLimits.dimensionMax)
      dimensions[axis] *= multiples[axis]
    }
    try node.requireDimensions(y, dimensions)
    let (from, to) = (x.shape.byteStrides(of: x.type), y.shape.byteStrides(of: y.type))
    var copy = StridedCopy(.tensor(x.index), to: y.index, unit: x.type.byteCount ?? 1)
    for axis in dimensions.indices {
      copy.append(x.shape[axis], source: from[axis], target: to[axis])
    }
    var copies = [copy]
    for axis in dimensions.indices.reversed() where multiples[axis] > 1 {
      let unit = x.shape[axis] * to[axis]
      var copy = StridedCopy(.tensor(y.index), to: y.index, offset: unit, unit: unit)
      for outer in 0..<axis { copy.append(x.shape[outer], source: to[outer], target: to[outer]) }
      copy.append(multiples[axis] - 1, source: 0, target: unit)
      copies.append(copy)
    }
    return Tile(copies: try Copies(node, setup, copies))
  }
}
