/// Names the subgraph that gives the variables their first values. It has no operands.
///
/// That subgraph runs when an interpreter is made and when its state is reset, so that `eval` has
/// nothing to do (see `CalledSubgraphs`).
struct CallOnce: Kernel {
  static let versions: ClosedRange<Int32> = 1...1

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> CallOnce {
    try node.requireOperands(inputs: 0...0, outputs: 0)
    return CallOnce()
  }

  /// The index of the subgraph as the file says it, not checked.
  static func subgraph(_ node: Node) throws(ModelError) -> Int {
    let options = try node.options(Schema.CallOnce.optionsType)
    return Int(try options?.integer(Schema.CallOnce.subgraph) as Int32? ?? 0)
  }

  func eval(_ memory: Memory) {}
}

extension Schema {
  enum CallOnce {
    static let optionsType: UInt8 = 103
    static let subgraph = 0
  }
}
