/// y[b, i, j, o] = clamp(yZero + round(m[o] · (bias[o] + Σ (x[b, i', j', c'] − xZero)
///                                                        · (w[o, p, q, c] − wZero))))
///
/// with i' = i · stride + p · dilation − padding, and j' likewise. The sum is over the filter cells
/// p, q that are inside the image and over all c. There are channels / depth groups of input
/// channels and as many groups of outputs, one after the other: c' = depth · (o's group) + c.
///
///     x     [batches, height, width, channels]   Int8 or UInt8, any zero point; Int16, zero point
///                                                0
///     w     [outputs, rows, columns, depth]      constant; with Int8 x Int8 or Int4 (two a byte),
///                                                with UInt8 x UInt8, with Int16 x Int8
///     bias  [outputs]                            Int32, or with Int16 x Int64; scale = x.scale ·
///                                                w.scale; constant, optional
///     y     [batches, height', width', outputs]  x's type, zero point as for x
///
/// Weights have one scale, or one for each output, and the zero point 0; UInt8 weights have one
/// scale and any zero point. m = x.scale · w.scale / y.scale. Sums are Int32 and rounded twice
/// (`FixedMultiplier`). For Int16 x without an Int32 bias they are Int64 and rounded once
/// (`FixedMultiplier.wide`). The reference is TensorFlow Lite Micro; for UInt8, which it no longer
/// has, it is LiteRT.
///
/// The filter at one place is one dot product. If the cells that it covers follow each other in
/// memory, the dot product reads the image itself; otherwise it reads a copy of the cells, padded
/// with xZero.
struct Conv2D: Kernel {
  // 2: dilation or hybrid, 3: int8, 4: int16, 5: hybrid (no), 6: groups, 7: int4, 8: a choice of
  // bias
  static let versions: ClosedRange<Int32> = 1...8

  private let node: Int
  private let x: Int, y: Int
  private let window: SpatialWindow
  private let depth: Int, groups: Int
  private let weights: WeightSource
  private let dots: WeightedDots

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Conv2D {
    try node.requireOperands(inputs: 2...3)
    let (x, w, y) = (try node.input(0), try node.input(1), node.outputs[0])
    let options = try node.options(Schema.Conv2D.optionsType)
    let format = try WeightedFormat(
      node, x: x, w: w, bias: node.optionalInput(2), y: y,
      wideBias: .chooses(biasType: options?.integer(Schema.Conv2D.biasType) ?? 0))
    for tensor in [x, w, y] { try node.requireRank(tensor, 4) }
    let groups = try groups(node, x, w)
    let window = try SpatialWindow(
      node, options,
      .init(
        padding: Schema.Conv2D.padding, strideHeight: Schema.Conv2D.strideHeight,
        strideWidth: Schema.Conv2D.strideWidth, dilationHeight: Schema.Conv2D.dilationHeight,
        dilationWidth: Schema.Conv2D.dilationWidth),
      input: x, filterHeight: w.shape[1], filterWidth: w.shape[2])
    try node.requireShape(y, window.outputShape(channels: w.shape[0]))

    let dots = try WeightedDots.prepare(
      node, setup, format, x: x, w: w, bias: node.optionalInput(2),
      range: node.activationRange(options, Schema.Conv2D.activation, y))
    return Conv2D(
      node: node.index, x: x.index, y: y.index, window: window, depth: w.shape[3], groups: groups,
      weights: WeightSource(w), dots: dots)
  }

  /// The count of groups: the input's channels divided by the filters' depth. Each group has an
  /// equal share of the outputs.
  private static func groups(_ node: Node, _ x: Tensor, _ w: Tensor) throws(ModelError) -> Int {
    let (channels, outputs, depth) = (x.shape[3], w.shape[0], w.shape[3])
    guard channels % depth == 0 else {
      throw .operandDimension(
        node: node.index, tensor: w.index, axis: 3, found: depth, expected: channels)
    }
    let groups = channels / depth
    try node.requireDimension(w, 0, (outputs + groups - 1) / groups * groups)
    return groups
  }

  private var channels: Int { depth &* groups }
  private var terms: Int { dots.terms }
  private var elementBytes: Int { dots.format.elementBytes }
  /// The bytes of scratch before the unpacked weights.
  private var patchEnd: Int { dots.sumsBytes + (copies ? (dots.patchBytes + 15) & ~15 : 0) }

  var multiplyAccumulates: Int { window.outputCells * dots.channels * terms }
  var scratchBytes: Int {
    let packed = weights.scratchBytes(dots.channels * terms)
    return packed == 0 ? dots.sumsBytes + (copies ? dots.patchBytes : 0) : patchEnd + packed
  }

