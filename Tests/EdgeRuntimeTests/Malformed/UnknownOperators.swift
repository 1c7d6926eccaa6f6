@testable import EdgeRuntime

/// Operators and versions that are not on the list, control flow, codes that the file does not
/// have, and options of another operator: an operator that no check knows must not run.
extension MalformedModel {
  static let unknownOperators: [MalformedModel] = codes + versions + options

  private static let codes: [MalformedModel] = ([32, 127, 205, 1 << 30] as [Int32]).map {
    (code: Int32) -> MalformedModel in
    MalformedModel(
      "code \(code)", .operatorUnsupported(node: 0, builtinCode: code, version: 1)
    ) { $0.nodes[0].code = code }
  }

  private static let versions: [MalformedModel] = ([0, 1000, .max, .min] as [Int32]).map {
    (version: Int32) -> MalformedModel in
    MalformedModel(
      "version \(version)", .operatorUnsupported(node: 0, builtinCode: 9, version: version)
    ) { $0.nodes[0].version = version }
  }

  private static let options: [MalformedModel] = [
    MalformedModel("code index", .operatorCodeOutOfRange(node: 0, index: 1, count: 1)) {
      $0.nodes[0].codeIndex = 1
    },
    MalformedModel(
      "code index −1", .operatorCodeOutOfRange(node: 0, index: Int(UInt32.max), count: 1)
    ) { $0.nodes[0].codeIndex = .max },
    MalformedModel(
      "options of ADD", .optionsMismatched(node: 0, found: 11, expected: 8)
    ) { $0.nodes[0].optionsType = 11 },
    MalformedModel("activation 5", .activationUnsupported(node: 0, activation: 5)) {
      $0.nodes[0].options[Schema.FullyConnected.activation] = .uint8(5)
    },
    MalformedModel(
      "shuffled weights",
      .optionOutOfRange(node: 0, option: .weightsFormat, found: 1, allowed: 0...0)
    ) { $0.nodes[0].options[Schema.FullyConnected.weightsFormat] = .uint8(1) },
  ]

}
