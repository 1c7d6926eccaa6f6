/// Two shapes aligned at their last axis and stretched to a common one, NumPy's rule: axes agree, or
/// one of them is 1 or missing.
///
/// Kept as strides, 0 along a stretched axis, with neighbouring axes merged where both operands
/// allow it: operands of one shape become a single run.
struct Broadcast: BitwiseCopyable {
  private var sizes = RuntimeLimits.DimensionStorage(repeating: 1)
  private var aStrides = RuntimeLimits.DimensionStorage(repeating: 0)
  private var bStrides = RuntimeLimits.DimensionStorage(repeating: 0)
  private var axes = 0

  /// Setup: refuses shapes that do not fit each other, or not the output.
  init(_ node: Node, _ a: Tensor, _ b: Tensor, into y: Tensor) throws(ModelError) {
    try node.requireRank(y, max(a.shape.rank, b.shape.rank))
    let (aSteps, bSteps) = (a.shape.strides(), b.shape.strides())
    for axis in 0..<y.shape.rank {
      let aAxis = axis - (y.shape.rank - a.shape.rank)
      let bAxis = axis - (y.shape.rank - b.shape.rank)
      let aSize = aAxis >= 0 ? a.shape[aAxis] : 1
      let bSize = bAxis >= 0 ? b.shape[bAxis] : 1
      guard aSize == bSize || aSize == 1 || bSize == 1 else {
        throw .operandDimension(
          node: node.index, tensor: b.index, axis: bAxis, found: bSize, expected: aSize)
      }
      try node.requireDimension(y, axis, max(aSize, bSize))
      append(
        max(aSize, bSize), aStride: aSize == 1 ? 0 : aSteps[aAxis],
        bStride: bSize == 1 ? 0 : bSteps[bAxis])
    }
  }

  /// Axes arrive outermost first; one that continues the last is merged into it.
  private mutating func append(_ size: Int, aStride: Int, bStride: Int) {
    if size == 1 { return }
    if axes > 0, aStrides[axes - 1] == aStride * size, bStrides[axes - 1] == bStride * size {
      sizes[axes - 1] *= size
      aStrides[axes - 1] = aStride
      bStrides[axes - 1] = bStride
      return
    }
    sizes[axes] = size
    aStrides[axes] = aStride
    bStrides[axes] = bStride
    axes += 1
  }

  /// Hot: calls `body` with the elements' places in a, b and y, y counting up from 0.
  @inline(__always)
  func forEach(_ body: (_ a: Int, _ b: Int, _ y: Int) -> Void) {
    let last = max(axes - 1, 0)
    let (run, aStep, bStep) = (sizes[last], aStrides[last], bStrides[last])
    var place = RuntimeLimits.DimensionStorage(repeating: 0)
    var (a, b, y) = (0, 0, 0)
    while true {
      for index in 0..<run { body(a &+ index &* aStep, b &+ index &* bStep, y &+ index) }
      y &+= run
      // The next run: count up the axes outside it, innermost first.
      var axis = last - 1
      while axis >= 0 {
        a &+= aStrides[axis]
        b &+= bStrides[axis]
        place[axis] += 1
        if place[axis] < sizes[axis] { break }
        a &-= sizes[axis] &* aStrides[axis]
        b &-= sizes[axis] &* bStrides[axis]
        place[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
