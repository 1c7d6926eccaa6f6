/// The common part of RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR:
///
///     x     [batches, height, width, channels]
///     size  [2]  Int32, height and width of y; constant
///     y     [batches, size[0], size[1], channels], x's type, quantized as x
struct Resize: BitwiseCopyable {
  let x: Int, y: Int
  let type: ElementType
  let batches: Int, channels: Int
  let inputHeight: Int, inputWidth: Int
  let outputHeight: Int, outputWidth: Int
  /// True if the middles of the corner cells stay in place: the scale is (inputs − 1) / (outputs −
  /// 1).
  let alignsCorners: Bool
  /// True if a cell's place is its middle, not its corner.
  let centersPixels: Bool

  /// The fields of these options in the options table of an operator.
  struct Fields {
    let optionsType: UInt8
    let alignCorners: Int
    let halfPixelCenters: Int
  }

  static func prepare(
    _ node: Node, _ fields: Fields, oneOf types: [ElementType]
  ) throws(ModelError) -> Resize {
    try node.requireOperands(inputs: 2...2)
    let (x, size, y) = (try node.input(0), try node.input(1), node.outputs[0])
    try node.requireType(x, oneOf: types)
    try node.requireRank(x, 4)
    try node.requireSameValues(x, y)
    try node.requireType(size, .int32)
    try node.requireShape(size, Shape([2]))
    let sides = try node.integers(size)
    try node.requireShape(y, Shape([x.shape[0], sides[0], sides[1], x.shape[3]]))
    let options = try node.options(fields.optionsType)
    return Resize(
      x: x.index, y: y.index, type: x.type, batches: x.shape[0], channels: x.shape[3],
      inputHeight: x.shape[1], inputWidth: x.shape[2], outputHeight: sides[0],
      outputWidth: sides[1], alignsCorners: try options?.bool(fields.alignCorners) ?? false,
      centersPixels: try options?.bool(fields.halfPixelCenters) ?? false)
  }
}
