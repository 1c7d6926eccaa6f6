/// The graph as a whole: every tensor is written once, by one operator, before it is read, and
/// neither constants nor the graph's own inputs are written at all (model checks 7 and 8). A graph
/// in which every read follows its write, in the file's order, has no cycle.
struct GraphOrder {
  private enum Source { case nothing, constant, graphInput, node }

  static func verify(_ graph: Graph) throws(ModelError) {
    var sources: [Source] = []
    for tensor in graph.tensors { sources.append(tensor.constant == nil ? .nothing : .constant) }
    for index in graph.inputs {
      guard sources[index] != .constant else { throw .graphInputConstant(tensor: index) }
      guard sources[index] == .nothing else { throw .graphInputRepeated(tensor: index) }
      sources[index] = .graphInput
    }
    for node in graph.nodes {
      for input in node.inputs {
        guard let input else { continue }
        guard sources[input.index] != .nothing else {
          // A tensor that the node itself writes is the same fault with a plainer name.
          for output in node.outputs where output.index == input.index {
            throw .operandWrittenInPlace(node: node.index, tensor: input.index)
          }
          throw .readBeforeWritten(node: node.index, tensor: input.index)
        }
      }
      for output in node.outputs { try write(output.index, node, &sources) }
    }
    for index in graph.outputs where sources[index] != .node {
      throw .graphOutputNotWritten(tensor: index)
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
    }
  }
}
