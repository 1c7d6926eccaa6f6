/// The geometry of a filter or pooling window that slides over [batch, height, width, channels],
/// and the padding rules of the schema:
///
///     VALID  outputs = ⌈(inputs − extent + 1) / stride⌉, no padding
///     SAME   outputs = ⌈inputs / stride⌉; what is missing is padded, the odd cell after the end
///
/// with extent = (filter − 1) · dilation + 1.
struct SpatialWindow: BitwiseCopyable {
  let batches: Int
  let inputHeight: Int, inputWidth: Int
  let outputHeight: Int, outputWidth: Int
  let filterHeight: Int, filterWidth: Int
  let strideHeight: Int, strideWidth: Int
  let dilationHeight: Int, dilationWidth: Int
  let padTop: Int, padLeft: Int

  /// The fields of these options in the options table of an operator.
  struct Fields {
    let padding: Int, strideHeight: Int, strideWidth: Int
    var dilationHeight: Int? = nil
    var dilationWidth: Int? = nil
  }

  /// `input` must have rank 4. Refuses strides, dilations and filters that are out of bounds.
  init(
    _ node: Node, _ options: FlatTable?, _ fields: Fields, input: Tensor, filterHeight: Int,
    filterWidth: Int
  ) throws(ModelError) {
    let side = 1...RuntimeLimits.filterSideMax
    try node.require(.filterHeight, filterHeight, in: side)
    try node.require(.filterWidth, filterWidth, in: side)
    let padding = try node.byteOption(options, fields.padding, .padding, allowed: 0...1)
    strideHeight = try node.option(options, fields.strideHeight, .strideHeight, allowed: side)
    strideWidth = try node.option(options, fields.strideWidth, .strideWidth, allowed: side)
    dilationHeight =
      if let field = fields.dilationHeight {
        try node.option(options, field, .dilationHeight, default: 1, allowed: side)
      } else { 1 }
    dilationWidth =
      if let field = fields.dilationWidth {
        try node.option(options, field, .dilationWidth, default: 1, allowed: side)
      } else { 1 }
    (self.filterHeight, self.filterWidth) = (filterHeight, filterWidth)
    (batches, inputHeight, inputWidth) = (input.shape[0], input.shape[1], input.shape[2])

    let height = Self.outputs(
      inputHeight, extent: (filterHeight - 1) * dilationHeight + 1, stride: strideHeight,
      same: padding == 0)
    let width = Self.outputs(
      inputWidth, extent: (filterWidth - 1) * dilationWidth + 1, stride: strideWidth,
      same: padding == 0)
    // With VALID, a window that is larger than its input has no output.
    try node.require(.filterHeight, filterHeight, in: height.count > 0 ? side : 1...inputHeight)
    try node.require(.filterWidth, filterWidth, in: width.count > 0 ? side : 1...inputWidth)
    (outputHeight, padTop) = (height.count, height.before)
    (outputWidth, padLeft) = (width.count, width.before)
  }

  private static func outputs(
    _ inputs: Int, extent: Int, stride: Int, same: Bool
  ) -> (count: Int, before: Int) {
    guard same else { return (max(0, (inputs - extent + stride) / stride), 0) }
    let count = (inputs + stride - 1) / stride
    return (count, max(0, (count - 1) * stride + extent - inputs) / 2)
  }

  func outputShape(channels: Int) -> Shape {
    Shape([batches, outputHeight, outputWidth, channels])
  }

  var outputCells: Int { batches * outputHeight * outputWidth }
  var filterCells: Int { filterHeight * filterWidth }
  /// The most cells of the filter that can be inside the input at once.
  var filterCellsInside: Int {
    min(filterHeight, inputHeight) * min(filterWidth, inputWidth)
  }

  /// Calls `body` for each place of the window, in the order of the output's cells: `top` and
  /// `left` are the input's row and column under the filter's first cell, `rows` and `columns` the
  /// part of the filter that lies inside the input.
  @inline(__always)
  func forEachPlace(
    _ body: (_ batch: Int, _ top: Int, _ left: Int, _ rows: Range<Int>, _ columns: Range<Int>) ->
      Void
  ) {
    for batch in 0..<batches {
      for row in 0..<outputHeight {
        let top = row &* strideHeight &- padTop
        let rows = rowsInside(top)
        for column in 0..<outputWidth {
          let left = column &* strideWidth &- padLeft
          body(batch, top, left, rows, columnsInside(left))
        }
      }
    }
  }

  /// The rows of the filter that lie inside the input, when its first row is input row `start`.
  @inline(__always)
  func rowsInside(_ start: Int) -> Range<Int> {
    Self.inside(start, filterHeight, dilationHeight, inputHeight)
  }
  @inline(__always)
  func columnsInside(_ start: Int) -> Range<Int> {
    Self.inside(start, filterWidth, dilationWidth, inputWidth)
  }

  /// k in 0..<filter with 0 ≤ start + k · dilation < inputs; empty only if none is.
  @inline(__always)
  private static func inside(
    _ start: Int, _ filter: Int, _ dilation: Int, _ inputs: Int
  ) -> Range<Int> {
    if start >= 0 && start &+ (filter &- 1) &* dilation < inputs { return 0..<filter }
    let first = start >= 0 ? 0 : min(filter, (dilation - 1 - start) / dilation)
    let end = start >= inputs ? 0 : min(filter, (inputs - 1 - start) / dilation + 1)
    return first..<max(first, end)
  }
}
