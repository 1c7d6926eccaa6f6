/// ARG_MAX, ARG_MIN: y = the index of the largest or smallest element along one axis
///
///     x     [rank ≥ 1]  Int8, UInt8, Int16, Int32 or Float32
///     axis  one         Int32 or Int64, in −rank ..< rank; constant
///     y                 x's shape without the axis; Int32 or Int64
///
/// Integers are compared as they are, since one scale keeps their order. The first of equal
/// elements wins. No number is larger or smaller than NaN, and NaN is neither larger nor smaller
/// than a number. So a NaN wins only if it is the first of its line.
struct ArgMaxMin: Kernel {
  static let versions: ClosedRange<Int32> = 1...2  // 2: int8

  private let x: Int, y: Int
  private let type: ElementType
  private let lines: Lines
  private let isMax: Bool
  private let isWide: Bool

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> ArgMaxMin {
    try node.requireOperands(inputs: 2...2)
    let (x, axisTensor, y) = (try node.input(0), try node.input(1), node.outputs[0])
    try node.requireType(x, oneOf: [.int8, .uint8, .int16, .int32, .float32])
    try node.requireType(y, oneOf: [.int32, .int64])
    let isMax = node.kind == .argMax
    _ = try node.options(isMax ? Schema.Arg.maxOptionsType : Schema.Arg.minOptionsType)
    let axis = try node.axis(axisTensor, of: x)
    var shape = Shape()
    for other in 0..<x.shape.rank where other != axis { shape.append(x.shape[other]) }
    try node.requireShape(y, shape)
    return ArgMaxMin(
      x: x.index, y: y.index, type: x.type, lines: Lines(x.shape, along: axis), isMax: isMax,
      isWide: y.type == .int64)
  }

  @inline(never)
  func eval(_ memory: Memory) {
    switch type {
    case .int8: eval(memory, memory.tensor(x, as: Int8.self))
    case .uint8: eval(memory, memory.tensor(x, as: UInt8.self))
    case .int16: eval(memory, memory.tensor(x, as: Int16.self))
    case .int32: eval(memory, memory.tensor(x, as: Int32.self))
    default: eval(memory, memory.tensor(x, as: Float.self))
    }
  }

  @inline(__always)
  private func eval<T: Comparable>(_ memory: Memory, _ x: UnsafePointer<T>) {
    lines.forEach { first, line in
      var (extreme, found) = (x[first], 0)
      for index in 0..<lines.depth {
        let value = x[first &+ index &* lines.inner]
        if isMax ? value > extreme : value < extreme { (extreme, found) = (value, index) }
      }
      if isWide {
        memory.tensor(y, as: Int64.self)[line] = Int64(found)
      } else {
        memory.tensor(y, as: Int32.self)[line] = Int32(truncatingIfNeeded: found)
      }
    }
  }
}

extension Schema {
  enum Arg {
    /// Their only field is the type of y, which y itself has.
    static let maxOptionsType: UInt8 = 40, minOptionsType: UInt8 = 57
  }
}
