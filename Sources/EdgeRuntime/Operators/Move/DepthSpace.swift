/// DEPTH_TO_SPACE: y[n, h · b + i, w · b + j, c] = x[n, h, w, (i · b + j) · channels + c]
/// SPACE_TO_DEPTH: y[n, h, w, (i · b + j) · channels + c] = x[n, h · b + i, w · b + j, c]
///
///     deep  [N, H, W, channels · b²]     any movable type; DEPTH_TO_SPACE's x
///     wide  [N, H · b, W · b, channels]  type and quantization of deep; DEPTH_TO_SPACE's y
struct DepthSpace: DataMovement {
  static let versions: ClosedRange<Int32> = 1...2  // 2: int8

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> DepthSpace {
    try node.requireOperands(inputs: 1...1)
    let toSpace = node.kind == .depthToSpace
    let options = try node.options(
      toSpace ? Schema.DepthSpace.toSpaceOptionsType : Schema.DepthSpace.toDepthOptionsType)
    let (x, y) = (try node.input(0), node.outputs[0])
    let copy = try StridedCopy(
      node, deep: toSpace ? x : y, wide: toSpace ? y : x, options, toSpace: toSpace)
    return DepthSpace(copies: try Copies(node, setup, [copy]))
  }
}

extension StridedCopy {
  /// Moves between a tensor with `deep` channels and one with fewer channels and more rows and
  /// columns, by the factor of a block's side.
  fileprivate init(
    _ node: Node, deep: Tensor, wide: Tensor, _ options: FlatTable?, toSpace: Bool
  ) throws(ModelError) {
    try node.requireMovable(deep, to: wide)
    try node.requireRank(deep, 4)
    try node.requireRank(wide, 4)
    let block = try node.option(
      options, Schema.DepthSpace.blockSize, .blockSize, allowed: 1...RuntimeLimits.filterSideMax)
    try node.requireDimension(wide, 0, deep.shape[0])
    try node.requireDimension(wide, 1, deep.shape[1] * block)
    try node.requireDimension(wide, 2, deep.shape[2] * block)
    try node.requireDimension(deep, 3, wide.shape[3] * block * block)
    let deepSteps = deep.shape.byteStrides(of: deep.type)
    let wideSteps = wide.shape.byteStrides(of: wide.type)
    // In both tensors, all channels of one row of a block are side by side.
    let unit = wideSteps[2] * block
    self.init(
      .tensor(toSpace ? deep.index : wide.index), to: toSpace ? wide.index : deep.index, unit: unit)
    for (size, inDeep, inWide) in [
      (deep.shape[0], deepSteps[0], wideSteps[0]),
      (deep.shape[1], deepSteps[1], wideSteps[1] * block),
      (block, unit, wideSteps[1]),
      (deep.shape[2], deepSteps[2], unit),
    ] {
      append(size, source: toSpace ? inDeep : inWide, target: toSpace ? inWide : inDeep)
    }
  }
}

extension Schema {
  enum DepthSpace {
    static let toSpaceOptionsType: UInt8 = 94, toDepthOptionsType: UInt8 = 19
    static let blockSize = 0
  }
}