  /// Whether the cells under a filter that is wholly inside the image are one run of bytes. So it
  /// is for a filter over all channels that has one row or is as wide as the image.
  private var isOneRun: Bool {
    guard groups == 1 else { return false }
    let columnsTouch = window.filterWidth == 1 || window.dilationWidth == 1
    let rowsTouch =
      window.filterWidth == window.inputWidth && window.dilationHeight == 1
      && (window.filterWidth == 1 || window.dilationWidth == 1)
    return window.filterHeight == 1 ? columnsTouch : rowsTouch
  }

  /// Whether any place of the filter needs the copy.
  private var copies: Bool {
    let bottom = (window.outputHeight - 1) * window.strideHeight - window.padTop
    let right = (window.outputWidth - 1) * window.strideWidth - window.padLeft
    return !isOneRun || window.padTop > 0 || window.padLeft > 0
      || window.rowsInside(bottom).count < window.filterHeight
      || window.columnsInside(right).count < window.filterWidth
  }

  func eval(_ memory: Memory) {
    let sums = memory.scratch(node)
    let copy = sums + dots.sumsBytes
    let w = weights.load(
      memory, first: 0, count: dots.channels &* terms, scratch: sums + patchEnd)
    let cellBytes = channels &* elementBytes
    var y = UnsafeMutableRawPointer(memory.tensor(y, as: UInt8.self))
    let isOneRun = isOneRun
    let x = UnsafeRawPointer(memory.tensor(x, as: UInt8.self))
    let imageBytes = window.inputHeight &* window.inputWidth &* cellBytes
    // This does not use `forEachPlace`: the compiler would not inline a closure of this size, which
    // costs 6 % of the time.
    for batch in 0..<window.batches {
      let image = x + batch &* imageBytes
      for row in 0..<window.outputHeight {
        let top = row &* window.strideHeight &- window.padTop
        let rows = window.rowsInside(top)
        for column in 0..<window.outputWidth {
          let left = column &* window.strideWidth &- window.padLeft
          let columns = window.columnsInside(left)
          let inside = rows.count == window.filterHeight && columns.count == window.filterWidth
          if isOneRun && inside {
            let patch = image + (top &* window.inputWidth &+ left) &* cellBytes
            dots.eval(patch, w, first: 0, count: dots.channels, sums: sums, into: y)
          } else if groups == 1 {
            gather(image, top, left, rows, columns, into: copy)
            dots.eval(copy, w, first: 0, count: dots.channels, sums: sums, into: y)
          } else {
            evalGroups(image, w, top, left, rows, columns, sums, y)
          }
          y += dots.channels &* elementBytes
        }
      }
    }
  }

  /// Computes all outputs of one place, from a copy for each group.
  @inline(never)
  private func evalGroups(
    _ image: UnsafeRawPointer, _ w: UnsafeRawPointer, _ top: Int, _ left: Int,
    _ rows: Range<Int>, _ columns: Range<Int>, _ sums: UnsafeMutableRawPointer,
    _ y: UnsafeMutableRawPointer
  ) {
    let copy = sums + dots.sumsBytes
    let outputs = dots.channels / groups
    for group in 0..<groups {
      gather(image + group &* depth &* elementBytes, top, left, rows, columns, into: copy)
      let first = group &* outputs
      dots.eval(
        copy, w + first &* terms, first: first, count: outputs, sums: sums,
        into: y + first &* elementBytes)
    }
  }

  /// Copies the cells under the filter, with xZero for cells outside the image.
  @inline(__always)
  private func gather(
    _ image: UnsafeRawPointer, _ top: Int, _ left: Int, _ rows: Range<Int>,
    _ columns: Range<Int>, into copy: UnsafeMutableRawPointer
  ) {
    let (cellBytes, depthBytes) = (channels &* elementBytes, depth &* elementBytes)
    if rows.count < window.filterHeight || columns.count < window.filterWidth {
      copy.initializeMemory(as: UInt8.self, repeating: dots.paddingByte, count: dots.patchBytes)
    }
    for row in rows {
      let cells = image + (top &+ row &* window.dilationHeight) &* window.inputWidth &* cellBytes
      let target = copy + row &* window.filterWidth &* depthBytes
      if window.dilationWidth == 1 && groups == 1 {
        let start = columns.lowerBound
        (target + start &* cellBytes).copyMemory(
          from: cells + (left &+ start) &* cellBytes, byteCount: columns.count &* cellBytes)
      } else {
        for column in columns {
          (target + column &* depthBytes).copyMemory(
            from: cells + (left &+ column &* window.dilationWidth) &* cellBytes,
            byteCount: depthBytes)
        }
      }
    }
  }
}

extension Schema {
  enum Conv2D {
    static let optionsType: UInt8 = 1
    static let padding = 0, strideWidth = 1, strideHeight = 2, activation = 3
    static let dilationWidth = 4, dilationHeight = 5, biasType = 6
  }
}
