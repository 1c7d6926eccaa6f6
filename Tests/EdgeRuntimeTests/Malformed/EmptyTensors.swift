@testable import EdgeRuntime

/// Dimensions of 0, which stand for no element and are divided by: CVE-2021-29589 (GATHER_ND),
/// 29590 (MINIMUM, MAXIMUM), 29592 (RESHAPE), 29596 (EMBEDDING_LOOKUP), 29600 (ONE_HOT), 29604
/// (HASHTABLE_LOOKUP), CVE-2022-23557 (a bias of no element); and parts of a split that do not add
/// up: CVE-2021-29606 (SPLIT_V).
extension MalformedModel {
  static let emptyTensors: [MalformedModel] =
    withoutElements + reshaped + emptyOperands + splitSizes

  private static let withoutElements: [MalformedModel] = (0..<4).map {
    (tensor: Int) -> MalformedModel in
    MalformedModel(
      "tensor \(tensor) is empty",
      .dimensionOutOfRange(tensor: tensor, axis: 0, found: 0, limit: RuntimeLimits.dimensionMax)
    ) { $0.tensors[tensor].shape[0] = 0 }
  }

  private static let reshaped: [MalformedModel] = [
    MalformedModel(
      "negative dimension",
      .dimensionOutOfRange(tensor: 0, axis: 1, found: -1, limit: RuntimeLimits.dimensionMax)
    ) { $0.tensors[0].shape[1] = -1 },
    MalformedModel(
      "reshape to nothing", in: reshape,
      .operandDimension(node: 0, tensor: 1, axis: 0, found: 2, expected: 0)
    ) { $0.setIntegers(1, [0, 2]) },
    MalformedModel(
      "reshape with two unknowns", in: reshape,
      .optionOutOfRange(node: 0, option: .newShape, found: 2, allowed: 0...1)
    ) { $0.setIntegers(1, [-1, -1]) },
  ]

  private static let emptyOperands: [MalformedModel] = ["MINIMUM", "MAXIMUM"].map {
    (name: String) -> MalformedModel in
    MalformedModel(
      "empty operand", operator: name,
      .single(name, version: 2, [1, 2], to: [[1, 2]], type: 39).twice()
    ) { $0.tensors[0].shape = [1, 0] }
  }

  private static let splitSizes: [MalformedModel] =
    ([[1, 2], [3, 2], [-1, -1], [4, 0]] as [[Int32]]).map { (sizes: [Int32]) -> MalformedModel in
      MalformedModel(
        "sizes \(sizes) of 4", operator: "SPLIT_V",
        .single(
          "SPLIT_V", version: 2, [1, 4], to: [[1, 2], [1, 2]],
          constants: [([2], [2, 2]), ([], [1])], type: 79, [0: .int32(2)])
      ) { $0.setIntegers(1, sizes) }
    }

  private static let reshape = ModelBuilder.unary(
    .reshape, [1, 4], to: [2, 2], integers: ([2], [2, 2]))
}

extension ModelBuilder {
  fileprivate func twice() -> ModelBuilder {
    var model = self
    model.nodes[0].inputs = [0, 0]
    return model
  }
}
