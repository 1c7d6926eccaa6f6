/// y = x without axes of 1: those of the options, or all of them. Any movable type; no byte moves.
struct Squeeze: DataMovement {
  static let versions: ClosedRange<Int32> = 1...2

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Squeeze {
    try node.requireOperands(inputs: 1...1)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireMovable(x, to: y)
    let options = try node.options(Schema.Squeeze.optionsType)
    let written = try options?.vector(Schema.Squeeze.axes, of: Int32.self)
    var squeezed = [Bool](repeating: false, count: x.shape.rank)
    if let written, written.count > 0 {
      try node.require(.squeezedAxes, written.count, in: 0...x.shape.rank)
      for place in 0..<written.count {
        let axis = try node.axis(Int(written[place]), ofRank: x.shape.rank)
        try node.requireDimension(x, axis, 1)
        squeezed[axis] = true
      }
    } else {
      for axis in squeezed.indices { squeezed[axis] = x.shape[axis] == 1 }
    }
    var dimensions: [Int] = []
    for axis in squeezed.indices where !squeezed[axis] { dimensions.append(x.shape[axis]) }
    try node.requireDimensions(y, dimensions)
    return Squeeze(copies: try Copies(node, setup, all: x, to: y))
  }
}

extension Schema {
  enum Squeeze {
    static let optionsType: UInt8 = 30
    static let axes = 0
  }
}
