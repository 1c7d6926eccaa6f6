/// The common part of SUM, MEAN, REDUCE_MAX and REDUCE_MIN: which elements of x make one element of
/// y.
///
///     x     [rank ≤ 6]
///     axes  [count]     Int32, in −rank ..< rank, none twice; constant
///     y                 without the reduced axes, or 1 along each (keep_dims)
struct Reduction: BitwiseCopyable {
  let x: Int, y: Int
  let type: ElementType
  /// How many elements of x make one element of y.
  var terms: Int { reduced.elements }
  private let kept: Axes
  private let reduced: Axes

  static func prepare(
    _ node: Node, oneOf types: [ElementType]
  ) throws(ModelError) -> Reduction {
    try node.requireOperands(inputs: 2...2)
    let (x, axes, y) = (try node.input(0), try node.input(1), node.outputs[0])
    try node.requireType(x, oneOf: types)
    try node.requireType(y, x.type)
    let isReduced = try reducedAxes(node, x, axes)
    let options = try node.options(Schema.Reducer.optionsType)
    let keep = try options?.bool(Schema.Reducer.keepDimensions) ?? false
    let steps = x.shape.strides()
    var (kept, reduced) = (Axes(), Axes())
    var shape = Shape()
    for axis in 0..<x.shape.rank {
      if isReduced[axis] {
        reduced.append(size: x.shape[axis], stride: steps[axis])
        if keep { shape.append(1) }
      } else {
        kept.append(size: x.shape[axis], stride: steps[axis])
        shape.append(x.shape[axis])
      }
    }
    try node.requireShape(y, shape)
    return Reduction(x: x.index, y: y.index, type: x.type, kept: kept, reduced: reduced)
  }

  private static func reducedAxes(
    _ node: Node, _ x: Tensor, _ axes: Tensor
  ) throws(ModelError) -> InlineArray<6, Bool> {
    guard axes.shape.rank <= 1 else { throw node.refusal(ofRank: axes, expected: 1) }
    try node.requireType(axes, .int32)
    return try node.axes(axes, of: x)
  }

  /// For each element of y: joins `start` with each of its elements of x, the last axis fastest,
  /// and stores the result of `finish`.
  @inline(__always)
  func eval<T, Sum>(
    _ memory: Memory, as type: T.Type, start: Sum, join: (inout Sum, T) -> Void,
    finish: (Sum) -> T
  ) {
    let x = memory.tensor(x, as: T.self)
    var y = memory.tensor(y, as: T.self)
    kept.forEach { first in
      var sum = start
      reduced.forEach { place in join(&sum, x[first &+ place]) }
      y.pointee = finish(sum)
      y += 1
    }
  }
}

extension Schema {
  enum Reducer {
    static let optionsType: UInt8 = 27
    static let keepDimensions = 0
  }
}
