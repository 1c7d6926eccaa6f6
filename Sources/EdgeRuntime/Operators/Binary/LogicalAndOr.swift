/// LOGICAL_AND: y = a ∧ b, LOGICAL_OR: y = a ∨ b
///
///     a, b  Bool; shapes that broadcast to y's
///     y     Bool
///
/// Every byte but 0 is true; y is 0 or 1.
struct LogicalAndOr: Kernel {
  static let versions: ClosedRange<Int32> = 1...1

  private let operands: BinaryOperands
  /// How many operands must be true.
  private let needed: UInt8

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> LogicalAndOr {
    let operands = try BinaryOperands(node, [.bool])
    let isAnd = node.kind == .logicalAnd
    _ = try node.options(
      isAnd ? Schema.Logical.andOptionsType : Schema.Logical.orOptionsType)
    return LogicalAndOr(operands: operands, needed: isAnd ? 2 : 1)
  }

  var inPlaceInputs: Int { operands.inPlaceInputs }

  func eval(_ memory: Memory) {
    operands.map(memory) { (a: UInt8, b: UInt8) -> UInt8 in
      (a != 0 ? 1 : 0) &+ (b != 0 ? 1 : 0) >= needed ? 1 : 0
    }
  }
}

extension Schema {
  enum Logical {
    static let orOptionsType: UInt8 = 60, andOptionsType: UInt8 = 62
  }
}
