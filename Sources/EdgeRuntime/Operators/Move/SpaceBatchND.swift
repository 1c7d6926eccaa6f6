/// SPACE_TO_BATCH_ND: y = x split into one image for each place within a block (see `BatchBlocks`),
/// with the real 0 where x has no element. BATCH_TO_SPACE_ND: y = the image whose parts are x,
/// without its crops.
///
///     image                 [N, H, W, C] or [N, H, C]  any movable type
///     apart                 [N · blocks, …, C]         type and quantization of the image
///     block                 [2] or [1]                 Int32 or Int64, each ≥ 1; constant
///     paddings, or crops    [2, 2] or [1, 2]           likewise, each ≥ 0; constant
///
/// In tflite-micro the byte that stands for 0 is not defined. Here it is x's zero point, as in
/// TensorFlow Lite.
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
