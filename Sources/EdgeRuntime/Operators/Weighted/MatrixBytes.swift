import CKernels

/// One product of two Int8 matrices for BATCH_MATMUL, made of the dot products of `CKernels`. b is
/// copied so that its columns become rows, unless it is stored that way. The zero points are taken
/// off the sums:
///
///     Σ (a − aZero) · (b − bZero) = Σ a · b − bZero · Σ a − aZero · Σ b + k · aZero · bZero
struct MatrixBytes: BitwiseCopyable {
  private let node: Int
  private let aZero: Int32, bZero: Int32, yZero: Int32
  private let multiplier: FixedMultiplier
  /// The scratch holds the sums of one block, Σ b of every column, the columns, and one row of a.
  private let columnSumsStart: Int, columnsStart: Int, rowStart: Int
  let scratchBytes: Int

  /// Refuses sums that could overflow.
  init(
    _ node: Node, _ batches: MatrixBatches, aZero: Int32, bZero: Int32, yZero: Int32,
    _ multiplier: FixedMultiplier
  ) throws(ModelError) {
    // Four sums of k products, each of at most 2¹⁴; their result must fit after the left shift.
    let bound = batches.depth << 16
    guard bound <= Int(Int32.max) else {
      throw .accumulatorOverflow(node: node.index, channel: 0)
    }
    guard bound << max(0, Int(multiplier.exponent)) <= Int(Int32.max) - 256 else {
      throw .multiplierOutOfRange(node: node.index, channel: 0)
    }
    self.node = node.index
    (self.aZero, self.bZero, self.yZero) = (aZero, bZero, yZero)
    self.multiplier = multiplier
    let wordBytes = MemoryLayout<Int32>.stride
    columnSumsStart = min(batches.columns, RuntimeLimits.sumsBlock) * wordBytes
    columnsStart = columnSumsStart + (aZero == 0 ? 0 : batches.columns * wordBytes)
    rowStart = columnsStart + (batches.bIsTransposed ? 0 : batches.columns * batches.depth)
    scratchBytes = rowStart + (batches.aIsTransposed ? batches.depth : 0)
  }

  func eval(
    _ a: UnsafePointer<Int8>, _ b: UnsafePointer<Int8>, _ y: UnsafeMutablePointer<Int8>,
    _ batches: MatrixBatches, _ memory: Memory
  ) {
    let (depth, columns) = (batches.depth, batches.columns)
    let scratch = memory.scratch(node)
    let columnSums = (scratch + columnSumsStart).assumingMemoryBound(to: Int32.self)
    let columnBytes = columnRows(b, batches, scratch)
    if aZero != 0 {
      for column in 0..<columns {
        columnSums[column] = ck_sum(columnBytes + column &* depth, depth)
      }
    }
    let rowCopy = (scratch + rowStart).assumingMemoryBound(to: Int8.self)
    let zeroProduct = Int32(truncatingIfNeeded: depth) &* aZero &* bZero
    for row in 0..<batches.rows {
      var values = a + row &* depth
      if batches.aIsTransposed {
        for index in 0..<depth { rowCopy[index] = a[index &* batches.rows &+ row] }
        values = UnsafePointer(rowCopy)
      }
      let correction = zeroProduct &- (bZero == 0 ? 0 : bZero &* ck_sum(values, depth))
      eval(values, columnBytes, columnSums, correction, y + row &* columns, batches, scratch)
    }
  }

  /// Copies the columns of b, one after the other.
  @inline(__always)
  private func columnRows(
    _ b: UnsafePointer<Int8>, _ batches: MatrixBatches, _ scratch: UnsafeMutableRawPointer
  ) -> UnsafePointer<Int8> {
    if batches.bIsTransposed { return b }
    let copy = (scratch + columnsStart).assumingMemoryBound(to: Int8.self)
    for row in 0..<batches.depth {
      for column in 0..<batches.columns {
        copy[column &* batches.depth &+ row] = b[row &* batches.columns &+ column]
      }
    }
    return UnsafePointer(copy)
  }

  /// Computes one row of y.
  @inline(__always)
  private func eval(
    _ values: UnsafePointer<Int8>, _ columnBytes: UnsafePointer<Int8>,
    _ columnSums: UnsafePointer<Int32>, _ correction: Int32, _ y: UnsafeMutablePointer<Int8>,
    _ batches: MatrixBatches, _ scratch: UnsafeMutableRawPointer
  ) {
    let sums = scratch.assumingMemoryBound(to: Int32.self)
    var first = 0
    while first < batches.columns {
      let count = min(batches.columns &- first, RuntimeLimits.sumsBlock)
      ck_dot_rows(values, columnBytes + first &* batches.depth, batches.depth, count, sums)
      for index in 0..<count {
        let column = first &+ index
        let sum = sums[index] &+ correction &- (aZero == 0 ? 0 : aZero &* columnSums[column])
        y[column] = Int8(clamping: multiplier(sum) &+ yZero)
      }
      first &+= count
    }
  }
}
