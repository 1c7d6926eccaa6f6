import Testing

@testable import EdgeRuntime

/// Goal: every element arrives where the operator's formula says, for every type.
/// Method: small shapes; the formula of each doc comment, index by index, finds each output
/// element's source. Elements are numbered, in types of 1, 2, 4 and 8 bytes.
@Suite struct DataMovementTests {
  private static let types: [ElementType] = [
    .int8, .uint8, .bool, .int16, .int32, .float32, .int64,
  ]

  /// The bytes of elements 0, 1, 2 …, or the zero point where there is none.
  private func bytes(_ elements: [Int?], _ type: ElementType, zero: Int64) -> [UInt8] {
    elements.flatMap { element in
      Flat.littleEndian(Int64(element ?? Int(zero))).prefix(type.byteCount!)
    }
  }

  private static func coordinates(_ shape: [Int32]) -> [[Int]] {
    shape.reduce([[]]) { places, size in
      places.flatMap { place in (0..<Int(size)).map { place + [$0] } }
    }
  }

  private static func element(_ place: [Int], in shape: [Int32]) -> Int {
    zip(place, shape).reduce(0) { $0 * Int($1.1) + $1.0 }
  }

  /// Runs `model`, whose only input is x of `shape`. Compares each output element with the element
  /// of x that `source` names; nil means the zero point.
  private func expect(
    _ model: ModelBuilder, type: ElementType = .int8, zero: Int64 = 0,
    _ source: (_ output: Int, _ place: [Int]) -> [Int]?
  ) throws {
    let shape = model.tensors[Int(model.inputs[0])].shape
    let count = shape.reduce(1) { $0 * Int($1) }
    let interpreter = try Interpreter(load(model.bytes()).get())
    let found = interpreter.infer(bytes(Array(0..<count), type, zero: zero)[...])
    var expected: [Int?] = []
    for (output, tensor) in model.outputs.enumerated() {
      for place in Self.coordinates(model.tensors[Int(tensor)].shape) {
        expected.append(source(output, place).map { Self.element($0, in: shape) })
      }
    }
    #expect(found == bytes(expected, type, zero: zero), "\(model.nodes[0].kind) \(type)")
  }

  @Test(arguments: types) func `SLICE takes a box`(type: ElementType) throws {
    let model = MovementFixtures.model(
      .slice, [2, 4, 3], to: [[2, 2, 2]], type, integers: [[0, 1, 1], [-1, 2, -1]])
    try expect(model, type: type) { [$1[0], $1[1] + 1, $1[2] + 1] }
  }

  @Test(arguments: types) func `STRIDED_SLICE steps, backwards too`(type: ElementType) throws {
    let model = MovementFixtures.stridedSlice(
      [4, 5, 3], to: [2, 3, 3], type, begin: [3, 4, 0], end: [-5, -6, 3], stride: [-2, -2, 1])
    try expect(model, type: type) { [3 - 2 * $1[0], 4 - 2 * $1[1], $1[2]] }
  }

  @Test func `STRIDED_SLICE: masks`() throws {
    typealias Masks = Schema.StridedSlice
    var model = MovementFixtures.stridedSlice(
      [4, 5, 3], to: [4, 3], begin: [7, -2, 9], end: [7, 0, 9], stride: [1, 1, 1],
      [Masks.beginMask: 5, Masks.endMask: 5, Masks.shrinkAxisMask: 2])
    try expect(model) { [$1[0], 3, $1[1]] }
    // x[1:3, newaxis, ..., ::-1]
    model = MovementFixtures.stridedSlice(
      [4, 2, 2, 3], to: [2, 1, 2, 2, 3], begin: [1, 0, 0, 0], end: [3, 0, 0, 0],
      stride: [1, 1, 1, -1],
      [Masks.newAxisMask: 2, Masks.ellipsisMask: 4, Masks.beginMask: 8, Masks.endMask: 8])
    try expect(model) { [$1[0] + 1, $1[2], $1[3], 2 - $1[4]] }
    // Axes not mentioned are whole; ends count from begins with `offset`.
    model = MovementFixtures.stridedSlice(
      [4, 3], to: [2, 3], begin: [1], end: [2], stride: [1], [Masks.offset: 1])
    try expect(model) { [$1[0] + 1, $1[1]] }
    // An ellipsis that stands for no axis, and bounds far outside.
    model = MovementFixtures.stridedSlice(
      [4], to: [4], begin: [.min, 0], end: [.max, 0], stride: [1, 1], [Masks.ellipsisMask: 2])
    try expect(model) { $1 }
  }

  @Test(arguments: types) func `TRANSPOSE of up to six axes`(type: ElementType) throws {
    for (shape, axes) in [
      ([2, 3, 4], [2, 0, 1]), ([1, 2, 3, 2], [0, 3, 1, 2]),
      ([2, 1, 3, 2, 2, 3], [5, 1, 3, 0, 4, 2]),
      ([3, 2], [-1, -2]), ([2, 3], [0, 1]),
    ] as [([Int32], [Int32])] {
      let axes = axes.map { Int($0 < 0 ? $0 + Int32(shape.count) : $0) }
      let model = MovementFixtures.model(
        .transpose, shape, to: [axes.map { shape[$0] }], type, integers: [axes.map { Int32($0) }])
      try expect(model, type: type) { _, place in
        shape.indices.map { place[axes.firstIndex(of: $0)!] }
      }
    }
  }

