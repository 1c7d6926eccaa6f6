@testable import EdgeRuntime

/// Sparsity tables, whose segments and indices other runtimes read unchecked: CVE-2022-23560,
/// CVE-2022-23561. No model for boards has any.
extension MalformedModel {
  static let sparseTensors: [MalformedModel] = withSparsity + packedTypes

  private static let withSparsity: [MalformedModel] = (0..<4).map {
    (tensor: Int) -> MalformedModel in
    MalformedModel("tensor \(tensor) is sparse", .tensorSparse(tensor: tensor)) {
      $0.tensors[tensor].isSparse = true
    }
  }

  private static let packedTypes: [MalformedModel] = [
    MalformedModel(
      "elements of 2 bits", .tensorTypeUnsupported(tensor: 1, type: ElementType.int2.rawValue)
    ) { $0.tensors[1].type = ElementType.int2.rawValue },
    MalformedModel(
      "texts", .tensorTypeUnsupported(tensor: 1, type: ElementType.string.rawValue)
    ) { $0.tensors[1].type = ElementType.string.rawValue },
    MalformedModel("type 255", .tensorTypeUnsupported(tensor: 1, type: 255)) {
      $0.tensors[1].type = 255
    },
  ]

}
