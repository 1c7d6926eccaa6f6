/// SPACE_TO_BATCH_ND: y = x taken apart into one image for each place within a block (see
/// `BatchBlocks`); where x has nothing, the real 0.
/// BATCH_TO_SPACE_ND: y = the image that x is the parts of, less its crops.
///
///     image                 [N, H, W, C] or [N, H, C]  any movable type
///     apart                 [N · blocks, …, C]         type and quantization of the image
///     block                 [2] or [1]                 Int32 or Int64, each ≥ 1; constant
///     paddings, or crops    [2, 2] or [1, 2]           likewise, each ≥ 0; constant
///
/// tflite-micro leaves the byte that stands for 0 to chance; this is TensorFlow Lite's, x's zero
/// point.
struct SpaceBatchND: DataMovement {
  static let versions: ClosedRange<Int32> = 1...4  // Later versions add types only.

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> SpaceBatchND {
    try node.requireOperands(inputs: 3...3)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireMovable(x, to: y)
    let toSpace = node.kind == .batchToSpaceND
    let blocks = try BatchBlocks(
      node, image: toSpace ? y : x, apart: toSpace ? x : y, block: node.input(1),
      margins: node.input(2))
    var copies = blocks.copies(toImage: toSpace)
    if !toSpace && !blocks.areFilled {
      copies.insert(StridedCopy(filling: y, from: try setup.tables.zero(of: y)), at: 0)
    }
    return SpaceBatchND(copies: try Copies(node, setup, copies))
  }
}
