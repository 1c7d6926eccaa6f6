/// Checks the graph as a whole: one operator writes every tensor once, before any operator reads
/// it, and no operator writes to constants or to the graph's inputs. If every read follows its
/// write in the file's order, the graph has no cycle.
///
/// States are an exception: one operator reads and writes a state, and no other operator does.
/// Handles go only from VAR_HANDLE to the operators that use a variable.
struct GraphOrder {
  private enum Source { case nothing, constant, graphInput, node, state, stateInUse }

  static func verify(_ graph: Graph) throws(ModelError) {
    var sources: [Source] = []
    for tensor in graph.tensors {
      sources.append(
        tensor.role == .state ? .state : tensor.constant == nil ? .nothing : .constant)
    }
    for index in graph.inputs + graph.outputs { try requireElements(graph.tensors[index]) }
    for index in graph.inputs {
      guard sources[index] != .constant else { throw .graphInputConstant(tensor: index) }
      guard sources[index] != .state else { throw .tensorVariable(tensor: index) }
      guard sources[index] == .nothing else { throw .graphInputRepeated(tensor: index) }
      sources[index] = .graphInput
    }
    for node in graph.nodes {
      for (position, input) in node.inputs.enumerated() {
        if let input { try read(input, position, node, &sources) }
      }
      for output in node.outputs {
        guard output.type != .resource || node.kind == .varHandle else {
          throw .operandType(node: node.index, tensor: output.index, found: output.type)
        }
        try write(output.index, node, &sources)
      }
    }
    for index in graph.outputs where sources[index] != .node {
      throw .graphOutputNotWritten(tensor: index)
    }
  }

  /// Requires that inputs and outputs of the graph have elements.
  private static func requireElements(_ tensor: Tensor) throws(ModelError) {
    guard tensor.role != .metadata else {
      throw .dimensionOutOfRange(
        tensor: tensor.index, axis: 0, found: 0, limit: RuntimeLimits.dimensionMax)
    }
    guard tensor.type != .resource else {
      throw .tensorTypeUnsupported(tensor: tensor.index, type: tensor.type.rawValue)
    }
  }

  private static func read(
    _ tensor: Tensor, _ position: Int, _ node: Node, _ sources: inout [Source]
  ) throws(ModelError) {
    guard tensor.type != .resource || node.kind.takesHandle(position) else {
      throw .operandType(node: node.index, tensor: tensor.index, found: tensor.type)
    }
    switch sources[tensor.index] {
    case .constant, .graphInput, .node: break
    case .state:
      guard node.kind.stateInputs.contains(position) else {
        throw .tensorVariable(tensor: tensor.index)
      }
      sources[tensor.index] = .stateInUse
    case .stateInUse: throw .tensorVariable(tensor: tensor.index)
    case .nothing:
      // If the node itself writes the tensor, it is the same fault, but there is a clearer error.
      for output in node.outputs where output.index == tensor.index {
        throw .operandWrittenInPlace(node: node.index, tensor: tensor.index)
      }
      throw .readBeforeWritten(node: node.index, tensor: tensor.index)
    }
  }

  private static func write(
    _ tensor: Int, _ node: Node, _ sources: inout [Source]
  ) throws(ModelError) {
    switch sources[tensor] {
    case .nothing: sources[tensor] = .node
    case .constant: throw .constantWritten(node: node.index, tensor: tensor)
    case .graphInput: throw .graphInputWritten(node: node.index, tensor: tensor)
    case .node: throw .writtenTwice(node: node.index, tensor: tensor)
    case .state, .stateInUse: throw .tensorVariable(tensor: tensor)
    }
  }
}
