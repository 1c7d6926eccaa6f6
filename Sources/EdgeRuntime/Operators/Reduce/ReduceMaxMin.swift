/// REDUCE_MAX, REDUCE_MIN: y = the largest or smallest element of x over some axes (see
/// `Reduction`)
///
///     x     [rank ≤ 6]  Int8, UInt8, Int16, Int32 or Float32
///     axes  [count]     Int32; constant
///     y                 x's type, quantized as x
///
/// Exact: nothing is rescaled. As in the reference, the search starts from the largest finite
/// number of the other end. So it ignores NaN, and the infinity at that end.
struct ReduceMaxMin: Kernel {
  static let versions: ClosedRange<Int32> = 1...3  // 2: int8, 3: int16

  private let reduction: Reduction
  private let isMax: Bool

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> ReduceMaxMin {
    let reduction = try Reduction.prepare(node, oneOf: [.int8, .uint8, .int16, .int32, .float32])
    try node.requireSameValues(node.input(0), node.outputs[0])
    return ReduceMaxMin(reduction: reduction, isMax: node.kind == .reduceMax)
  }

  @inline(never)
  func eval(_ memory: Memory) {
    switch reduction.type {
    case .int8: eval(memory, Int8.min, .max)
    case .uint8: eval(memory, UInt8.min, .max)
    case .int16: eval(memory, Int16.min, .max)
    case .int32: eval(memory, Int32.min, .max)
    default: eval(memory, -Float.greatestFiniteMagnitude, .greatestFiniteMagnitude)
    }
  }

  @inline(__always)
  private func eval<T: Comparable>(_ memory: Memory, _ lowest: T, _ highest: T) {
    let isMax = isMax
    reduction.eval(
      memory, as: T.self, start: isMax ? lowest : highest,
      join: { if isMax ? $1 > $0 : $1 < $0 { $0 = $1 } }, finish: { $0 })
  }
}
