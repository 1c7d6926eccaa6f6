@testable import EdgeRuntime

/// Small sound models of operators that move data.
enum MovementFixtures {
  /// One of each kind of geometry.
  static let all: [ModelBuilder] = [
    concatenation(), pack(), mirrorPad(), spaceToBatch(), gather(),
    stridedSlice(
      [4, 5, 3], to: [2, 3, 3], begin: [3, 4, 0], end: [-5, -6, 3], stride: [-2, -2, 1]),
    model(
      .splitV, [2, 6], to: [[2, 1], [2, 5]], integers: [[1, -1], [1]],
      options: Schema.Split.sizedOptionsType, [Schema.Split.parts: .int32(2)]),
    model(.tile, [2, 1, 3], to: [[4, 3, 6]], .int16, integers: [[2, 3, 2]]),
    model(.transpose, [2, 3, 4], to: [[4, 2, 3]], .int32, integers: [[2, 0, 1]]),
    model(
      .depthToSpace, [1, 2, 2, 4], to: [[1, 4, 4, 1]],
      options: Schema.DepthSpace.toSpaceOptionsType, [Schema.DepthSpace.blockSize: .int32(2)]),
  ]

  static func mirrorPad() -> ModelBuilder {
    var model = model(.mirrorPad, [3, 4], to: [[6, 7]], options: Schema.MirrorPad.optionsType)
    model.append(integers: [2, 1, 0, 3], shape: [2, 2])
    return model
  }

  static func spaceToBatch() -> ModelBuilder {
    var model = model(.spaceToBatchND, [1, 3, 4, 2], to: [[4, 2, 2, 2]], integers: [[2, 2]])
    model.append(integers: [1, 0, 0, 0], shape: [2, 2])
    return model
  }

  /// x [3, 2] and indices [2], Int32. The indices are not constant, so the arena holds any numbers.
  static func gather() -> ModelBuilder {
    var model = model(.gather, [3, 2], to: [[2, 2]], options: Schema.Gather.optionsType)
    let indices = model.tensor([2], .int32)
    model.nodes[0].inputs.append(indices)
    model.inputs.append(indices)
    return model
  }

  /// One operator from x to its outputs, with lists of integers between.
  static func model(
    _ kind: OperatorKind, _ shape: [Int32], to outputs: [[Int32]], _ type: ElementType = .int8,
    zero: Int64 = 0, integers: [[Int32]] = [], options optionsType: UInt8 = 0,
    _ options: [Int: Flat] = [:]
  ) -> ModelBuilder {
    var model = ModelBuilder()
    let x = model.tensor(shape, type, zero: zero)
    let y = outputs.map { model.tensor($0, type, zero: zero) }
    model.node(kind, [x], y, type: optionsType, options)
    (model.inputs, model.outputs) = ([x], y)
    for list in integers { model.append(integers: list, shape: [Int32(list.count)]) }
    return model
  }

  /// `masks` by the number of their option.
  static func stridedSlice(
    _ shape: [Int32], to output: [Int32], _ type: ElementType = .int8, begin: [Int32],
    end: [Int32], stride: [Int32], _ masks: [Int: Int32] = [:]
  ) -> ModelBuilder {
    var options = masks.mapValues { Flat.int32($0) }
    if let offset = masks[Schema.StridedSlice.offset] {
      options[Schema.StridedSlice.offset] = .uint8(UInt8(offset))
    }
    return model(
      .stridedSlice, shape, to: [output], type, integers: [begin, end, stride],
      options: Schema.StridedSlice.optionsType, options)
  }

  /// [2, 2] and [2, 1] → [2, 3]
  static func concatenation() -> ModelBuilder {
    var model = model(
      .concatenation, [2, 2], to: [[2, 3]], options: Schema.Concatenation.optionsType,
      [Schema.Concatenation.axis: .int32(-1)])
    let b = model.tensor([2, 1])
    model.nodes[0].inputs.append(b)
    model.inputs.append(b)
    return model
  }

  /// [2] and [2] → [2, 2], the inputs as columns.
  static func pack() -> ModelBuilder {
    var model = model(
      .pack, [2], to: [[2, 2]], options: Schema.Pack.optionsType,
      [Schema.Pack.count: .int32(2), Schema.Pack.axis: .int32(1)])
    let b = model.tensor([2])
    model.nodes[0].inputs.append(b)
    model.inputs.append(b)
    return model
  }
}

extension ModelBuilder {
  /// One more constant operand of the first node.
  mutating func append(integers: [Int32], shape: [Int32]) {
    nodes[0].inputs.append(constant(shape, int32: integers))
  }
}
