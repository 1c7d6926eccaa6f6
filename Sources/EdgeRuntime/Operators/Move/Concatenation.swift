/// y = the inputs side by side along one axis
///
///     x…  1 or more, of one rank and one size along every other axis; any movable type
///     y   along the axis as long as all inputs together; type and quantization of every input
///
/// As in tflite-micro, inputs with another scale than y are refused: nothing is rescaled, so
/// nothing is rounded.
struct Concatenation: DataMovement {
  static let versions: ClosedRange<Int32> = 1...7  // Later versions add types only.

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Concatenation {
    try node.requireOperands(inputs: 1...RuntimeLimits.operandsMax)
    let y = node.outputs[0]
    let options = try node.options(Schema.Concatenation.optionsType)
    try node.requireNoActivation(options, Schema.Concatenation.activation)
    let first = try node.input(0)
    let written: Int32 = try options?.integer(Schema.Concatenation.axis) ?? 0
    let axis = try node.axis(Int(written), ofRank: first.shape.rank)
    var dimensions = first.shape.array
    var (parts, together): ([Tensor], Int) = ([], 0)
    for position in node.inputs.indices {
      let x = try node.input(position)
      try node.requireMovable(x, to: y)
      try node.requireRank(x, dimensions.count)
      dimensions[axis] = x.shape[axis]
      try node.requireDimensions(x, dimensions)
      together += x.shape[axis]
      parts.append(x)
    }
    dimensions[axis] = together
    try node.requireDimensions(y, dimensions)
    return Concatenation(
      copies: try Copies(
        node, setup, parts: parts, in: y, rows: y.shape.count(axes: 0..<axis), isJoin: true))
  }
}

extension Schema {
  enum Concatenation {
    static let optionsType: UInt8 = 10
    static let axis = 0, activation = 1
  }
}
