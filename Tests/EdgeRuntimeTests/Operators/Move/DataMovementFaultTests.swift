import Testing

@testable import EdgeRuntime

/// Goal: an operator that moves data checks everything on which it relies, or refuses the model
/// with the right error.
/// Method: a sound model of each operator, with one fault.
@Suite struct DataMovementFaultTests {
  private typealias Fixtures = MovementFixtures

  private func fault(
    _ model: ModelBuilder, _ change: (inout ModelBuilder) -> Void
  ) -> ModelError? {
    #expect(model.fault == nil)
    var model = model
    change(&model)
    return model.fault
  }

  private static let slice = Fixtures.model(
    .slice, [4, 3], to: [[2, 3]], integers: [[1, 0], [2, -1]])

  /// A list of integers as the constant of the `input`th operand.
  private static func set(_ model: inout ModelBuilder, _ input: Int, _ values: [Int32]) {
    model.nodes[0].inputs[input] = model.constant([Int32(values.count)], int32: values)
  }

  @Test func `type and quantization stay as they are`() {
    #expect(
      fault(Self.slice) { $0.tensors[1].type = ElementType.uint8.rawValue }
        == .operandType(node: 0, tensor: 1, found: .uint8))
    #expect(
      fault(Self.slice) { $0.tensors[1].scales = [2] }
        == .quantizationDiffers(node: 0, tensor: 1))
    #expect(
      fault(Self.slice) { $0.tensors[1].zeroPoints = [1] }
        == .quantizationDiffers(node: 0, tensor: 1))
    #expect(
      fault(Self.slice) { $0.tensors[1].scales = [] } == .quantizationMissing(tensor: 1))
    #expect(
      fault(Self.slice) {
        for tensor in [0, 1] {
          ($0.tensors[tensor].scales, $0.tensors[tensor].zeroPoints) = ([], [])
        }
      } == nil)
    #expect(!ElementType.float16.isMovable)
  }

  @Test func `shapes and axes must be known before the first inference`() {
    #expect(
      fault(Self.slice) {
        let begin = $0.tensor([2], .int32)
        $0.nodes[0].inputs[1] = begin
        $0.inputs.append(begin)
      } == .operandNotConstant(node: 0, tensor: 4))
    #expect(
      fault(Self.slice) { $0.nodes[0].inputs[1] = -1 } == .operandMissing(node: 0, input: 1))
    #expect(
      fault(Fixtures.model(.fill, [], to: [[2, 3]], integers: [[2, 3]]).swapped) {
        Self.set(&$0, 0, Array(repeating: 1, count: 65))
      } == .operandCount(node: 0, tensor: 3, found: 65, expected: 64))
  }

  @Test func `SLICE within its tensor`() {
    for (begin, size, option, found, allowed) in [
      (4, 1, .begin, 4, 0...3), (-1, 1, .begin, -1, 0...3), (1, 4, .partSize, 4, 1...3),
      (1, 0, .partSize, 0, 1...3), (1, -2, .partSize, -2, 1...3),
    ] as [(Int32, Int32, OperatorOption, Int, ClosedRange<Int>)] {
      #expect(
        fault(Self.slice) {
          Self.set(&$0, 1, [begin, 0])
          Self.set(&$0, 2, [size, -1])
        } == .optionOutOfRange(node: 0, option: option, found: found, allowed: allowed))
    }
    #expect(
      fault(Self.slice) { $0.tensors[1].shape = [2, 2] }
        == .operandDimension(node: 0, tensor: 1, axis: 1, found: 2, expected: 3))
    #expect(
      fault(Self.slice) { Self.set(&$0, 1, [1]) }
        == .operandCount(node: 0, tensor: 4, found: 1, expected: 2))
  }

  @Test func `STRIDED_SLICE: strides, empty slices, axes`() {
    typealias Masks = Schema.StridedSlice
    func slice(
      _ begin: [Int32], _ end: [Int32], _ stride: [Int32], _ masks: [Int: Int32] = [:]
    ) -> ModelError? {
      Fixtures.stridedSlice(
        [4, 3], to: [2, 3], begin: begin, end: end, stride: stride, masks
      ).fault
    }
    let wide = 1 << 31
    #expect(slice([0], [2], [1]) == nil)
    #expect(
      slice([0], [2], [0])
        == .optionOutOfRange(node: 0, option: .stride, found: 0, allowed: 1...wide))
    #expect(
      slice([0], [2], [-1], [Masks.shrinkAxisMask: 1])
        == .optionOutOfRange(node: 0, option: .stride, found: -1, allowed: 1...wide))
    #expect(
      slice([9], [2], [1], [Masks.shrinkAxisMask: 1])
        == .optionOutOfRange(node: 0, option: .begin, found: 4, allowed: 0...3))
    for (begin, end, stride) in [(2, 2, 1), (3, 1, 1), (1, 3, -1)] as [(Int32, Int32, Int32)] {
      #expect(
        slice([begin], [end], [stride])
          == .optionOutOfRange(node: 0, option: .partSize, found: 0, allowed: 1...4))
    }
    #expect(
      slice([0, 0, 0], [2, 3, 1], [1, 1, 1]) == .axisOutOfRange(node: 0, axis: 2, rank: 2))
    #expect(
      slice([0, 0], [1, 1], [1, 1], [Masks.ellipsisMask: 3])
        == .optionOutOfRange(node: 0, option: .ellipses, found: 2, allowed: 1...1))
    #expect(
      slice([0, 0, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1], [Masks.ellipsisMask: 1])
        == .axisOutOfRange(node: 0, axis: 3, rank: 2))
    // More new axes than any tensor has.
    let many = [Int32](repeating: 1, count: 40)
    #expect(slice(many, many, many, [Masks.newAxisMask: -1]) != nil)
    #expect(
      slice([0], [1, 1], [1]) == .operandCount(node: 0, tensor: 3, found: 2, expected: 1))
  }

  @Test func `TRANSPOSE: axes in range, none twice`() {
    let model = Fixtures.model(.transpose, [2, 3], to: [[3, 2]], integers: [[1, 0]])
    #expect(
      fault(model) { Self.set(&$0, 1, [2, 0]) } == .axisOutOfRange(node: 0, axis: 2, rank: 2))
    #expect(fault(model) { Self.set(&$0, 1, [1, -1]) } == .axisRepeated(node: 0, axis: 1))
    #expect(
      fault(model) { Self.set(&$0, 1, [0, 1]) }
        == .operandDimension(node: 0, tensor: 1, axis: 0, found: 3, expected: 2))
    let reverse = Fixtures.model(.reverseV2, [2, 3], to: [[2, 3]], integers: [[1]])
    #expect(fault(reverse) { Self.set(&$0, 1, [1, 1]) } == .axisRepeated(node: 0, axis: 1))
  }

  @Test func `CONCATENATION and PACK: inputs that do not fit`() {
    let join = Fixtures.concatenation()
    #expect(
      fault(join) { $0.tensors[2].shape = [3, 1] }
        == .operandDimension(node: 0, tensor: 2, axis: 0, found: 3, expected: 2))
    #expect(
      fault(join) { $0.tensors[2].shape = [2] }
        == .operandRank(node: 0, tensor: 2, found: 1, expected: 2))
    #expect(
      fault(join) { $0.tensors[2].scales = [0.5] } == .quantizationDiffers(node: 0, tensor: 1))
    #expect(
      fault(join) { $0.tensors[1].shape = [2, 4] }
        == .operandDimension(node: 0, tensor: 1, axis: 1, found: 4, expected: 3))
    #expect(
      fault(join) { $0.nodes[0].options[Schema.Concatenation.axis] = .int32(2) }
        == .axisOutOfRange(node: 0, axis: 2, rank: 2))
    #expect(
      fault(join) { $0.nodes[0].options[Schema.Concatenation.activation] = .uint8(1) }
        == .activationUnsupported(node: 0, activation: 1))
    #expect(
      fault(join) { $0.nodes[0].inputs = [] }
        == .inputCount(node: 0, found: 0, expected: 1...RuntimeLimits.operandsMax))
    let pack = Fixtures.pack()
    #expect(
      fault(pack) { $0.tensors[2].shape = [1] }
        == .operandDimension(node: 0, tensor: 2, axis: 0, found: 1, expected: 2))
    #expect(
      fault(pack) { $0.nodes[0].options[Schema.Pack.count] = .int32(3) }
        == .optionOutOfRange(node: 0, option: .parts, found: 3, allowed: 2...2))
    #expect(
      fault(pack) { $0.nodes[0].options[Schema.Pack.axis] = .int32(-3) }
        == .axisOutOfRange(node: 0, axis: -3, rank: 2))
  }

  @Test func `SPLIT and UNPACK: parts and outputs`() {
    let split = Fixtures.model(
      .split, [4, 2], to: [[2, 2], [2, 2]], integers: [[0]], options: Schema.Split.optionsType,
      [Schema.Split.parts: .int32(2)]
    ).swapped
    let unpack = Fixtures.model(
      .unpack, [2, 3], to: [[3], [3]], options: Schema.Unpack.optionsType,
      [Schema.Unpack.count: .int32(2)])
    for outputs in [[], [1]] as [[Int32]] {
      #expect(
        fault(split) { ($0.nodes[0].outputs, $0.outputs) = (outputs, [$0.writtenBesides()]) }
          == .outputCount(node: 0, found: outputs.count, expected: 2))
      #expect(
        fault(unpack) { ($0.nodes[0].outputs, $0.outputs) = (outputs, [$0.writtenBesides()]) }
          == .outputCount(node: 0, found: outputs.count, expected: 2))
    }
    #expect(
      fault(split) { $0.nodes[0].options = [:] }
        == .optionOutOfRange(node: 0, option: .parts, found: 0, allowed: 1...64))
    #expect(
      fault(split) { $0.tensors[0].shape = [3, 2] }
        == .optionOutOfRange(node: 0, option: .parts, found: 2, allowed: 1...3))
    #expect(
      fault(split) { $0.tensors[2].shape = [1, 2] }
        == .operandDimension(node: 0, tensor: 2, axis: 0, found: 1, expected: 2))
    #expect(fault(split) { Self.set(&$0, 0, [2]) } == .axisOutOfRange(node: 0, axis: 2, rank: 2))
    #expect(
      fault(split) { Self.set(&$0, 0, [0, 0]) }
        == .operandCount(node: 0, tensor: 4, found: 2, expected: 1))
    #expect(
      fault(unpack) { $0.nodes[0].options = [:] }
        == .optionOutOfRange(node: 0, option: .parts, found: 0, allowed: 2...2))
  }

  @Test(
    arguments: [
      ([1, 1], 2), ([4, 1], 1), ([5, 1], 5), ([-1, -1], -1), ([0, 4], 0), ([-1, 4], 0),
    ] as [([Int32], Int)])
  func `SPLIT_V: sizes that do not add up`(sizes: [Int32], found: Int) {
    let model = Fixtures.model(
      .splitV, [4, 2], to: [[3, 2], [1, 2]], integers: [[3, 1], [0]],
      options: Schema.Split.sizedOptionsType, [Schema.Split.parts: .int32(2)])
    let fault = fault(model) { Self.set(&$0, 1, sizes) }
    switch fault {
    case .optionOutOfRange(0, .partSize, _, _), .operandDimension(0, 1, 0, 3, _): break
    default: Issue.record("\(String(describing: fault)) for \(sizes)")
    }
  }

  @Test func `paddings, multiples, blocks and modes out of range`() {
    var pad = Fixtures.model(.mirrorPad, [2], to: [[4]], options: Schema.MirrorPad.optionsType)
    pad.append(integers: [1, 1], shape: [1, 2])
    for (bad, option) in [([2, 0], .paddingBefore), ([0, 2], .paddingAfter)]
      as [([Int32], OperatorOption)]
    {
      #expect(
        fault(pad) { $0.nodes[0].inputs[1] = $0.constant([1, 2], int32: bad) }
          == .optionOutOfRange(node: 0, option: option, found: 2, allowed: 0...1))
    }
    #expect(
      fault(pad) { $0.nodes[0].options[Schema.MirrorPad.mode] = .uint8(2) }
        == .optionOutOfRange(node: 0, option: .mirrorMode, found: 2, allowed: 0...1))
    let tile = Fixtures.model(.tile, [2], to: [[4]], integers: [[2]])
    #expect(
      fault(tile) { Self.set(&$0, 1, [0]) }
        == .optionOutOfRange(node: 0, option: .multiple, found: 0, allowed: 1...1 << 20))
    let deep = Fixtures.model(
      .depthToSpace, [1, 1, 1, 4], to: [[1, 2, 2, 1]],
      options: Schema.DepthSpace.toSpaceOptionsType, [Schema.DepthSpace.blockSize: .int32(2)])
    #expect(
      fault(deep) { $0.nodes[0].options = [:] }
        == .optionOutOfRange(node: 0, option: .blockSize, found: 0, allowed: 1...1024))
    #expect(
      fault(deep) { $0.tensors[1].shape = [1, 2, 2, 2] }
        == .operandDimension(node: 0, tensor: 0, axis: 3, found: 4, expected: 8))
    #expect(
      fault(deep) { $0.tensors[1].shape = [4] }
        == .operandRank(node: 0, tensor: 1, found: 1, expected: 4))
  }

  @Test func `SPACE_TO_BATCH_ND: ranks, blocks, margins`() {
    var apart = Fixtures.model(.spaceToBatchND, [1, 4, 3], to: [[2, 2, 3]], integers: [[2]])
    apart.append(integers: [0, 0], shape: [1, 2])
    #expect(
      fault(apart) { $0.tensors[0].shape = [4, 3] }
        == .operandRank(node: 0, tensor: 0, found: 2, expected: 4))
    #expect(
      fault(apart) { Self.set(&$0, 1, [3]) }
        == .optionOutOfRange(node: 0, option: .blockSize, found: 3, allowed: 1...4))
    #expect(
      fault(apart) { Self.set(&$0, 1, [0]) }
        == .optionOutOfRange(node: 0, option: .blockSize, found: 0, allowed: 1...1024))
    #expect(
      fault(apart) { $0.nodes[0].inputs[2] = $0.constant([1, 2], int32: [-1, 0]) }
        == .optionOutOfRange(node: 0, option: .paddingBefore, found: -1, allowed: 0...1 << 20))
    #expect(
      fault(apart) { $0.tensors[1].shape = [2, 3, 3] }
        == .operandDimension(node: 0, tensor: 1, axis: 1, found: 3, expected: 2))
  }

  @Test func `SQUEEZE, EXPAND_DIMS, BROADCAST_TO, FILL: shapes that do not follow`() {
    let squeeze = Fixtures.model(
      .squeeze, [1, 2], to: [[2]], options: Schema.Squeeze.optionsType,
      [Schema.Squeeze.axes: .int32s([0])])
    #expect(
      fault(squeeze) { $0.nodes[0].options[Schema.Squeeze.axes] = .int32s([1]) }
        == .operandDimension(node: 0, tensor: 0, axis: 1, found: 2, expected: 1))
    #expect(
      fault(squeeze) { $0.nodes[0].options[Schema.Squeeze.axes] = .int32s([0, 0, 0]) }
        == .optionOutOfRange(node: 0, option: .squeezedAxes, found: 3, allowed: 0...2))
    let expand = Fixtures.model(.expandDims, [2], to: [[2, 1]], integers: [[1]])
    #expect(fault(expand) { Self.set(&$0, 1, [3]) } == .axisOutOfRange(node: 0, axis: 3, rank: 2))
    let stretch = Fixtures.model(.broadcastTo, [1, 2], to: [[3, 2]], integers: [[3, 2]])
    #expect(
      fault(stretch) {
        $0.tensors[1].shape = [2]
        Self.set(&$0, 1, [2])
      } == .operandRank(node: 0, tensor: 0, found: 2, expected: 1))
    #expect(
      fault(stretch) { $0.tensors[0].shape = [2, 2] }
        == .operandDimension(node: 0, tensor: 0, axis: 0, found: 2, expected: 3))
    let fill = Fixtures.model(.fill, [], to: [[2]], integers: [[2]]).swapped
    #expect(
      fault(fill) { $0.tensors[0].shape = [2] }
        == .operandCount(node: 0, tensor: 0, found: 2, expected: 1))
  }
}

extension ModelBuilder {
  /// The first node with its first two inputs in the other order.
  fileprivate var swapped: ModelBuilder {
    var model = self
    model.nodes[0].inputs.swapAt(0, 1)
    return model
  }

  /// A tensor that another node writes.
  fileprivate mutating func writtenBesides() -> Int32 {
    let y = tensor([1])
    node(.reshape, [constant([1], [1])], [y])
    return y
  }
}
