import Testing

@testable import EdgeRuntime

/// Goal: operators of one operand refuse models that they cannot compute, with the right reason.
/// Method: one fault at a time in a sound model: tensor 0 is x, tensor 1 is y.
@Suite struct UnaryRefusalTests {
  private static let kinds: [OperatorKind] = [
    .floor, .logistic, .relu, .reluN1To1, .relu6, .tanh, .exp, .neg, .sin, .log, .sqrt, .rsqrt,
    .square, .leakyRelu, .abs, .ceil, .cos, .elu, .round, .hardSwish, .gelu, .relu0To1, .sign,
  ]

  @Test(arguments: kinds)
  func `counts, shapes, types and versions`(kind: OperatorKind) {
    let sound = ModelBuilder.elementwise(kind, 2, .reals)
    #expect(sound.fault == nil)
    var model = sound
    model.nodes[0].inputs = [0, 0]
    #expect(model.fault == .inputCount(node: 0, found: 2, expected: 1...1))
    model = sound
    model.tensors[1].shape = [1, 2]
    #expect(model.fault == .operandRank(node: 0, tensor: 1, found: 2, expected: 1))
    model.tensors[1].shape = [3]
    #expect(
      model.fault == .operandDimension(node: 0, tensor: 1, axis: 0, found: 3, expected: 2))
    model = sound
    model.tensors[1].type = ElementType.int8.rawValue
    #expect(model.fault == .operandType(node: 0, tensor: 1, found: .int8))
    model = sound
    model.nodes[0].version = 9
    #expect(
      model.fault == .operatorUnsupported(node: 0, builtinCode: kind.rawValue, version: 9))
    let flags = ModelBuilder.elementwise(kind, 2, .plain(.bool))
    #expect(flags.fault == .operandType(node: 0, tensor: 0, found: .bool))
  }

  @Test(
    arguments: [
      .logistic, .relu, .relu6, .tanh, .exp, .log, .sqrt, .rsqrt, .leakyRelu, .abs, .elu,
      .hardSwish, .gelu,
    ] as [OperatorKind])
  func `integers without a scale`(kind: OperatorKind) {
    #expect(
      ModelBuilder.elementwise(kind, 2, .plain(.int8)).fault
        == .quantizationMissing(tensor: [.logistic, .tanh].contains(kind) ? 1 : 0))
  }

  @Test(
    arguments: [
      (.logistic, .int8(1), .int8(1 / 256)), (.logistic, .int8(1), .int8(1 / 128, -128)),
      (.logistic, .uint8(1), .uint8(1 / 256, 1)), (.tanh, .int8(1), .int8(1 / 128, 1)),
      (.tanh, .uint8(1), .uint8(1 / 128)), (.tanh, .int8(1), .int8(1)),
      (.logistic, .int16(1), .int16(1 / 16384)), (.tanh, .int16(1), .int16(1 / 32768, 1)),
    ] as [(OperatorKind, Elements, Elements)])
  func `sigmoids whose output has another scale`(
    kind: OperatorKind, from: Elements, to: Elements
  ) {
    #expect(
      ModelBuilder.elementwise(kind, 2, from, to).fault
        == .quantizationDiffers(node: 0, tensor: 1))
  }

  @Test(
    arguments: [
      (.logistic, .int16(1, 1), .int16(1 / 32768)), (.relu, .int16(1, 1), .int16(1)),
      (.sqrt, .int16(1, 1), .int16(1)), (.abs, .int16(1, 1), .int16(1)),
    ] as [(OperatorKind, Elements, Elements)])
  func `zero points of symmetric integers`(kind: OperatorKind, from: Elements, to: Elements) {
    #expect(
      ModelBuilder.elementwise(kind, 2, from, to).fault
        == .quantizationDiffers(node: 0, tensor: 0))
  }

  @Test(
    arguments: [
      (.logistic, .int8(1000), .int8(1 / 256, -128)), (.tanh, .int8(8), .int8(1 / 128)),
      (.tanh, .int16(2.7), .int16(1 / 32768)), (.relu, .int8(1e6), .int8(1e-6)),
      (.leakyRelu, .int8(1e6), .int8(1e-6)), (.abs, .int8(1e6), .int8(1e-6)),
      (.rsqrt, .int8(1e-12), .int8(1e-6)), (.rsqrt, .int8(1e6), .int8(1e6)),
      (.hardSwish, .int8(200), .int8(1)), (.hardSwish, .int8(1e6), .int8(1e-6)),
      (.quantize, .int8(1e6), .int8(1e-6)),
    ] as [(OperatorKind, Elements, Elements)])
  func `scales that fixed point does not hold`(
    kind: OperatorKind, from: Elements, to: Elements
  ) {
    #expect(
      ModelBuilder.elementwise(kind, 2, from, to).fault
        == .multiplierOutOfRange(node: 0, channel: 0))
  }

  @Test(
    arguments: [
      (.exp, .int16), (.log, .uint8), (.elu, .uint8), (.gelu, .int16), (.hardSwish, .int16),
      (.rsqrt, .int16), (.sqrt, .uint8), (.abs, .uint8), (.neg, .int8), (.sign, .int8),
      (.square, .int8), (.sin, .int8), (.logistic, .int32), (.relu, .int32), (.leakyRelu, .int32),
      (.logicalNot, .int8), (.relu, .int64),
    ] as [(OperatorKind, ElementType)])
  func `types that the reference does not have`(kind: OperatorKind, type: ElementType) {
    let elements = Elements(type: type, scale: type == .int64 ? nil : 1 / 128)
    #expect(
      ModelBuilder.elementwise(kind, 2, elements).fault
        == .operandType(node: 0, tensor: 0, found: type))
  }

  @Test func `a slope that is no number, options of another operator`() {
    var model = ModelBuilder.elementwise(
      .leakyRelu, 2, .int8(1), type: Schema.LeakyRelu.optionsType,
      [Schema.LeakyRelu.alpha: .float(.nan)])
    #expect(model.fault == .multiplierOutOfRange(node: 0, channel: 0))
    model.nodes[0].optionsType = Schema.Gelu.optionsType
    #expect(
      model.fault
        == .optionsMismatched(
          node: 0, found: Schema.Gelu.optionsType, expected: Schema.LeakyRelu.optionsType))
  }

  @Test func `PRELU: slopes of another type or shape`() {
    func fault(_ change: (inout ModelBuilder) -> Void) -> ModelError? {
      var model = ModelBuilder()
      let x = model.tensor([2, 2], .int8(1))
      let alpha = model.constant([2], [1, 2])
      let y = model.tensor([2, 2], .int8(1))
      model.node(.prelu, [x, alpha], [y])
      (model.inputs, model.outputs) = ([x], [y])
      change(&model)
      return model.fault
    }
    #expect(fault { _ in } == nil)
    #expect(
      fault { $0.tensors[1].type = ElementType.uint8.rawValue }
        == .operandType(node: 0, tensor: 1, found: .uint8))
    #expect(
      fault { $0.tensors[0].type = ElementType.bool.rawValue }
        == .operandType(node: 0, tensor: 0, found: .bool))
    #expect(
      fault { model in for index in [0, 2] { model.tensors[index].shape = [2, 3] } }
        == .operandDimension(node: 0, tensor: 1, axis: 0, found: 2, expected: 3))
    #expect(
      fault { $0.tensors[2].shape = [2, 1] }
        == .operandDimension(node: 0, tensor: 2, axis: 1, found: 1, expected: 2))
    #expect(fault { $0.nodes[0].inputs = [0] } == .inputCount(node: 0, found: 1, expected: 2...2))
    #expect(
      fault {
        $0.tensors[1].scales = [1e6]; $0.tensors[0].scales = [1e6]
      }
        == .multiplierOutOfRange(node: 0, channel: 0))
  }
}
