/// The geometry of BATCH_MATMUL: matrices a [m, k] and b [k, n], each stored as it is or
/// transposed. There are one or more of each, along leading axes that broadcast by NumPy's rule.
struct MatrixBatches: BitwiseCopyable {
  let rows: Int  // m
  let depth: Int  // k
  let columns: Int  // n
  /// Whether a is stored as [k, m], and whether b is stored as [n, k].
  let aIsTransposed: Bool
  let bIsTransposed: Bool
  private var sizes = RuntimeLimits.DimensionStorage(repeating: 1)
  private var aStrides = RuntimeLimits.DimensionStorage(repeating: 0)
  private var bStrides = RuntimeLimits.DimensionStorage(repeating: 0)
  private var axes = 0
  private(set) var count = 1

  /// Refuses shapes that do not fit each other or the output.
  init(
    _ node: Node, _ a: Tensor, _ b: Tensor, into y: Tensor, aIsTransposed: Bool,
    bIsTransposed: Bool
  ) throws(ModelError) {
    for tensor in [a, b] { try node.requireRank(tensor, atLeast: 2) }
    let (aRank, bRank) = (a.shape.rank, b.shape.rank)
    (self.aIsTransposed, self.bIsTransposed) = (aIsTransposed, bIsTransposed)
    rows = a.shape[aIsTransposed ? aRank - 1 : aRank - 2]
    depth = a.shape[aIsTransposed ? aRank - 2 : aRank - 1]
    columns = b.shape[bIsTransposed ? bRank - 2 : bRank - 1]
    try node.requireDimension(b, bIsTransposed ? bRank - 1 : bRank - 2, depth)
    let (aSteps, bSteps) = (a.shape.strides(), b.shape.strides())
    axes = max(aRank, bRank) - 2
    var shape = Shape()
    for axis in 0..<axes {
      let (aAxis, bAxis) = (axis - axes + aRank - 2, axis - axes + bRank - 2)
      let (aSize, bSize) = (aAxis >= 0 ? a.shape[aAxis] : 1, bAxis >= 0 ? b.shape[bAxis] : 1)
      guard aSize == bSize || aSize == 1 || bSize == 1 else {
        throw .operandDimension(
          node: node.index, tensor: b.index, axis: bAxis, found: bSize, expected: aSize)
      }
      sizes[axis] = max(aSize, bSize)
      aStrides[axis] = aSize == 1 ? 0 : aSteps[aAxis]
      bStrides[axis] = bSize == 1 ? 0 : bSteps[bAxis]
      shape.append(sizes[axis])
    }
    shape.append(rows)
    shape.append(columns)
    try node.requireShape(y, shape)
    count = shape.count(axes: 0..<axes)
  }

  /// The elements between the rows of a, and between its columns.
  var aRowStride: Int { aIsTransposed ? 1 : depth }
  var aColumnStride: Int { aIsTransposed ? rows : 1 }
  /// The same for b.
  var bRowStride: Int { bIsTransposed ? 1 : columns }
  var bColumnStride: Int { bIsTransposed ? depth : 1 }

  /// The places where the operands of one batch begin.
  @inline(__always)
  func places(_ batch: Int) -> (a: Int, b: Int) {
    var (rest, a, b) = (batch, 0, 0)
    var axis = axes - 1
    while axis >= 0 {
      let index = rest % sizes[axis]
      rest /= sizes[axis]
      a &+= index &* aStrides[axis]
      b &+= index &* bStrides[axis]
      axis -= 1
    }
    return (a, b)
  }
}
