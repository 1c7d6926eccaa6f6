import Testing

@testable import EdgeRuntime

/// Goal: a shape that a model computes with operators is known before the first inference and costs
/// nothing while the model runs. Nothing else is taken for known.
/// Method: the chain that converters write before a RESHAPE whose batch is open, whole and broken.
@Suite struct ConstantFoldingTests {
  /// x [1, 6] → RESHAPE to [SHAPE(x)[0], 2, 3] → y. Tensors: x 0, y 1, shape 2, batch 3, target 4.
  private static func chain(_ type: ElementType = .int32) -> ModelBuilder {
    var model = ModelBuilder()
    let (x, y) = (model.tensor([1, 6]), model.tensor([1, 2, 3]))
    let (shape, batch) = (model.tensor([2], type), model.tensor([], type))
    let target = model.tensor([3], type)
    let (begin, end) = (model.constant([1], int32: [0]), model.constant([1], int32: [1]))
    let one = model.constant([1], int32: [1])
    model.node(.shape, [x], [shape])
    model.node(
      .stridedSlice, [shape, begin, end, one], [batch], type: Schema.StridedSlice.optionsType,
      [Schema.StridedSlice.shrinkAxisMask: .int32(1)])
    var sides: [Int32] = []
    for side in [2, 3] as [Int32] {
      model.buffers.append(
        type == .int32 ? Flat.littleEndian(side) : Flat.littleEndian(Int64(side)))
      sides.append(model.tensor([], type))
      model.tensors[Int(sides.last!)].buffer = UInt32(model.buffers.count - 1)
    }
    model.node(
      .pack, [batch] + sides, [target], type: Schema.Pack.optionsType,
      [Schema.Pack.count: .int32(3)])
    model.node(.reshape, [x, target], [y], type: Schema.Reshape.optionsType)
    (model.inputs, model.outputs) = ([x], [y])
    return model
  }

  @Test(arguments: [ElementType.int32, .int64])
  func `SHAPE, STRIDED_SLICE, PACK before a RESHAPE`(type: ElementType) throws {
    let builder = Self.chain(type)
    let model = try load(builder.bytes()).get()
    // Only RESHAPE is left, and its tensors share one place.
    #expect(model.operators.count == 1 && model.nodes.count == 4)
    #expect(model.arenaBytes == 16 && model.plan.entries[1].aliasOf == 0)
    #expect(model.tensors[4].isConstant)
    #expect(try builder.infer([1, 2, 3, 4, 5, 6]) == [1, 2, 3, 4, 5, 6])
  }

  @Test func `what the chain gives is checked like a constant of the file`() {
    var model = Self.chain()
    model.tensors[1].shape = [1, 3, 2]
    #expect(
      model.fault == .operandDimension(node: 3, tensor: 1, axis: 1, found: 3, expected: 2))
  }

  @Test func `a value that an inference gives is not known`() {
    var model = Self.chain()
    // The batch becomes an input of the model.
    model.nodes.remove(at: 1)
    model.inputs.append(3)
    #expect(model.fault == .operandNotConstant(node: 2, tensor: 4))
  }

  @Test func `more integers than a shape needs stay in the model`() throws {
    for (count, isFolded) in [(64, true), (65, false)] as [(Int32, Bool)] {
      var builder = ModelBuilder()
      let (a, b) = (builder.constant([1], int32: [7]), builder.tensor([count], .int32))
      let size = builder.constant([1], int32: [count])
      (builder.tensors[1].scales, builder.tensors[1].zeroPoints) = ([], [])
      builder.node(.broadcastTo, [a, size], [b])
      let x = builder.tensor([1])
      let y = builder.tensor([1])
      builder.node(.reshape, [x], [y])
      (builder.inputs, builder.outputs) = ([x], [b, y])
      let model = try load(builder.bytes()).get()
      #expect(model.operators.count == (isFolded ? 1 : 2))
      let found = try Interpreter(model).infer([5])
      #expect(found == (0..<count).flatMap { _ in [7, 0, 0, 0] } + [5])
    }
  }

  @Test func `SHAPE: only integers, only the rank`() {
    func fault(_ type: ElementType, _ shape: [Int32]) -> ModelError? {
      var model = Self.chain()
      model.tensors[2] = .init(shape: shape, type: type.rawValue)
      return model.fault
    }
    #expect(fault(.float32, [2]) == .operandType(node: 0, tensor: 2, found: .float32))
    #expect(
      fault(.int32, [3])
        == .operandDimension(node: 0, tensor: 2, axis: 0, found: 3, expected: 2))
  }
}
