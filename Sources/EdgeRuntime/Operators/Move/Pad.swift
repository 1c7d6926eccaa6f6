/// PAD, PADV2: y = x with a value before and after each axis: the real 0 (yZero if x is quantized,
/// else 0), or a given value.
///
///     x         [rank ≤ 6]  any movable type
///     paddings  [rank, 2]   Int32 or Int64, each ≥ 0; constant
///     value     1 element   type and quantization of x; PADV2 only
///     y         [rank]      type and quantization of x
struct Pad: DataMovement {
  static let versions: ClosedRange<Int32> = 1...6  // Later versions add types only.

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Pad {
    let isGiven = node.kind == .padV2
    let count = isGiven ? 3 : 2
    try node.requireOperands(inputs: count...count)
    let copy = try StridedCopy(padding: node)
    let y = node.outputs[0]
    let source = isGiven ? try value(node, y) : try setup.tables.zero(of: y)
    return Pad(copies: try Copies(node, setup, [StridedCopy(filling: y, from: source), copy]))
  }

  private static func value(_ node: Node, _ y: Tensor) throws(ModelError) -> StridedCopy.Source {
    let value = try node.input(2)
    try node.requireCount(value, 1)
    try node.requireMovable(value, to: y)
    return .tensor(value.index)
  }
}

extension StridedCopy {
  /// Copies x into the middle of y, after the checks for PAD, PADV2 and MIRROR_PAD.
  init(padding node: Node) throws(ModelError) {
    let (x, paddings, y) = (try node.input(0), try node.input(1), node.outputs[0])
    try node.requireMovable(x, to: y)
    try node.requireShape(paddings, Shape([x.shape.rank, 2]))
    let amounts = try node.integers(paddings)
    let room = 0...RuntimeLimits.dimensionMax
    var dimensions = x.shape.array
    for axis in dimensions.indices {
      let (before, after) = (amounts[2 * axis], amounts[2 * axis + 1])
      try node.require(.paddingBefore, before, in: room)
      try node.require(.paddingAfter, after, in: room)
      dimensions[axis] += before + after
    }
    try node.requireDimensions(y, dimensions)
    let steps = x.shape.byteStrides(of: x.type)
    let targetSteps = y.shape.byteStrides(of: y.type)
    var start = 0
    for axis in dimensions.indices { start += amounts[2 * axis] * targetSteps[axis] }
    self.init(.tensor(x.index), to: y.index, offset: start, unit: x.type.byteCount ?? 1)
    for axis in dimensions.indices {
      append(x.shape[axis], source: steps[axis], target: targetSteps[axis])
    }
  }
}

extension Tables {
  /// One element of a tensor's type that stands for the real 0: the zero point if the tensor is
  /// quantized, else bytes of 0.
  func zero(of tensor: Tensor) throws(ModelError) -> StridedCopy.Source {
    let element = try table(of: Int64.self, count: 1)
    element.pointee = Int64(tensor.affine?.zeroPoint ?? 0).littleEndian
    return .table(UnsafeRawPointer(element))
  }
}
