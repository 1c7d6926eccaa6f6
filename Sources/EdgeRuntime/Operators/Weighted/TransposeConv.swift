/// y[b, i, j, o] = clamp(yZero + round(m[o] · (bias[o] + Σ (x[b, i', j', c] − xZero)
///                                                        · (w[o, p, q, c] − wZero))))
///
/// The sum is over all c and over the filter cells p, q by which CONV_2D would get from y's place
/// (i, j) to x's place (i', j'): i + padding = i' · stride + p, and j likewise, with i', j' inside
/// x.
///
///     shape  [4]                                  Int32, constant: y's
///     w      [outputs, rows, columns, channels]   constant; with Int8 or Int16 x Int8, with UInt8
///                                                 x UInt8
///     x      [batches, height, width, channels]   Int8 or UInt8, any zero point; Int16, zero point
///                                                 0
///     bias   [outputs]                            Int32, with Int16 x Int64 or Int16; scale =
///                                                 x.scale · w.scale; constant, optional
///     y      [batches, height', width', outputs]  x's type, zero point as for x
///
/// Weights have one scale, or one for each output, and the zero point 0; UInt8 weights have one
/// scale and any zero point. m = x.scale · w.scale / y.scale. Sums are Int32 and rounded twice
/// (`FixedMultiplier`); for Int16 they are Int64 and rounded once (`FixedMultiplier.wide`). The
/// reference is TensorFlow Lite Micro; for UInt8, which it does not have, it is LiteRT.
///
/// Each output place is one dot product with a patch as large as the filter, as in CONV_2D. Patch
/// cells without a partner in x hold xZero and add nothing. The reference instead adds each input
/// to a sum for every output, which takes at least four bytes for each byte of y. Boards have
/// little memory, and the products that add nothing cost little time.
struct TransposeConv: Kernel {
  // 2: int8, 3: bias, 4: fused activation, 5: a choice of bias
  static let versions: ClosedRange<Int32> = 1...5

  private let node: Int
  private let x: Int, w: Int, y: Int
  /// The window that CONV_2D would slide over y; x's cells are its places.
  private let window: SpatialWindow
  private let channels: Int
  private let dots: WeightedDots

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> TransposeConv {
    try node.requireOperands(inputs: 3...4)
    let (w, x, y) = (try node.input(1), try node.input(2), node.outputs[0])
    let bias = node.optionalInput(3)
    let format = try WeightedFormat(node, x: x, w: w, bias: bias, y: y, wideBias: .orInt16)
    for tensor in [w, x, y] { try node.requireRank(tensor, 4) }
    try node.requireDimension(w, 3, x.shape[3])
    try requireShape(node, x, y, outputs: w.shape[0])
    let options = try node.options(Schema.TransposeConv.optionsType)
    let window = try SpatialWindow(
      node, options,
      .init(
        padding: Schema.TransposeConv.padding, strideHeight: Schema.TransposeConv.strideHeight,
        strideWidth: Schema.TransposeConv.strideWidth),
      input: y, filterHeight: w.shape[1], filterWidth: w.shape[2])
    try node.requireDimension(x, 1, window.outputHeight)
    try node.requireDimension(x, 2, window.outputWidth)

    let dots = try WeightedDots.prepare(
      node, setup, format, x: x, w: w, bias: bias,
      range: node.activationRange(options, Schema.TransposeConv.activation, y))
    return TransposeConv(
      node: node.index, x: x.index, w: w.index, y: y.index, window: window, channels: x.shape[3],
      dots: dots)
  }

  /// Requires that y has the shape that the first operand says, with a batch for each batch of x
  /// and a channel for each filter.
  private static func requireShape(
    _ node: Node, _ x: Tensor, _ y: Tensor, outputs: Int
  ) throws(ModelError) {
    let shape = try node.input(0)
    try node.requireType(shape, .int32)
    try node.requireCount(shape, 4)
    for (axis, dimension) in try node.integers(shape).enumerated() {
      try node.requireDimension(y, axis, dimension)
    }
    try node.requireDimension(y, 0, x.shape[0])
    try node.requireDimension(y, 3, outputs)
  }

  /// Includes the products that add nothing: they take time, too.
  var multiplyAccumulates: Int {
    window.batches * window.inputHeight * window.inputWidth * dots.channels * dots.terms
  }
  var scratchBytes: Int { dots.sumsBytes + dots.patchBytes }

  func eval(_ memory: Memory) {
    let sums = memory.scratch(node)
    let patch = sums + dots.sumsBytes
    let elementBytes = dots.format.elementBytes
    let w = UnsafeRawPointer(memory.tensor(w, as: UInt8.self))
    var y = UnsafeMutableRawPointer(memory.tensor(y, as: UInt8.self))
    for batch in 0..<window.batches {
      let image =
        UnsafeRawPointer(memory.tensor(x, as: UInt8.self))
        + batch &* window.outputHeight &* window.outputWidth &* channels &* elementBytes
      for row in 0..<window.inputHeight {
        for column in 0..<window.inputWidth {
          gather(image, row &+ window.padTop, column &+ window.padLeft, into: patch)
          dots.eval(patch, w, first: 0, count: dots.channels, sums: sums, into: y)
          y += dots.channels &* elementBytes
        }
      }
    }
  }

  /// Copies the cells of x that contribute to one place of y, each to the filter cell by which it
  /// contributes. `row` and `column` are the place, with the padding added. Divided by the strides,
  /// their remainders are the first filter cells with a partner in x, and their quotients are those
  /// partners. From there, one stride further in the filter is one cell back in x.
  @inline(__always)
  private func gather(
    _ image: UnsafeRawPointer, _ row: Int, _ column: Int, into patch: UnsafeMutableRawPointer
  ) {
    let cellBytes = channels &* dots.format.elementBytes
    patch.initializeMemory(as: UInt8.self, repeating: dots.paddingByte, count: dots.patchBytes)
    var (p, i) = (row % window.strideHeight, row / window.strideHeight)
    while p < window.filterHeight && i >= 0 {
      if i < window.outputHeight {
        var (q, j) = (column % window.strideWidth, column / window.strideWidth)
        while q < window.filterWidth && j >= 0 {
          if j < window.outputWidth {
            (patch + (p &* window.filterWidth &+ q) &* cellBytes).copyMemory(
              from: image + (i &* window.outputWidth &+ j) &* cellBytes, byteCount: cellBytes)
          }
          q &+= window.strideWidth
          j &-= 1
        }
      }
      p &+= window.strideHeight
      i &-= 1
    }
  }
}

extension Schema {
  enum TransposeConv {
    static let optionsType: UInt8 = 49
    static let padding = 0, strideWidth = 1, strideHeight = 2, activation = 3
  }
}
