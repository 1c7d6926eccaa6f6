@testable import EdgeRuntime

/// Small files that ask for very much memory, tables, operands or work (no CVE: a denial of
/// service).
extension MalformedModel {
  static let unboundedWork: [MalformedModel] = [
    MalformedModel(
      "a pool that looks at the whole image from everywhere", in: OperatorFixtures.averagePool(),
      .workTooMuch(steps: 1024 * 1024 * 1024 * 1024 + 2 << 20, limit: RuntimeLimits.workMax)
    ) {
      $0.tensors[0].shape = [1, 1024, 1024, 1]
      $0.tensors[1].shape = [1, 1024, 1024, 1]
      $0.nodes[0].options = [
        Schema.Pool2D.strideWidth: .int32(1), Schema.Pool2D.strideHeight: .int32(1),
        Schema.Pool2D.filterWidth: .int32(1024), Schema.Pool2D.filterHeight: .int32(1024),
      ]
    },
    MalformedModel(
      "an arena beyond the limit",
      .arenaTooLarge(bytes: 6 << 20, limit: RuntimeLimits.arenaBytesMax)
    ) { model in
      model = ModelBuilder()
      let shape: [Int32] = [2, 1 << 20]
      let inputs = (0..<3).map { _ in model.tensor(shape) }
      let (sum, y) = (model.tensor(shape), model.tensor(shape))
      model.node(.add, [inputs[0], inputs[1]], [sum], type: Schema.Add.optionsType)
      model.node(.add, [sum, inputs[2]], [y], type: Schema.Add.optionsType)
      (model.inputs, model.outputs) = (inputs, [y])
    },
    MalformedModel(
      "16,445 operands",
      .tooMany(.operands, found: 16_445, limit: RuntimeLimits.operandsOfAllMax)
    ) {
      var node = $0.nodes[0]
      node.inputs = Array(repeating: 0, count: RuntimeLimits.operandsMax)
      $0.nodes = Array(repeating: node, count: 300)
    },
    MalformedModel(
      "tables of weights that are shared",
      .tablesTooLarge(bytes: 3 * 1_600_256, limit: RuntimeLimits.tableBytesMax)
    ) { model in
      model = ModelBuilder()
      let units: Int32 = 400_000
      let weights = model.constant([units, 1], [Int8](repeating: 1, count: Int(units)))
      let x = model.tensor([1, 1])
      model.inputs = [x]
      for _ in 0..<3 {
        let y = model.tensor([1, units])
        model.node(
          .fullyConnected, [x, weights], [y], type: Schema.FullyConnected.optionsType)
        model.outputs.append(y)
      }
    },
  ]
}
