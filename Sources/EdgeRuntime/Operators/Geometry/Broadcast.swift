/// Two or three shapes, aligned at their last axis and stretched to a common shape by NumPy's rule:
/// the sizes along an axis must be equal, except sizes that are 1 or missing.
///
/// The shapes are kept as strides; the stride along a stretched axis is 0. Neighbouring axes are
/// merged if all operands allow it, so operands of one shape become a single run. Axes of size 1
/// are dropped, so that in a run each operand advances by 1 or does not advance.
struct Broadcast: BitwiseCopyable {
  private var sizes = RuntimeLimits.DimensionStorage(repeating: 1)
  private var aStrides = RuntimeLimits.DimensionStorage(repeating: 0)
  private var bStrides = RuntimeLimits.DimensionStorage(repeating: 0)
  private var cStrides = RuntimeLimits.DimensionStorage(repeating: 0)
  private var axes = 0

  /// Refuses shapes that do not fit each other or the output.
  init(_ node: Node, _ a: Tensor, _ b: Tensor, into y: Tensor) throws(ModelError) {
    try self.init(node, [a, b], into: y)
  }

  /// The same for the three operands of a choice.
  init(_ node: Node, _ a: Tensor, _ b: Tensor, _ c: Tensor, into y: Tensor) throws(ModelError) {
    try self.init(node, [a, b, c], into: y)
  }

  private init(_ node: Node, _ operands: [Tensor], into y: Tensor) throws(ModelError) {
    var rank = 0
    for operand in operands { rank = max(rank, operand.shape.rank) }
    try node.requireRank(y, rank)
    for axis in 0..<rank {
      var size = 1
      var steps: InlineArray<3, Int> = [0, 0, 0]
      for (position, operand) in operands.enumerated() {
        let ownAxis = axis - (rank - operand.shape.rank)
        guard ownAxis >= 0, operand.shape[ownAxis] != 1 else { continue }
        let found = operand.shape[ownAxis]
        guard size == 1 || size == found else {
          throw .operandDimension(
            node: node.index, tensor: operand.index, axis: ownAxis, found: found, expected: size)
        }
        size = found
        steps[position] = operand.shape.strides()[ownAxis]
      }
      try node.requireDimension(y, axis, size)
      append(size, steps)
    }
  }

  /// One element of a for each row of b and c.
  init(rows: Int, rowElements: Int) {
    append(rows, [1, rowElements, rowElements])
    append(rowElements, [0, 1, 1])
  }

  /// Adds an axis; the outermost comes first. An axis that continues the axis before it is merged
  /// into that one.
  private mutating func append(_ size: Int, _ steps: InlineArray<3, Int>) {
    if size == 1 { return }
    let last = axes - 1
    if axes > 0, aStrides[last] == steps[0] * size, bStrides[last] == steps[1] * size,
      cStrides[last] == steps[2] * size
    {
      sizes[last] *= size
    } else {
      sizes[axes] = size
      axes += 1
    }
    aStrides[axes - 1] = steps[0]
    bStrides[axes - 1] = steps[1]
    cStrides[axes - 1] = steps[2]
  }

  /// Calls `body` with the elements' places in a, b and y, y counting up from 0.
  @inline(__always)
  func forEach(_ body: (_ a: Int, _ b: Int, _ y: Int) -> Void) {
    let (run, aStep, bStep) = (sizes[last], aStrides[last], bStrides[last])
    var first = Cursor()
    repeat {
      for index in 0..<run {
        body(first.a &+ index &* aStep, first.b &+ index &* bStep, first.y &+ index)
      }
    } while advance(&first)
  }

  /// The same for three operands. The version for two does not call this one, because with one
  /// closure inside another the compiler would call the body for each element.
  @inline(__always)
  func forEach(_ body: (_ a: Int, _ b: Int, _ c: Int, _ y: Int) -> Void) {
    let (run, aStep, bStep, cStep) = (sizes[last], aStrides[last], bStrides[last], cStrides[last])
    var first = Cursor()
    repeat {
      for index in 0..<run {
        body(
          first.a &+ index &* aStep, first.b &+ index &* bStep, first.c &+ index &* cStep,
          first.y &+ index)
      }
    } while advance(&first)
  }

  private var last: Int { max(axes - 1, 0) }

  /// The place where a run begins.
  private struct Cursor {
    var a = 0, b = 0, c = 0, y = 0
    var counts = RuntimeLimits.DimensionStorage(repeating: 0)
  }

  /// Goes on to the next run: counts up the axes outside the run, the innermost first. False after
  /// the last run.
  ///
  /// Never inlined: it is called once for each run, and some forty loops contain the call.
  @inline(never)
  private func advance(_ cursor: inout Cursor) -> Bool {
    cursor.y &+= sizes[last]
    var axis = last - 1
    while axis >= 0 {
      cursor.a &+= aStrides[axis]
      cursor.b &+= bStrides[axis]
      cursor.c &+= cStrides[axis]
      cursor.counts[axis] &+= 1
      if cursor.counts[axis] < sizes[axis] { return true }
      cursor.a &-= sizes[axis] &* aStrides[axis]
      cursor.b &-= sizes[axis] &* bStrides[axis]
      cursor.c &-= sizes[axis] &* cStrides[axis]
      cursor.counts[axis] = 0
      axis -= 1
    }
    return false
  }
}
