/// Prepares the nodes in order. It runs a node at once if no inference can change the node's
/// results: small integers computed from shapes and constants.
///
/// Converters write a chain of such nodes (SHAPE, STRIDED_SLICE, PACK …) before a RESHAPE whose
/// batch was left open. Each node runs with its usual kernel, so that no operator is implemented
/// twice. Its output is then a constant, which later nodes may use for their shapes and axes, and
/// the node does not run again.
struct ConstantFolding {
  private(set) var graph: Graph
  private(set) var steps: [Step] = []
  private let setup: Setup
  /// The address of each tensor's constant, as in an interpreter; empty before the first folded
  /// node.
  private var addresses: [UnsafeMutableRawPointer] = []

  init(_ graph: Graph, _ setup: Setup) throws(ModelError) {
    self.graph = graph
    self.setup = setup
    for node in graph.nodes.indices {
      if !addresses.isEmpty { resolve(node) }
      var step = try Operator.prepare(self.graph.nodes[node], setup)
      if try folds(self.graph.nodes[node], step) {
        try fold(self.graph.nodes[node], step)
        resolve(node)
        step.isFolded = true
      }
      steps.append(step)
    }
  }

  /// Nodes hold their operands. This replaces the operands that have become constants.
  private mutating func resolve(_ node: Int) {
    for (position, input) in graph.nodes[node].inputs.enumerated() {
      if let input { graph.nodes[node].inputs[position] = graph.tensors[input.index] }
    }
    for (position, output) in graph.nodes[node].outputs.enumerated() {
      graph.nodes[node].outputs[position] = graph.tensors[output.index]
    }
  }

  /// Whether the node's outputs are a few integers that depend only on constants. Its kernel must
  /// need nothing else. Operators that keep state are never folded, since they have inputs or
  /// outputs of other types.
  private func folds(_ node: Node, _ step: Step) throws(ModelError) -> Bool {
    guard step.scratchBytes == 0, !node.inputs.isEmpty, !node.outputs.isEmpty else { return false }
    for output in node.outputs {
      guard output.type == .int32 || output.type == .int64,
        output.shape.count <= RuntimeLimits.foldedElementsMax
      else { return false }
    }
    if node.kind == .shape { return true }
    var bytes = 0
    for input in node.inputs {
      guard let input else { continue }
      guard let constant = input.constant else { return false }
      bytes += constant.count
    }
    try setup.visit(bytes)
    return true
  }

  private mutating func fold(_ node: Node, _ step: Step) throws(ModelError) {
    let byteCount = node.outputs.reduce(0) { $0 + $1.byteCount + 8 }
    var place = UnsafeMutableRawPointer(
      try setup.tables.table(of: UInt8.self, count: byteCount))
    if addresses.isEmpty {
      // The kernel does not read tensors that are not constant.
      addresses = Array(repeating: place, count: graph.tensors.count + graph.nodes.count)
      for tensor in graph.tensors { setAddress(tensor) }
    }
    for output in node.outputs {
      graph.tensors[output.index].constant = UnsafeRawBufferPointer(
        start: place, count: output.byteCount)
      setAddress(graph.tensors[output.index])
      place += (output.byteCount + 7) / 8 * 8
    }
    addresses.withUnsafeBufferPointer { addresses in
      guard let base = addresses.baseAddress else { return }
      step.operation.eval(Memory(addresses: base, tensorCount: graph.tensors.count))
    }
  }

  private mutating func setAddress(_ tensor: Tensor) {
    guard let constant = tensor.constant?.baseAddress else { return }
    addresses[tensor.index] = UnsafeMutableRawPointer(mutating: constant)
  }
}
