/// AVERAGE_POOL_2D: y[b, i, j, c] = clamp(round(Σ x[b, i', j', c] / n)), ties away from zero
/// MAX_POOL_2D:     y[b, i, j, c] = clamp(max x[b, i', j', c])
///
/// over the n cells of the window that are inside the image.
///
///     x, y  [batches, height, width, channels]  Int8, UInt8 or Int16 of one scale and zero point;
///                                               or Float32
///
/// With Float32, every step of the average's sum is rounded, and so is its quotient; the maximum
/// ignores NaN.
struct Pool2D: Kernel {
  static let versions: ClosedRange<Int32> = 1...3  // 2: int8, 3: int16

  private let x: Int, y: Int
  private let type: ElementType
  private let isAverage: Bool
  private let window: SpatialWindow
  private let channels: Int
  private let activation: Activation

  /// The range of values that the fused activation allows.
  private enum Activation: BitwiseCopyable {
    case integers(low: Int32, high: Int32)
    case reals(PlainLimits)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Pool2D {
    try node.requireOperands(inputs: 1...1)
    let (x, y) = (try node.input(0), node.outputs[0])
    for tensor in [x, y] {
      try node.requireType(tensor, oneOf: [.int8, .uint8, .int16, .float32])
      try node.requireRank(tensor, 4)
    }
    if x.type == .float32 {
      try node.requireType(y, .float32)
    } else {
      try node.requireSameQuantization(x, y)
    }
    let options = try node.options(Schema.Pool2D.optionsType)
    let window = try window(node, options, x)
    try node.requireShape(y, window.outputShape(channels: x.shape[3]))
    let activation = try activation(node, options, y)
    let isAverage = node.kind == .averagePool2D
    // There are at most 1024 · 1024 cells. With values of at most 255 no sum overflows, but with
    // Int16 a sum could.
    guard !isAverage || x.type != .int16 || window.filterCellsInside <= Int(UInt16.max) else {
      throw .accumulatorOverflow(node: node.index, channel: 0)
    }
    return Pool2D(
      x: x.index, y: y.index, type: x.type, isAverage: isAverage, window: window,
      channels: x.shape[3], activation: activation)
  }

  private static func window(
    _ node: Node, _ options: FlatTable?, _ x: Tensor
  ) throws(ModelError) -> SpatialWindow {
    let side = 1...RuntimeLimits.filterSideMax
    return try SpatialWindow(
      node, options,
      .init(
        padding: Schema.Pool2D.padding, strideHeight: Schema.Pool2D.strideHeight,
        strideWidth: Schema.Pool2D.strideWidth),
      input: x,
      filterHeight: node.option(options, Schema.Pool2D.filterHeight, .filterHeight, allowed: side),
      filterWidth: node.option(options, Schema.Pool2D.filterWidth, .filterWidth, allowed: side))
  }

  private static func activation(
    _ node: Node, _ options: FlatTable?, _ y: Tensor
  ) throws(ModelError) -> Activation {
    if y.type == .float32 {
      return .reals(try node.plainLimits(options, Schema.Pool2D.activation))
    }
    let range = try node.activationRange(options, Schema.Pool2D.activation, y)
    return .integers(low: range.lowerBound, high: range.upperBound)
  }

  /// At most every cell of every window.
  var repeatedReads: Int { window.outputCells * channels * window.filterCellsInside }

  @inline(never)
  func eval(_ memory: Memory) {
    switch activation {
    case .integers(let low, let high):
      switch type {
      case .int8: eval(memory, as: Int8.self, low, high)
      case .uint8: eval(memory, as: UInt8.self, low, high)
      default: eval(memory, as: Int16.self, low, high)
      }
    case .reals(let limits): eval(memory, limits)
    }
  }

  @inline(__always)
  private func eval<T: FixedWidthInteger>(
    _ memory: Memory, as type: T.Type, _ low: Int32, _ high: Int32
  ) {
    if isAverage {
      forEachWindow(memory) { (cells: UnsafePointer<T>, pitch, rows, columns) in
        var sum: Int32 = 0
        forEachCell(cells, pitch, rows, columns) { sum &+= Int32(truncatingIfNeeded: $0) }
        let count = Int32(truncatingIfNeeded: max(1, rows &* columns))
        let mean = (sum > 0 ? sum &+ count / 2 : sum &- count / 2) / count
        return T(truncatingIfNeeded: max(low, min(high, mean)))
      }
    } else {
      forEachWindow(memory) { (cells: UnsafePointer<T>, pitch, rows, columns) in
        let largest = Int32(truncatingIfNeeded: maximum(cells, pitch, rows, columns, from: T.min))
        return T(truncatingIfNeeded: max(low, min(high, largest)))
      }
    }
  }

  @inline(__always)
  private func eval(_ memory: Memory, _ limits: PlainLimits) {
    if isAverage {
      forEachWindow(memory) { (cells: UnsafePointer<Float>, pitch, rows, columns) in
        var sum: Float = 0
        forEachCell(cells, pitch, rows, columns) { sum += $0 }
        return limits(sum / Float(rows &* columns))
      }
    } else {
      let lowest = -Float.greatestFiniteMagnitude
      forEachWindow(memory) { (cells: UnsafePointer<Float>, pitch, rows, columns) in
        limits(maximum(cells, pitch, rows, columns, from: lowest))
      }
    }
  }

  @inline(__always)
  private func maximum<T: Comparable>(
    _ cells: UnsafePointer<T>, _ pitch: Int, _ rows: Int, _ columns: Int, from lowest: T
  ) -> T {
    var largest = lowest
    forEachCell(cells, pitch, rows, columns) { if $0 > largest { largest = $0 } }
    return largest
  }

  /// For each window and channel, calls `reduce` with the first cell, the elements between rows,
  /// and the counts of rows and columns inside the image, and stores the result. Every window has
  /// at least one cell inside the image.
  @inline(__always)
  private func forEachWindow<T>(
    _ memory: Memory,
    _ reduce: (_ cells: UnsafePointer<T>, _ pitch: Int, _ rows: Int, _ columns: Int) -> T
  ) {
    let pitch = window.inputWidth &* channels
    var y = memory.tensor(y, as: T.self)
    let x = memory.tensor(x, as: T.self)
    window.forEachPlace { batch, top, left, rows, columns in
      let row = batch &* window.inputHeight &+ top &+ rows.lowerBound
      let cells = x + row &* pitch + (left &+ columns.lowerBound) &* channels
      for channel in 0..<channels {
        y[channel] = reduce(cells + channel, pitch, rows.count, columns.count)
      }
      y += channels
    }
  }

  /// Goes through the cells of a window in their order.
  @inline(__always)
  private func forEachCell<T>(
    _ cells: UnsafePointer<T>, _ pitch: Int, _ rows: Int, _ columns: Int, _ body: (T) -> Void
  ) {
    for row in 0..<rows {
      for column in 0..<columns { body(cells[row &* pitch &+ column &* channels]) }
    }
  }
}

extension Schema {
  enum Pool2D {
    static let optionsType: UInt8 = 5
    static let padding = 0, strideWidth = 1, strideHeight = 2, filterWidth = 3, filterHeight = 4
    static let activation = 5
  }
}
