import CKernels

/// y[b, i, j, o] = clamp(yZero + round(m[o] · (bias[o] + Σ (x[b, i', j', o / multiplier] − xZero)
///                                                          · w[0, p, q, o])))
///
/// with i' = i · stride + p · dilation − padding, and j' likewise. The sum is over the filter cells
/// p, q that are inside the image.
///
///     x     [batches, height, width, channels]                 Int8 or UInt8, any zero point;
///                                                              Int16, zero point 0
///     w     [1, rows, columns, channels · multiplier]          constant; with Int8 x Int8 or Int4,
///                                                              with UInt8 x UInt8, with Int16 x
///                                                              Int8
///     bias  [channels · multiplier]                            Int32, with Int16 x Int64;
///                                                              constant, optional
///     y     [batches, height', width', channels · multiplier]  x's type, zero point as for x
///
/// Weights have one scale, or one for each output, and the zero point 0; UInt8 weights have one
/// scale and any zero point. m = x.scale · w.scale / y.scale. Sums are Int32 and rounded twice
/// (`FixedMultiplier`); for Int16 they are Int64 and rounded once (`FixedMultiplier.wide`). The
/// reference is TensorFlow Lite Micro; for UInt8 it is LiteRT.
struct DepthwiseConv2D: Kernel {
  // 2: dilation, 3: int8, 4, 6: hybrid (no), 5: int16, 7: int4
  static let versions: ClosedRange<Int32> = 1...7

  private let node: Int
  private let x: Int, y: Int
  private let window: SpatialWindow
  private let channels: Int, multiplier: Int
  private let inputZero: Int32, weightZero: Int32
  private let weights: WeightSource
  private let output: WeightedOutput

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> DepthwiseConv2D {
    try node.requireOperands(inputs: 2...3)
    let (x, w, y) = (try node.input(0), try node.input(1), node.outputs[0])
    let format = try WeightedFormat(
      node, x: x, w: w, bias: node.optionalInput(2), y: y, wideBias: .onlyInt64)
    for tensor in [x, w, y] { try node.requireRank(tensor, 4) }
    let options = try node.options(Schema.DepthwiseConv2D.optionsType)
    let multiplier = try node.option(
      options, Schema.DepthwiseConv2D.depthMultiplier, .depthMultiplier, default: 1,
      allowed: 1...RuntimeLimits.depthMultiplierMax)
    let outputs = x.shape[3] * multiplier
    try node.requireDimension(w, 0, 1)
    try node.requireDimension(w, 3, outputs)
    let window = try SpatialWindow(
      node, options,
      .init(
        padding: Schema.DepthwiseConv2D.padding,
        strideHeight: Schema.DepthwiseConv2D.strideHeight,
        strideWidth: Schema.DepthwiseConv2D.strideWidth,
        dilationHeight: Schema.DepthwiseConv2D.dilationHeight,
        dilationWidth: Schema.DepthwiseConv2D.dilationWidth),
      input: x, filterHeight: w.shape[1], filterWidth: w.shape[2])
    try node.requireShape(y, window.outputShape(channels: outputs))

    let weights = Weights(
      tensor: w, bytes: try node.requireConstant(w), channels: outputs, terms: window.filterCells,
      channelStride: 1, termStride: outputs, axis: 3)
    // The sums leave out the padding, so the zero point cannot be folded into the bias.
    let output = try WeightedOutput.prepare(
      node, setup, weights, format, x: x, bias: node.optionalInput(2),
      range: node.activationRange(options, Schema.DepthwiseConv2D.activation, y))
    return DepthwiseConv2D(
      node: node.index, x: x.index, y: y.index, window: window, channels: x.shape[3],
      multiplier: multiplier, inputZero: try node.requireAffine(x).zeroPoint,
      weightZero: try weights.zeroPoint(node, format), weights: WeightSource(w), output: output)
  }

  private var outputs: Int { channels &* multiplier }

  var multiplyAccumulates: Int { window.outputCells * window.filterCells * outputs }
  var scratchBytes: Int {
    let packed = weights.scratchBytes(window.filterCells * outputs)
    let sums = outputs * output.format.sumBytes
    return packed == 0 ? sums : output.format.sumsBytes(outputs) + packed
  }

  func eval(_ memory: Memory) {
    let sums = memory.scratch(node)
    let cellBytes = channels &* output.format.elementBytes
    let w = weights.load(
      memory, first: 0, count: window.filterCells &* outputs,
      scratch: sums + output.format.sumsBytes(outputs))
    var y = UnsafeMutableRawPointer(memory.tensor(y, as: UInt8.self))
    let x = UnsafeRawPointer(memory.tensor(x, as: UInt8.self))
    let imageBytes = window.inputHeight &* window.inputWidth &* cellBytes
    window.forEachPlace { batch, top, left, rows, columns in
      sum(x + batch &* imageBytes, w, top, left, rows, columns, into: sums)
      output.store(sums, first: 0, count: outputs, into: y)
      y += outputs &* output.format.elementBytes
    }
  }

  /// Computes the sums of one place over the filter cells inside the image.
  @inline(__always)
  private func sum(
    _ image: UnsafeRawPointer, _ w: UnsafeRawPointer, _ top: Int, _ left: Int,
    _ rows: Range<Int>, _ columns: Range<Int>, into sums: UnsafeMutableRawPointer
  ) {
    let inputRow = top &+ rows.lowerBound &* window.dilationHeight
    let inputColumn = left &+ columns.lowerBound &* window.dilationWidth
    // For a place with no cell inside the image the ranges are empty, and the pointers are never
    // read.
    let cell = (inputRow &* window.inputWidth &+ inputColumn) &* channels
    let x = image + cell &* output.format.elementBytes
    let w = w + (rows.lowerBound &* window.filterWidth &+ columns.lowerBound) &* outputs
    var cells = ck_window(
      rows: rows.count, columns: columns.count,
      x_row: window.dilationHeight &* window.inputWidth &* channels,
      x_column: window.dilationWidth &* channels,
      w_row: window.filterWidth &* outputs, w_column: outputs)
    let narrow = sums.assumingMemoryBound(to: Int32.self)
    let signed = w.assumingMemoryBound(to: Int8.self)
    switch output.format {
    case .int8:
      ck_depthwise(
        x.assumingMemoryBound(to: Int8.self), signed, &cells, inputZero, channels, multiplier,
        narrow)
    case .uint8:
      ck_depthwise_u8(
        x.assumingMemoryBound(to: UInt8.self), w.assumingMemoryBound(to: UInt8.self), &cells,
        inputZero, weightZero, channels, multiplier, narrow)
    case .int16, .int16in32:
      ck_depthwise_16(
        x.assumingMemoryBound(to: Int16.self), signed, &cells, channels, multiplier,
        sums.assumingMemoryBound(to: Int64.self))
    }
  }
}

extension Schema {
  enum DepthwiseConv2D {
    static let optionsType: UInt8 = 2
    static let padding = 0, strideWidth = 1, strideHeight = 2, depthMultiplier = 3, activation = 4
    static let dilationWidth = 5, dilationHeight = 6
  }
}
