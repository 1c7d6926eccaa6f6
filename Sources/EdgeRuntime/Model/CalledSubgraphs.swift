/// The subgraphs with which CALL_ONCE initializes the states: each once, in the order of the calls.
///
/// They run before the first inference, not at the place of the call. So no operator before that
/// place may use a variable: then the difference has no effect.
enum CalledSubgraphs {
  /// - Parameters:
  ///   - nodes: the nodes of the main subgraph.
  ///   - count: the count of subgraphs in the file.
  static func find(_ nodes: [Node], count: Int) throws(ModelError) -> [Int] {
    var called: [Int] = []
    var usesVariables = false
    for node in nodes {
      switch node.kind {
      case .readVariable, .assignVariable: usesVariables = true
      case .callOnce:
        let index = try CallOnce.subgraph(node)
        guard index >= 0, index < count else {
          throw .subgraphOutOfRange(node: node.index, index: index, count: count)
        }
        guard index != 0, !called.contains(index) else {
          throw .subgraphCalledAgain(node: node.index, index: index)
        }
        guard !usesVariables else { throw .initializationMisplaced(node: node.index) }
        called.append(index)
      default: break
      }
    }
    return called
  }

  /// Refuses an initialization that calls another one: no converter writes that.
  static func requireNone(in nodes: ArraySlice<Node>) throws(ModelError) {
    for node in nodes where node.kind == .callOnce {
      throw .initializationMisplaced(node: node.index)
    }
  }
}
