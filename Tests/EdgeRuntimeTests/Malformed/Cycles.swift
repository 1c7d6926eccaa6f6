@testable import EdgeRuntime

/// Operators that need each other's outputs, or a subgraph that calls itself: CVE-2021-29591.
extension MalformedModel {
  static let cycles: [MalformedModel] = [
    MalformedModel("cycle of two", .readBeforeWritten(node: 0, tensor: 4)) {
      $0.tensors.append(.init(shape: [1, 2]))
      $0.nodes = [
        .init(kind: .reshape, inputs: [4], outputs: [3]),
        .init(kind: .reshape, inputs: [3], outputs: [4]),
      ]
    },
    MalformedModel("cycle of one", .operandWrittenInPlace(node: 0, tensor: 3)) {
      $0.nodes = [.init(kind: .reshape, inputs: [3], outputs: [3])]
    },
    MalformedModel("wrong order", .readBeforeWritten(node: 0, tensor: 4)) {
      $0.tensors.append(.init(shape: [1, 2]))
      $0.nodes = [
        .init(kind: .reshape, inputs: [4], outputs: [3]),
        .init(kind: .reshape, inputs: [0], outputs: [4]),
      ]
    },
    MalformedModel(
      "loop over a subgraph", .operatorUnsupported(node: 0, builtinCode: 119, version: 1)
    ) { $0.nodes[0].code = 119 },
    MalformedModel(
      "choice of a subgraph", .operatorUnsupported(node: 0, builtinCode: 118, version: 1)
    ) { $0.nodes[0].code = 118 },
  ]
}
