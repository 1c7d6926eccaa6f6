@testable import EdgeRuntime

/// Operators that take indices while they run, or whose output's size depends on values:
/// CVE-2020-15212 to 15214 (SEGMENT_SUM: ids negative, unsorted, huge), CVE-2023-25659 (a stitch
/// through indices). An operator whose output the planner cannot bound, or that could write outside
/// its output, is not built in, or is refused unless its indices are constant.
extension MalformedModel {
  static let runtimeIndices: [MalformedModel] = notConstant + segments

  private static let notConstant: [MalformedModel] = [
    MalformedModel(
      "axes that are not constant", in: mean, .operandNotConstant(node: 0, tensor: 2)
    ) {
      $0.tensors[2].buffer = 0
      $0.inputs.append(2)
    },
    MalformedModel(
      "paddings that are not constant", in: OperatorFixtures.pad(),
      .operandNotConstant(node: 0, tensor: 2)
    ) {
      $0.tensors[2].buffer = 0
      $0.inputs.append(2)
    },
    MalformedModel(
      "new shape that is not constant", in: reshape, .operandNotConstant(node: 0, tensor: 2)
    ) {
      $0.tensors[2].buffer = 0
      $0.inputs.append(2)
    },
  ]

  private static let segments: [MalformedModel] =
    ([[0, -1, 1], [2, 1, 0], [0, 1, .max]] as [[Int32]]).map { (ids: [Int32]) -> MalformedModel in
      MalformedModel(
        "segments \(ids)", operator: "SEGMENT_SUM",
        .single(
          "SEGMENT_SUM", [3, 2], to: [[2, 2]], constants: [([3], [0, 0, 1])], type: 100)
      ) { $0.setIntegers(1, ids) }
    }

  private static let mean = ModelBuilder.unary(
    .mean, [1, 2, 2], to: [1, 2], integers: ([1], [1]))
  private static let reshape = ModelBuilder.unary(
    .reshape, [1, 4], to: [2, 2], integers: ([2], [2, 2]))
}
