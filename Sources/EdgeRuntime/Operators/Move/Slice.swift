/// y = the box of x that begins at `begin` and measures `size`
///
///     x      [rank]  any movable type
///     begin  [rank]  Int32 or Int64, each in 0 ..< x's dimension; constant
///     size   [rank]  begin's type; −1 for everything from begin on; constant
///     y      [rank]  `size`; type and quantization of x
struct Slice: DataMovement {
  static let versions: ClosedRange<Int32> = 1...8  // Later versions add types only.

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Slice {
    try node.requireOperands(inputs: 3...3)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireMovable(x, to: y)
    let begins = try node.integers(node.input(1), count: x.shape.rank)
    var sizes = try node.integers(node.input(2), count: x.shape.rank)
    let steps = x.shape.byteStrides(of: x.type)
    var start = 0
    for axis in sizes.indices {
      try node.require(.begin, begins[axis], in: 0...x.shape[axis] - 1)
      let room = x.shape[axis] - begins[axis]
      if sizes[axis] == -1 { sizes[axis] = room }
      try node.require(.partSize, sizes[axis], in: 1...room)
      start += begins[axis] * steps[axis]
    }
    try node.requireDimensions(y, sizes)
    var copy = StridedCopy(
      .tensor(x.index), at: start, to: y.index, unit: x.type.byteCount ?? 1)
    let targetSteps = y.shape.byteStrides(of: y.type)
    for axis in sizes.indices {
      copy.append(sizes[axis], source: steps[axis], target: targetSteps[axis])
    }
    return Slice(copies: try Copies(node, setup, [copy]))
  }
}
