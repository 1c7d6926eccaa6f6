/// SHAPE: y = x's dimensions, outermost first.
///
///     x  any shape but a scalar, any type; not read
///     y  [rank]  Int32 or Int64
///
/// y is known before the first inference, and so is everything that is computed from y alone
/// (`ConstantFolding`).
struct ShapeOf: DataMovement {
  static let versions: ClosedRange<Int32> = 1...1

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> ShapeOf {
    try node.requireOperands(inputs: 1...1)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireType(y, oneOf: [.int32, .int64])
    try node.requireDimensions(y, [x.shape.rank])
    let bytes = UnsafeMutableRawPointer(
      try setup.tables.table(of: UInt8.self, count: y.byteCount))
    for axis in 0..<x.shape.rank {
      if y.type == .int32 {
        bytes.storeBytes(of: Int32(x.shape[axis]), toByteOffset: 4 * axis, as: Int32.self)
      } else {
        bytes.storeBytes(of: Int64(x.shape[axis]), toByteOffset: 8 * axis, as: Int64.self)
      }
    }
    let copy = StridedCopy(.table(UnsafeRawPointer(bytes)), to: y.index, unit: y.byteCount)
    return ShapeOf(copies: try Copies(node, setup, [copy]))
  }
}
