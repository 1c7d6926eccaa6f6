/// y = every `stride`th element of x from `begin` to before `end`, along each axis
///
///     x       [rank]   any movable type
///     begin   [count]  Int32 or Int64; negative ones count from the end; constant
///     end     [count]  likewise; constant
///     stride  [count]  likewise, not 0; below 0 x is read backwards; constant
///     y                type and quantization of x
///
/// Indices beyond an axis are moved to its edge. Each mask has one bit for each of the `count`
/// places. The masks say that begin or end is left out, or that the place stands for all axes that
/// are not mentioned (ellipsis), for a new axis of 1, or for one index whose axis is dropped
/// (shrink). Axes that are not mentioned are taken whole. New axes, ellipsis and `offset`, which
/// tflite-micro does not have, follow TensorFlow Lite.
struct StridedSlice: DataMovement {
  static let versions: ClosedRange<Int32> = 1...8  // Later versions add types and `offset`.

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> StridedSlice {
    try node.requireOperands(inputs: 4...4)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireMovable(x, to: y)
    let spec = try SliceSpec(node)
    var (start, kept) = (0, [(source: Int, size: Int)]())
    var dimensions: [Int] = []
    let steps = x.shape.byteStrides(of: x.type)
    var axis = 0
    for place in 0..<spec.count {
      if spec.ellipsis.has(place) {
        for _ in 0..<(try spec.axesLeftOut(node, x, from: place, axis)) {
          kept.append((steps[axis], x.shape[axis]))
          dimensions.append(x.shape[axis])
          axis += 1
        }
      } else if spec.newAxis.has(place) {
        dimensions.append(1)
      } else {
        _ = try node.axis(axis, ofRank: x.shape.rank)
        let range = try spec.range(node, place, size: x.shape[axis])
        start += range.begin * steps[axis]
        kept.append((range.stride * steps[axis], range.count))
        if !spec.shrink.has(place) { dimensions.append(range.count) }
        axis += 1
      }
    }
    for axis in axis..<x.shape.rank {
      kept.append((steps[axis], x.shape[axis]))
      dimensions.append(x.shape[axis])
    }
    try node.requireDimensions(y, dimensions)
    let elementBytes = y.type.byteCount ?? 1
    var copy = StridedCopy(.tensor(x.index), at: start, to: y.index, unit: elementBytes)
    var target = y.byteCount
    for (source, size) in kept {
      target /= size
      copy.append(size, source: source, target: target)
    }
    return StridedSlice(copies: try Copies(node, setup, [copy]))
  }
}

/// The operands and masks of a STRIDED_SLICE.
private struct SliceSpec {
  struct Mask {
    let bits: UInt32
    func has(_ place: Int) -> Bool { place < 32 && bits >> UInt32(place) & 1 != 0 }
  }

  private let begins: [Int], ends: [Int], strides: [Int]
  private let beginMask: Mask, endMask: Mask
  let ellipsis: Mask, newAxis: Mask, shrink: Mask
  private let isOffset: Bool

  var count: Int { begins.count }

  init(_ node: Node) throws(ModelError) {
    begins = try node.integers(node.input(1))
    ends = try node.integers(node.input(2), count: begins.count)
    strides = try node.integers(node.input(3), count: begins.count)
    let options = try node.options(Schema.StridedSlice.optionsType)
    func mask(_ field: Int) throws(ModelError) -> Mask {
      Mask(bits: try options?.integer(field) ?? 0)
    }
    beginMask = try mask(Schema.StridedSlice.beginMask)
    endMask = try mask(Schema.StridedSlice.endMask)
    ellipsis = try mask(Schema.StridedSlice.ellipsisMask)
    newAxis = try mask(Schema.StridedSlice.newAxisMask)
    shrink = try mask(Schema.StridedSlice.shrinkAxisMask)
    isOffset = try options?.bool(Schema.StridedSlice.offset) ?? false
  }

  /// The count of axes for which the ellipsis at `place` stands: all axes that no later place
  /// takes. There is at most one ellipsis.
  func axesLeftOut(
    _ node: Node, _ x: Tensor, from place: Int, _ axis: Int
  ) throws(ModelError) -> Int {
    var taken = 0
    for later in place + 1..<max(count, place + 1) {
      try node.require(.ellipses, ellipsis.has(later) ? 2 : 1, in: 1...1)
      if !newAxis.has(later) { taken += 1 }
    }
    let left = x.shape.rank - axis - taken
    guard left >= 0 else {
      throw .axisOutOfRange(node: node.index, axis: axis + taken, rank: x.shape.rank)
    }
    return left
  }

  /// The indices that are taken along an axis of `size`: `count` ≥ 1 of them, all within 0 ..<
  /// size.
  func range(
    _ node: Node, _ place: Int, size: Int
  ) throws(ModelError) -> (begin: Int, stride: Int, count: Int) {
    // No axis is as long as 2³¹, so all values beyond that mean the same. Sums of bounded values
    // cannot overflow.
    func bounded(_ value: Int) -> Int { max(-(1 << 31), min(1 << 31, value)) }
    let stride = bounded(strides[place])
    let backwards = stride < 0
    let shrinks = shrink.has(place)
    try node.require(.stride, stride, in: shrinks ? 1...(1 << 31) : -(1 << 31)...(1 << 31))
    if stride == 0 { try node.require(.stride, 0, in: 1...(1 << 31)) }
    let edges = backwards ? -1...size - 1 : 0...size
    func clamped(_ written: Int) -> Int {
      let value = written < 0 ? written + size : written
      return max(edges.lowerBound, min(edges.upperBound, value))
    }
    var begin = clamped(bounded(begins[place]))
    if beginMask.has(place) { begin = backwards ? edges.upperBound : edges.lowerBound }
    if shrinks {
      try node.require(.begin, begin, in: 0...size - 1)
      return (begin, 1, 1)
    }
    var end = clamped(bounded(ends[place]) + (isOffset ? begin : 0))
    if endMask.has(place) { end = backwards ? edges.lowerBound : edges.upperBound }
    let distance = backwards ? begin - end : end - begin
    let count = (distance + abs(stride) - 1) / abs(stride)
    try node.require(.partSize, distance <= 0 ? 0 : count, in: 1...size)
    return (begin, stride, count)
  }
}

extension Schema {
  enum StridedSlice {
    static let optionsType: UInt8 = 32
    static let beginMask = 0, endMask = 1, ellipsisMask = 2, newAxisMask = 3
    static let shrinkAxisMask = 4, offset = 5
  }
}
