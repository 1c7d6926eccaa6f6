@testable import EdgeRuntime

/// Operands whose shapes do not fit each other: CVE-2020-15208. Every output shape is computed
/// again and must be the file's.
extension MalformedModel {
  static let shapeMismatches: [MalformedModel] = [
    MalformedModel(
      "more outputs than units",
      .operandDimension(
        node: 0, tensor: 3, axis: 1, found: 3, expected: 2)
    ) { $0.tensors[3].shape = [1, 3] },
    MalformedModel(
      "output of another rank", .operandRank(node: 0, tensor: 3, found: 1, expected: 2)
    ) { $0.tensors[3].shape = [2] },
    MalformedModel(
      "input that is no row of weights", .operandCount(node: 0, tensor: 0, found: 3, expected: 2)
    ) { $0.tensors[0].shape = [1, 3] },
    MalformedModel(
      "bias of another length", .operandCount(node: 0, tensor: 2, found: 1, expected: 2)
    ) {
      $0.tensors[2].shape = [1]
      $0.setIntegers(2, [1])
    },
    MalformedModel(
      "larger image than the filter makes", in: .conv2D(),
      .operandDimension(node: 0, tensor: 3, axis: 1, found: 3, expected: 2)
    ) { $0.tensors[3].shape = [1, 3, 2, 1] },
    MalformedModel(
      "shapes that do not broadcast", in: OperatorFixtures.add(),
      .operandDimension(node: 0, tensor: 1, axis: 0, found: 3, expected: 2)
    ) { $0.tensors[1].shape = [3] },
    MalformedModel(
      "paddings for another rank", in: OperatorFixtures.pad(),
      .operandDimension(node: 0, tensor: 2, axis: 0, found: 1, expected: 2)
    ) {
      $0.tensors[2].shape = [1, 2]
      $0.setIntegers(1, [1, 1])
    },
  ]
}
