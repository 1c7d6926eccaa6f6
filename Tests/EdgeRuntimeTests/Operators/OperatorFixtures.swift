@testable import EdgeRuntime

/// One small sound model for each operator. The tests' sums are computed by hand for these.
enum OperatorFixtures {
  static let square: [Int: Flat] = [
    Schema.Pool2D.padding: .uint8(1), Schema.Pool2D.strideWidth: .int32(2),
    Schema.Pool2D.strideHeight: .int32(2), Schema.Pool2D.filterWidth: .int32(2),
    Schema.Pool2D.filterHeight: .int32(2),
  ]

  /// x [1, 2, 2, 2] → one 2 × 2 filter a channel, VALID → y [1, 1, 1, 2].
  static func depthwise() -> ModelBuilder {
    var model = ModelBuilder()
    let x = model.tensor([1, 2, 2, 2], zero: 1)
    let w = model.constant([1, 2, 2, 2], [1, 2, 1, 2, 1, 2, 1, 2])
    let bias = model.constant([2], int32: [0, 100], scale: 1)
    let y = model.tensor([1, 1, 1, 2])
    model.node(
      .depthwiseConv2D, [x, w, bias], [y], type: Schema.DepthwiseConv2D.optionsType,
      [
        Schema.DepthwiseConv2D.padding: .uint8(1),
        Schema.DepthwiseConv2D.strideWidth: .int32(1),
        Schema.DepthwiseConv2D.strideHeight: .int32(1),
        Schema.DepthwiseConv2D.depthMultiplier: .int32(1),
      ])
    (model.inputs, model.outputs) = ([x], [y])
    return model
  }

  static func averagePool() -> ModelBuilder {
    .unary(
      .averagePool2D, [1, 2, 2, 1], to: [1, 1, 1, 1], type: Schema.Pool2D.optionsType, square)
  }

  static func maxPool() -> ModelBuilder {
    .unary(.maxPool2D, [1, 2, 2, 1], to: [1, 1, 1, 1], type: Schema.Pool2D.optionsType, square)
  }

  /// a [2, 2] scale 1, b [2] scale 0.5 → y [2, 2] scale 0.5.
  static func add() -> ModelBuilder {
    var model = ModelBuilder()
    let a = model.tensor([2, 2])
    let b = model.tensor([2], scale: 0.5)
    let y = model.tensor([2, 2], scale: 0.5)
    model.node(.add, [a, b], [y], type: Schema.Add.optionsType)
    (model.inputs, model.outputs) = ([a, b], [y])
    return model
  }

  static func softmax() -> ModelBuilder {
    .unary(
      .softmax, [1, 2], to: [1, 2], type: Schema.Softmax.optionsType,
      [Schema.Softmax.beta: .float(1)], scale: 1 / 256, zero: -128)
  }

  static func pad() -> ModelBuilder {
    .unary(.pad, [1, 2], to: [2, 5], integers: ([2, 2], [1, 0, 1, 2]))
  }

  static func mean() -> ModelBuilder {
    .unary(.mean, [1, 2, 3], to: [1, 2], integers: ([1], [2]))
  }

  static func reshape(_ shape: [Int32]) -> ModelBuilder {
    .unary(.reshape, [2, 3], to: [3, 2], integers: ([Int32(shape.count)], shape))
  }
}
