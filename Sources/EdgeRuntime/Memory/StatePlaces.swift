/// Finds values of variables that may be in the variable's memory, so that reading and assigning
/// copy nothing.
///
///     READ_VARIABLE → y    if no assignment comes before y's last reader
///     x → ASSIGN_VARIABLE  if no operator needs the old value after x's first byte, and none
///                          assigns another while x is in use
///
/// This is done only in the main subgraph: an initialization may copy. The model's inputs and
/// outputs stay apart from its states, as the caller may read them at any time.
struct StatePlaces {
  typealias Life = (first: Int, last: Int)

  let graph: Graph
  /// The tensor whose place a tensor shares, or the tensor itself.
  let roots: [Int]
  /// The lives of all tensors that share a root's place, as one.
  let lives: [Life?]

  /// - Returns: each tensor that may move, with the state whose place it may take.
  func find() -> [(tensor: Int, state: Int)] {
    var moves: [(tensor: Int, state: Int)] = []
    for variable in graph.states.indices {
      let uses = Uses(graph, of: variable)
      var writes: [Life] = []  // of values that are in the state from the start
      for node in uses.assignments {
        guard let value = node.inputs[1], let life = movable(value),
          graph.nodes[life.first].kind != .readVariable,
          !moves.contains(where: { $0.tensor == roots[value.index] }),
          writes.allSatisfy({ $0.last < life.first || life.last < $0.first }),
          uses.allow(value: life, assignedBy: node, lastReader: lastReader)
        else { continue }
        writes.append(life)
        moves.append((roots[value.index], graph.states[variable].tensor))
      }
      for node in uses.reads {
        let last = lastReader(node)
        let isOverwritten = uses.assignments.contains {
          $0.index > node.index && $0.index <= last
        }
        if isOverwritten || movable(node.outputs[0]) == nil { continue }
        moves.append((node.outputs[0].index, graph.states[variable].tensor))
      }
    }
    return moves
  }

  /// The life of a tensor's place, if an operator writes the tensor and the caller never sees it;
  /// else nil.
  private func movable(_ tensor: Tensor) -> Life? {
    guard tensor.constant == nil, let life = lives[roots[tensor.index]], life.first >= 0,
      life.last < graph.mainNodeCount
    else { return nil }
    return life
  }

  /// The last node that reads the result of a READ_VARIABLE, also with another shape.
  private func lastReader(_ read: Node) -> Int {
    lives[roots[read.outputs[0].index]]?.last ?? read.index
  }
}

/// The nodes of the main subgraph that use one variable.
private struct Uses {
  var reads: [Node] = []
  var assignments: [Node] = []

  init(_ graph: Graph, of variable: Int) {
    for node in graph.nodes[..<graph.mainNodeCount] {
      guard node.kind.takesHandle(0), let handle = node.inputs[0],
        graph.tensors[handle.index].variable == variable
      else { continue }
      if node.kind == .readVariable { reads.append(node) } else { assignments.append(node) }
    }
  }

  /// Whether a value may be written into the variable before it is assigned.
  func allow(
    value life: StatePlaces.Life, assignedBy node: Node, lastReader: (Node) -> Int
  ) -> Bool {
    for read in reads {
      // The last read of the old value must come before the first write of the new one. No operator
      // may read the variable between that write and the assignment.
      if read.index < life.first, lastReader(read) >= life.first { return false }
      if read.index >= life.first, read.index < node.index { return false }
    }
    return assignments.allSatisfy {
      $0.index == node.index || $0.index < life.first || $0.index > life.last
    }
  }
}
