/// Copies runs of bytes that indices choose: GATHER, GATHER_ND, EMBEDDING_LOOKUP.
///
/// For every batch b, every outer place o and every tuple t of indices, in this order, y's next run
/// is x's at b · batchStep + o · outerStep + Σₖ index[b, t, k] · steps[k].
///
/// `prepare` checks constant indices. Other indices are moved to the nearest valid index while the
/// model runs. The references give an error for a wrong index, or ignore it, which leaves no useful
/// output; and no index may reach outside the tensor.
struct IndexedCopy: BitwiseCopyable {
  private let x: Int, indices: Int, y: Int
  private let isWide: Bool
  private let batches: Int, outer: Int, tuples: Int
  private let batchBytes: Int, outerBytes: Int, runBytes: Int
  private var indexMax = RuntimeLimits.DimensionStorage(repeating: 0)
  private var steps = RuntimeLimits.DimensionStorage(repeating: 0)
  private let tupleSize: Int

  /// - Parameters:
  ///   - axes: the axes of x in which a tuple of indices chooses.
  ///   - batchAxes: the count of first axes that x and the indices have in common.
  init(
    _ node: Node, _ setup: Setup, x: Tensor, axes: Range<Int>, indices: Tensor, batchAxes: Int
  ) throws(ModelError) {
    let y = node.outputs[0]
    try node.requireMovable(x, to: y)
    try node.requireType(indices, oneOf: [.int32, .int64])
    self.x = x.index
    self.indices = indices.index
    self.y = y.index
    isWide = indices.type == .int64
    tupleSize = axes.count
    batches = x.shape.count(axes: 0..<batchAxes)
    outer = x.shape.count(axes: batchAxes..<axes.lowerBound)
    tuples = indices.shape.count / batches / max(axes.count, 1)
    runBytes =
      x.shape.count(axes: axes.upperBound..<x.shape.rank) * (x.type.byteCount ?? 1)
    outerBytes = x.shape.count(axes: axes) * runBytes
    batchBytes = outer * outerBytes
    let strides = x.shape.byteStrides(of: x.type)
    for (place, axis) in axes.enumerated() {
      indexMax[place] = x.shape[axis] - 1
      steps[place] = strides[axis]
    }
    if let constant = indices.constant { try prove(node, setup, constant) }
  }

  private func prove(
    _ node: Node, _ setup: Setup, _ constant: UnsafeRawBufferPointer
  ) throws(ModelError) {
    guard let bytes = constant.baseAddress else { return }
    try setup.visit(constant.count)
    for place in 0..<batches * tuples * tupleSize {
      try node.require(.index, index(bytes, place), in: 0...indexMax[place % tupleSize])
    }
  }

  @inline(__always)
  private func index(_ indices: UnsafeRawPointer, _ place: Int) -> Int {
    isWide
      ? Int(indices.loadUnaligned(fromByteOffset: 8 &* place, as: Int64.self))
      : Int(indices.loadUnaligned(fromByteOffset: 4 &* place, as: Int32.self))
  }

  /// Not inlined, so that there is one copy for all operators.
  @inline(never)
  func run(_ memory: Memory) {
    let x = UnsafeRawPointer(memory.tensor(x, as: UInt8.self))
    let indices = UnsafeRawPointer(memory.tensor(indices, as: UInt8.self))
    var y = UnsafeMutableRawPointer(memory.tensor(y, as: UInt8.self))
    for batch in 0..<batches {
      for place in 0..<outer {
        let from = x + (batch &* batchBytes &+ place &* outerBytes)
        for tuple in 0..<tuples {
          var start = 0
          for position in 0..<tupleSize {
            let index = index(indices, (batch &* tuples &+ tuple) &* tupleSize &+ position)
            start &+= max(0, min(indexMax[position], index)) &* steps[position]
          }
          y.copyMemory(from: from + start, byteCount: runBytes)
          y += runBytes
        }
      }
    }
  }
}
