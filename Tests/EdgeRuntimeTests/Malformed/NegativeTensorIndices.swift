@testable import EdgeRuntime

/// −1 where an operand is needed, and all other invalid indices: CVE-2020-15211, CVE-2021-37681
/// (SVDF).
extension MalformedModel {
  static let negativeTensorIndices: [MalformedModel] = missingOperands + outOfRange + notYetBuiltIn

  private static let missingOperands: [MalformedModel] = [
    MalformedModel("input −1", .operandMissing(node: 0, input: 0)) {
      $0.nodes[0].inputs[0] = -1
    },
    MalformedModel("weights −1", .operandMissing(node: 0, input: 1)) {
      $0.nodes[0].inputs[1] = -1
    },
    MalformedModel(
      "second addend −1", in: OperatorFixtures.add(), .operandMissing(node: 0, input: 1)
    ) { $0.nodes[0].inputs[1] = -1 },
    MalformedModel("graph without inputs", .missing(.graphInputs)) { $0.inputs = [] },
    MalformedModel("graph without outputs", .missing(.graphOutputs)) { $0.outputs = [] },
    MalformedModel("no inputs", .inputCount(node: 0, found: 0, expected: 2...3)) {
      $0.nodes[0].inputs = []
    },
    MalformedModel("no outputs", .outputCount(node: 0, found: 0, expected: 1)) {
      $0.nodes[0].outputs = []
      $0.nodes.append(.init(kind: .reshape, inputs: [0], outputs: [3]))
    },
    MalformedModel("one input too many", .inputCount(node: 0, found: 4, expected: 2...3)) {
      $0.nodes[0].inputs.append(0)
    },
  ]

  private static let outOfRange: [MalformedModel] =
    ([-2, 4, .max, .min] as [Int32]).flatMap { (index: Int32) -> [MalformedModel] in
      [
        MalformedModel(
          "input \(index)", .tensorIndexOutOfRange(node: 0, index: Int(index), count: 4)
        ) { $0.nodes[0].inputs[0] = index },
        MalformedModel(
          "output \(index)", .tensorIndexOutOfRange(node: 0, index: Int(index), count: 4)
        ) { $0.nodes[0].outputs[0] = index },
        MalformedModel(
          "graph input \(index)", .tensorIndexOutOfRange(node: nil, index: Int(index), count: 4)
        ) { $0.inputs[0] = index },
        MalformedModel(
          "graph output \(index)", .tensorIndexOutOfRange(node: nil, index: Int(index), count: 4)
        ) { $0.outputs[0] = index },
      ]
    } + [
      MalformedModel("output −1", .tensorIndexOutOfRange(node: 0, index: -1, count: 4)) {
        $0.nodes[0].outputs[0] = -1
      },
      MalformedModel("graph input −1", .tensorIndexOutOfRange(node: nil, index: -1, count: 4)) {
        $0.inputs[0] = -1
      },
    ]

  private static let notYetBuiltIn: [MalformedModel] = [
    MalformedModel(
      "order −1", operator: "TRANSPOSE",
      .single(
        "TRANSPOSE", version: 2, [1, 2, 3], to: [[3, 1, 2]], constants: [([3], [2, 0, 1])],
        type: 26)
    ) { $0.nodes[0].inputs[1] = -1 },
    MalformedModel(
      "factor −1", operator: "MUL",
      .single(
        "MUL", version: 2, [1, 2], to: [[1, 2]], type: 21
      ).squared()
    ) { $0.nodes[0].inputs[1] = -1 },
  ]
}

extension ModelBuilder {
  /// The same operand twice.
  fileprivate func squared() -> ModelBuilder {
    var model = self
    model.nodes[0].inputs = [0, 0]
    return model
  }
}