  @Test(arguments: types) func `PAD: zero points around`(type: ElementType) throws {
    let zero: Int64 = type.quantizedRange == nil ? 0 : 7
    var model = MovementFixtures.model(.pad, [2, 1, 3], to: [[3, 3, 6]], type, zero: zero)
    model.append(integers: [1, 0, 0, 2, 1, 2], shape: [3, 2])
    try expect(model, type: type, zero: zero) {
      let place = [$1[0] - 1, $1[1], $1[2] - 1]
      return place[0] >= 0 && place[1] < 1 && (0..<3).contains(place[2]) ? place : nil
    }
  }

  @Test(arguments: [0, 1], types) func `MIRROR_PAD`(mode: UInt8, type: ElementType) throws {
    var model = MovementFixtures.model(
      .mirrorPad, [3, 2, 4], to: [[6, 4, 7]], type, options: Schema.MirrorPad.optionsType,
      [Schema.MirrorPad.mode: .uint8(mode)])
    model.append(integers: [2, 1, 1, 1, 0, 3], shape: [3, 2])
    let edge = 1 - Int(mode)
    func mirrored(_ place: Int, _ size: Int) -> Int {
      if place < 0 { return -place - 1 + edge }
      return place < size ? place : 2 * size - 1 - place - edge
    }
    try expect(model, type: type) {
      [mirrored($1[0] - 2, 3), mirrored($1[1] - 1, 2), mirrored($1[2], 4)]
    }
  }

  @Test(arguments: types) func `TILE and BROADCAST_TO`(type: ElementType) throws {
    let tile = MovementFixtures.model(
      .tile, [2, 1, 3], to: [[4, 3, 6]], type, integers: [[2, 3, 2]])
    try expect(tile, type: type) { [$1[0] % 2, 0, $1[2] % 3] }
    let stretch = MovementFixtures.model(
      .broadcastTo, [2, 1, 3, 1], to: [[2, 2, 4, 3, 2]], type, integers: [[2, 2, 4, 3, 2]])
    try expect(stretch, type: type) { [$1[1], 0, $1[3], 0] }
  }

  @Test(arguments: types) func `DEPTH_TO_SPACE and SPACE_TO_DEPTH`(type: ElementType) throws {
    let toSpace = MovementFixtures.model(
      .depthToSpace, [2, 3, 2, 12], to: [[2, 6, 4, 3]], type,
      options: Schema.DepthSpace.toSpaceOptionsType, [Schema.DepthSpace.blockSize: .int32(2)])
    try expect(toSpace, type: type) {
      [$1[0], $1[1] / 2, $1[2] / 2, ($1[1] % 2 * 2 + $1[2] % 2) * 3 + $1[3]]
    }
    let toDepth = MovementFixtures.model(
      .spaceToDepth, [2, 6, 4, 3], to: [[2, 3, 2, 12]], type,
      options: Schema.DepthSpace.toDepthOptionsType, [Schema.DepthSpace.blockSize: .int32(2)])
    try expect(toDepth, type: type) {
      [$1[0], $1[1] * 2 + $1[3] / 6, $1[2] * 2 + $1[3] / 3 % 2, $1[3] % 3]
    }
  }

  @Test(arguments: types)
  func `SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND, with margins`(type: ElementType) throws {
    // Blocks of 3 × 2; 7 rows become 2 + 7 + 3 = 12, 5 columns 1 + 5 + 0 = 6.
    var apart = MovementFixtures.model(
      .spaceToBatchND, [2, 7, 5, 2], to: [[12, 4, 3, 2]], type, integers: [[3, 2]])
    apart.append(integers: [2, 3, 1, 0], shape: [2, 2])
    try expect(apart, type: type) {
      let (place, row, column) = (
        $1[0] / 2, $1[1] * 3 + $1[0] / 4 - 2, $1[2] * 2 + $1[0] / 2 % 2 - 1
      )
      _ = place
      return (0..<7).contains(row) && (0..<5).contains(column)
        ? [$1[0] % 2, row, column, $1[3]] : nil
    }
    var together = MovementFixtures.model(
      .batchToSpaceND, [12, 4, 3, 2], to: [[2, 7, 5, 2]], type, integers: [[3, 2]])
    together.append(integers: [2, 3, 1, 0], shape: [2, 2])
    try expect(together, type: type) {
      let (row, column) = ($1[1] + 2, $1[2] + 1)
      return [(row % 3 * 2 + column % 2) * 2 + $1[0], row / 3, column / 2, $1[3]]
    }
    // Rank 3 has no columns.
    var rows = MovementFixtures.model(
      .spaceToBatchND, [1, 4, 3], to: [[2, 2, 3]], type, integers: [[2]])
    rows.append(integers: [0, 0], shape: [1, 2])
    try expect(rows, type: type) { [0, $1[1] * 2 + $1[0], $1[2]] }
  }

