/// SPLIT, SPLIT_V: y₀ … yₙ₋₁ = x cut along one axis, into n parts of one size or of given sizes
///
///     SPLIT    axis, x         x's axis divides by n
///     SPLIT_V  x, sizes, axis
///
///     x      any shape, any movable type
///     axis   1 element, Int32 or Int64, in −rank ..< rank; constant
///     sizes  [n], Int32 or Int64; their sum is x's axis; one of them may be −1, which stands for
///            the rest; constant
///     y…     n outputs; type and quantization of x
struct Split: DataMovement {
  static let versions: ClosedRange<Int32> = 1...5  // Later versions add types only.

  static func versions(of kind: OperatorKind) -> ClosedRange<Int32> {
    kind == .split ? versions : 1...3
  }

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Split {
    let isEven = node.kind == .split
    let count = isEven ? 2 : 3
    try node.requireOperands(inputs: count...count, outputs: node.outputs.count)
    let x = try node.input(isEven ? 1 : 0)
    let options = try node.options(
      isEven ? Schema.Split.optionsType : Schema.Split.sizedOptionsType)
    let parts = try node.option(
      options, Schema.Split.parts, .parts, allowed: 1...RuntimeLimits.operandsMax)
    try node.requireOutputs(parts)
    let axis = try node.axis(node.input(isEven ? 0 : 2), of: x)
    let sizes =
      isEven
      ? try evenSizes(node, x.shape[axis], parts)
      : try givenSizes(node, x.shape[axis], node.integers(node.input(1), count: parts))
    var dimensions = x.shape.array
    for (y, size) in zip(node.outputs, sizes) {
      dimensions[axis] = size
      try node.requireMovable(x, to: y)
      try node.requireDimensions(y, dimensions)
    }
    return Split(
      copies: try Copies(
        node, setup, parts: node.outputs, in: x, rows: x.shape.count(axes: 0..<axis),
        isJoin: false))
  }

  private static func evenSizes(
    _ node: Node, _ whole: Int, _ parts: Int
  ) throws(ModelError) -> [Int] {
    guard whole % parts == 0 else {
      throw .optionOutOfRange(
        node: node.index, option: .parts, found: parts, allowed: 1...whole)
    }
    return [Int](repeating: whole / parts, count: parts)
  }

  private static func givenSizes(
    _ node: Node, _ whole: Int, _ written: [Int]
  ) throws(ModelError) -> [Int] {
    var sizes = written
    var (left, open): (Int, Int?) = (whole, nil)
    for part in sizes.indices {
      if sizes[part] == -1, open == nil {
        open = part
      } else {
        try node.require(.partSize, sizes[part], in: 1...max(left, 1))
        left -= sizes[part]
      }
    }
    if let open {
      sizes[open] = left
      left = 0
    }
    try node.require(.partSize, left, in: 0...0)
    return sizes
  }
}

extension Schema {
  enum Split {
    static let optionsType: UInt8 = 35, sizedOptionsType: UInt8 = 79
    static let parts = 0
  }
}
