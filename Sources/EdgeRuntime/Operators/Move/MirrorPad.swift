/// y = x with elements of x mirrored before and after each axis: without the edge (REFLECT) or with
/// it (SYMMETRIC).
///
///     x         [rank ≤ 6]  any movable type
///     paddings  [rank, 2]   Int32 or Int64, each in 0 ... dimension, less 1 for REFLECT; constant
///     y         [rank]      type and quantization of x
///
/// x goes into the middle. Then, from the innermost axis outwards, the elements that are already
/// there are mirrored, so that the corners are right.
struct MirrorPad: DataMovement {
  static let versions: ClosedRange<Int32> = 1...3  // Later versions add types only.

  let copies: Copies

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> MirrorPad {
    try node.requireOperands(inputs: 2...2)
    let (x, y) = (try node.input(0), node.outputs[0])
    let options = try node.options(Schema.MirrorPad.optionsType)
    let mode = try node.byteOption(options, Schema.MirrorPad.mode, .mirrorMode, allowed: 0...1)
    var copies = [try StridedCopy(padding: node)]
    let amounts = try node.integers(node.input(1))
    let edge = 1 - mode
    let steps = y.shape.byteStrides(of: y.type)
    var corner = 0  // of x in y, along the axes not yet mirrored
    for axis in 0..<x.shape.rank { corner += amounts[2 * axis] * steps[axis] }
    for axis in (0..<x.shape.rank).reversed() {
      let (before, after, step) = (amounts[2 * axis], amounts[2 * axis + 1], steps[axis])
      let size = x.shape[axis]
      try node.require(.paddingBefore, before, in: 0...size - edge)
      try node.require(.paddingAfter, after, in: 0...size - edge)
      corner -= before * step
      for (count, from, to) in [
        (before, 2 * before - 1 + edge, 0),
        (after, before + size - 1 - edge, before + size),
      ] where count > 0 {
        var copy = StridedCopy(
          .tensor(y.index), at: corner + from * step, to: y.index, offset: corner + to * step,
          unit: step
        )
        for outer in 0..<axis {
          copy.append(x.shape[outer], source: steps[outer], target: steps[outer])
        }
        copy.append(count, source: -step, target: step)
        copies.append(copy)
      }
    }
    return MirrorPad(copies: try Copies(node, setup, copies))
  }
}

extension Schema {
  enum MirrorPad {
    static let optionsType: UInt8 = 77
    static let mode = 0
  }
}
