/// READ_VARIABLE: y = the variable's value
/// ASSIGN_VARIABLE: the variable's value = x, until the next assignment
///
///     handle  Resource, from VAR_HANDLE
///     x, y    any type and shape: the variable's type and count of elements
///
/// The planner gives y the variable's place if nothing is assigned before the last read of y. It
/// gives x the variable's place if no operator reads the old value after the first write to x. Then
/// nothing is copied.
struct ReadAssignVariable: Kernel {
  static let versions: ClosedRange<Int32> = 1...1

  private let source: Int, target: Int
  private let byteCount: Int

  /// `StateFinder` proves that the variable has the type and size of x or y.
  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> ReadAssignVariable {
    let isRead = node.kind == .readVariable
    let count = isRead ? 1 : 2
    try node.requireOperands(inputs: count...count, outputs: isRead ? 1 : 0)
    let handle = try node.input(0)
    let value = isRead ? node.outputs[0] : try node.input(1)
    try node.requireType(handle, .resource)
    _ = try node.options(
      isRead ? Schema.Variable.readOptionsType : Schema.Variable.assignOptionsType)
    return ReadAssignVariable(
      source: isRead ? handle.index : value.index, target: isRead ? value.index : handle.index,
      byteCount: value.byteCount)
  }

  func eval(_ memory: Memory) {
    let source = memory.tensor(source, as: UInt8.self)
    let target = memory.tensor(target, as: UInt8.self)
    if target != source { target.update(from: source, count: byteCount) }
  }
}

extension Schema {
  enum Variable {
    static let readOptionsType: UInt8 = 112, assignOptionsType: UInt8 = 113
  }
}
