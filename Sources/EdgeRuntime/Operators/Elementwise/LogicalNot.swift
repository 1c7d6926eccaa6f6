/// y = 1 where x is 0, else 0
///
///     x, y  any shape  Bool: a byte, of which every value but 0 stands for true
struct LogicalNot: Kernel {
  static let versions: ClosedRange<Int32> = 1...1

  private let table: ByteTable

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> LogicalNot {
    let (x, y) = try node.elementwiseOperands()
    try node.requireType(x, .bool)
    return LogicalNot(table: try ByteTable(setup, x, y) { $0 == 0 ? 1 : 0 })
  }

  var inPlaceInputs: Int { 1 }

  func eval(_ memory: Memory) { table.eval(memory) }
}
