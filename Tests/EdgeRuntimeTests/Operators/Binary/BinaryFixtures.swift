@testable import EdgeRuntime

/// Models of one operator with operands of any type, and their elements as such.
extension ModelBuilder {
  /// One operator; every tensor without a scale.
  static func plain(
    _ kind: OperatorKind, _ shapes: [[Int32]], _ type: ElementType, to outputShape: [Int32],
    _ outputType: ElementType? = nil
  ) -> ModelBuilder {
    var model = ModelBuilder()
    model.inputs = shapes.map { model.tensor($0, type) }
    model.outputs = [model.tensor(outputShape, outputType ?? type)]
    for index in model.tensors.indices {
      (model.tensors[index].scales, model.tensors[index].zeroPoints) = ([], [])
    }
    model.node(kind, model.inputs, model.outputs)
    return model
  }

  /// Two operands and an output of one shape and type, each with a scale and a zero point.
  static func pair(
    _ kind: OperatorKind, _ count: Int, _ type: ElementType = .int8,
    _ a: (scale: Float, zero: Int64) = (1, 0), _ b: (scale: Float, zero: Int64) = (1, 0),
    to y: (scale: Float, zero: Int64) = (1, 0)
  ) -> ModelBuilder {
    var model = ModelBuilder.plain(
      kind, [[Int32(count)], [Int32(count)]], type, to: [Int32(count)])
    for (tensor, affine) in [a, b, y].enumerated() {
      model.tensors[tensor].scales = [affine.scale]
      model.tensors[tensor].zeroPoints = [affine.zero]
    }
    return model
  }

  /// The same with a Bool for output.
  static func comparison(
    _ kind: OperatorKind, _ count: Int, _ type: ElementType = .int8,
    _ a: (scale: Float, zero: Int64) = (1, 0), _ b: (scale: Float, zero: Int64) = (1, 0)
  ) -> ModelBuilder {
    var model = ModelBuilder.pair(kind, count, type, a, b)
    model.tensors[2].type = ElementType.bool.rawValue
    return model
  }

  func with(activation: UInt8) -> ModelBuilder {
    var model = self
    model.nodes[0].options[0] = .uint8(activation)
    switch nodes[0].kind {
    case .add: model.nodes[0].optionsType = Schema.Add.optionsType
    case .sub: model.nodes[0].optionsType = Schema.Sub.optionsType
    case .mul: model.nodes[0].optionsType = Schema.Mul.optionsType
    default: model.nodes[0].optionsType = Schema.Div.optionsType
    }
    return model
  }

  /// Loads the model and runs it once; `inputs` are the elements of all inputs, one by one.
  func elements<From: BitwiseCopyable, To: BitwiseCopyable>(
    _ inputs: [From], as type: To.Type = To.self
  ) throws -> [To] {
    let interpreter = try Interpreter(load(bytes()).get())
    return inputs.withUnsafeBytes { interpreter.infer(Array($0)[...]) }.elements()
  }
}

extension [UInt8] {
  func elements<To: BitwiseCopyable>(as type: To.Type = To.self) -> [To] {
    withUnsafeBytes { Array<To>($0.bindMemory(to: To.self)) }
  }
}
