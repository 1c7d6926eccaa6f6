@testable import EdgeRuntime

/// The same small operator with different integer types: tensors x 0, w 1, bias 2, y 3. Without a
/// bias the tensors keep their places, and the node leaves the bias out.
enum WeightedFixtures {
  enum Bias {
    case none
    case int16([Int16]), int32([Int32]), int64([Int64])
  }

  /// x [1, n] → FULLY_CONNECTED → y [1, units].
  static func fullyConnected(
    _ type: ElementType, depth: Int32, _ weights: (ElementType, [UInt8]), units: Int32,
    bias: Bias = .none, yScale: Float = 1
  ) -> ModelBuilder {
    var model = ModelBuilder()
    model.tensor([1, depth], type)
    model.constant([units, depth], weights.0, weights.1, scale: 1)
    add(bias, [units], to: &model)
    model.tensor([1, units], type, scale: yScale)
    model.node(
      .fullyConnected, [0, 1] + (hasBias(bias) ? [2] : []), [3],
      type: Schema.FullyConnected.optionsType)
    (model.inputs, model.outputs) = ([0], [3])
    return model
  }

  /// x `shape` → CONV_2D or DEPTHWISE_CONV_2D with stride 1 and VALID padding → y `output`.
  static func convolution(
    _ kind: OperatorKind, _ type: ElementType, _ shape: [Int32],
    _ weights: (ElementType, [Int32], [UInt8]), bias: Bias = .none, to output: [Int32]
  ) -> ModelBuilder {
    var model = ModelBuilder()
    model.tensor(shape, type)
    model.constant(weights.1, weights.0, weights.2, scale: 1)
    add(bias, [kind == .conv2D ? weights.1[0] : weights.1[3]], to: &model)
    model.tensor(output, type)
    var options: [Int: Flat] = [
      Schema.Conv2D.padding: .uint8(1), Schema.Conv2D.strideWidth: .int32(1),
      Schema.Conv2D.strideHeight: .int32(1),
    ]
    if kind == .depthwiseConv2D {
      options[Schema.DepthwiseConv2D.depthMultiplier] = .int32(weights.1[3] / shape[3])
    }
    model.node(
      kind, [0, 1] + (hasBias(bias) ? [2] : []), [3],
      type: kind == .conv2D ? Schema.Conv2D.optionsType : Schema.DepthwiseConv2D.optionsType,
      options)
    (model.inputs, model.outputs) = ([0], [3])
    return model
  }

  /// x [1, h, w, c] → TRANSPOSE_CONV with stride 2 → y `output`: the shape is tensor 4.
  static func transposeConv(
    _ type: ElementType, _ shape: [Int32], _ weights: (ElementType, [Int32], [UInt8]),
    bias: Bias = .none, to output: [Int32], same: Bool = false
  ) -> ModelBuilder {
    var model = ModelBuilder()
    model.tensor(shape, type)
    model.constant(weights.1, weights.0, weights.2, scale: 1)
    add(bias, [weights.1[0]], to: &model)
    model.tensor(output, type)
    model.constant([4], int32: output)
    model.node(
      .transposeConv, [4, 1, 0] + (hasBias(bias) ? [2] : []), [3],
      type: Schema.TransposeConv.optionsType,
      [
        Schema.TransposeConv.padding: .uint8(same ? 0 : 1),
        Schema.TransposeConv.strideWidth: .int32(2),
        Schema.TransposeConv.strideHeight: .int32(2),
      ])
    (model.inputs, model.outputs) = ([0], [3])
    return model
  }

  private static func hasBias(_ bias: Bias) -> Bool {
    if case .none = bias { false } else { true }
  }

  private static func add(_ bias: Bias, _ shape: [Int32], to model: inout ModelBuilder) {
    switch bias {
    case .none:
      model.constant(shape, .int32, [UInt8](repeating: 0, count: Int(shape[0]) * 4), scale: 1)
    case .int16(let values): model.constant(shape, .int16, bytes(values), scale: 1)
    case .int32(let values): model.constant(shape, .int32, bytes(values), scale: 1)
    case .int64(let values): model.constant(shape, .int64, bytes(values), scale: 1)
    }
  }

  static func bytes<T: FixedWidthInteger & Sendable>(_ values: [T]) -> [UInt8] {
    values.flatMap(Flat.littleEndian)
  }

  /// Two to a byte, the low half first.
  static func packed(_ values: [Int8]) -> [UInt8] {
    stride(from: 0, to: values.count, by: 2).map { index in
      let high = index + 1 < values.count ? UInt8(bitPattern: values[index + 1]) << 4 : 0
      return UInt8(bitPattern: values[index]) & 15 | high
    }
  }
}

extension ModelBuilder {
  /// Loads the model and runs it once on integers of one type, in and out.
  func infer<T: FixedWidthInteger & Sendable>(integers: [T]) throws -> [T] {
    let interpreter = try Interpreter(load(bytes()).get())
    let found = interpreter.infer(WeightedFixtures.bytes(integers)[...])
    return found.withUnsafeBytes { Array($0.bindMemory(to: T.self)) }
  }
}