  @Test(arguments: types) func `SPLIT, SPLIT_V and UNPACK`(type: ElementType) throws {
    var split = MovementFixtures.model(
      .split, [2, 6, 2], to: [[2, 2, 2], [2, 2, 2], [2, 2, 2]], type, integers: [[-2]],
      options: Schema.Split.optionsType, [Schema.Split.parts: .int32(3)])
    split.nodes[0].inputs.swapAt(0, 1)
    try expect(split, type: type) { [$1[0], 2 * $0 + $1[1], $1[2]] }
    let splitV = MovementFixtures.model(
      .splitV, [2, 6, 2], to: [[2, 1, 2], [2, 3, 2], [2, 2, 2]], type,
      integers: [[1, -1, 2], [1]],
      options: Schema.Split.sizedOptionsType, [Schema.Split.parts: .int32(3)])
    try expect(splitV, type: type) { [$1[0], [0, 1, 4][$0] + $1[1], $1[2]] }
    let unpack = MovementFixtures.model(
      .unpack, [2, 3, 2], to: [[2, 2], [2, 2], [2, 2]], type,
      options: Schema.Unpack.optionsType,
      [Schema.Unpack.count: .int32(3), Schema.Unpack.axis: .int32(1)])
    try expect(unpack, type: type) { [$1[0], $0, $1[1]] }
  }

  @Test func `CONCATENATION and PACK put their inputs side by side`() throws {
    #expect(
      try MovementFixtures.concatenation().infer([1, 2, 3, 4], [5, 6]) == [1, 2, 5, 3, 4, 6])
    #expect(try MovementFixtures.pack().infer([1, 2], [3, 4]) == [1, 3, 2, 4])
  }

  @Test(arguments: types) func `REVERSE_V2, SQUEEZE, EXPAND_DIMS`(type: ElementType) throws {
    let reverse = MovementFixtures.model(
      .reverseV2, [2, 3, 2], to: [[2, 3, 2]], type, integers: [[0, -1]])
    try expect(reverse, type: type) { [1 - $1[0], $1[1], 1 - $1[2]] }
    for axes in [[], [0], [-4]] as [[Int32]] {
      let squeeze = MovementFixtures.model(
        .squeeze, [1, 2, 1, 3], to: [axes.isEmpty ? [2, 3] : [2, 1, 3]], type,
        options: Schema.Squeeze.optionsType, [Schema.Squeeze.axes: .int32s(axes)])
      try expect(squeeze, type: type) { [0, $1[0], 0, $1.last!] }
      #expect(try load(squeeze.bytes()).get().plan.entries[1].aliasOf == 0)
    }
    let expand = MovementFixtures.model(
      .expandDims, [2, 3], to: [[2, 3, 1]], type, integers: [[-1]])
    try expect(expand, type: type) { [$1[0], $1[1]] }
    #expect(try load(expand.bytes()).get().plan.entries[1].aliasOf == 0)
  }

  @Test func `PADV2, FILL and ZEROS_LIKE write a value`() throws {
    var pad = MovementFixtures.model(.padV2, [1, 2], to: [[1, 4]])
    pad.append(integers: [0, 0, 1, 1], shape: [2, 2])
    pad.nodes[0].inputs.append(pad.constant([], [9]))
    #expect(try pad.infer([1, 2]) == [9, 1, 2, 9])
    var fill = MovementFixtures.model(.fill, [], to: [[2, 3]], integers: [[2, 3]])
    fill.nodes[0].inputs.swapAt(0, 1)
    #expect(try fill.infer([5]) == [5, 5, 5, 5, 5, 5])
    let zeros = MovementFixtures.model(.zerosLike, [3], to: [[3]], zero: -4)
    #expect(try zeros.infer([1, 2, 3]) == [-4, -4, -4])
  }

  @Test func `a copy of everything shares its input's place, but not a constant's`() throws {
    let whole = MovementFixtures.model(
      .slice, [2, 3], to: [[2, 3]], integers: [[0, 0], [2, 3]])
    #expect(try load(whole.bytes()).get().plan.entries[1].aliasOf == 0)
    #expect(try whole.infer([1, 2, 3, 4, 5, 6]) == [1, 2, 3, 4, 5, 6])
    var constant = OperatorFixtures.reshape([3, 2])
    let two = constant.constant([2, 3], [1, 2, 3, 4, 5, 6])
    constant.nodes[0].inputs[0] = two
    #expect(try constant.infer([0, 0, 0, 0, 0, 0]) == [1, 2, 3, 4, 5, 6])
  }

  @Test func `RESHAPE to a scalar, as old converters write it`() throws {
    let model = MovementFixtures.model(
      .reshape, [1, 1], to: [[]], options: Schema.Reshape.optionsType,
      [Schema.Reshape.newShape: .int32s([0])])
    #expect(try model.infer([7]) == [7])
  }
}
