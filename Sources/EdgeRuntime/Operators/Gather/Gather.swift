/// y[batch…, outer…, t…, inner…] = x[batch…, outer…, index[batch…, t…], inner…]
///
///     x      [batch…, outer…, axis, inner…]  any movable type
///     index  [batch…, t…]                    Int32 or Int64, in 0 ..< axis (see `IndexedCopy`)
///     y      of x's type and quantization
struct Gather: Kernel {
  static let versions: ClosedRange<Int32> = 1...8  // Later versions add types only.

  private let copy: IndexedCopy

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Gather {
    try node.requireOperands(inputs: 2...2)
    let (x, indices) = (try node.input(0), try node.input(1))
    let options = try node.options(Schema.Gather.optionsType)
    let axis = try node.axis(
      Int(options?.integer(Schema.Gather.axis) as Int32? ?? 0), ofRank: x.shape.rank)
    var batches = Int(try options?.integer(Schema.Gather.batchAxes) as Int32? ?? 0)
    if batches < 0 { batches += indices.shape.rank }
    try node.require(.batchAxes, batches, in: 0...min(axis, indices.shape.rank))
    for batch in 0..<batches { try node.requireDimension(indices, batch, x.shape[batch]) }
    var dimensions = Array(x.shape.array[..<axis])
    dimensions += indices.shape.array[batches...]
    dimensions += x.shape.array[(axis + 1)...]
    try node.requireDimensions(node.outputs[0], dimensions)
    return Gather(
      copy: try IndexedCopy(
        node, setup, x: x, axes: axis..<axis + 1, indices: indices, batchAxes: batches))
  }

  func eval(_ memory: Memory) { copy.run(memory) }
}

extension Schema {
  enum Gather {
    static let optionsType: UInt8 = 23
    static let axis = 0, batchAxes = 1
  }
}
