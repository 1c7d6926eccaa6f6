import Testing

@testable import EdgeRuntime

/// Goal: SELECT and SELECT_V2 choose element by element, or row by row, and the output may take any
/// operand's place.
/// Method: shapes small enough to check by eye; all widths of elements.
@Suite struct SelectTests {
  /// c, a and b with the shapes given; a, b and y of one type.
  private static func model(
    _ kind: OperatorKind, _ shapes: [[Int32]], _ type: ElementType, to shape: [Int32]
  ) -> ModelBuilder {
    var model = ModelBuilder.plain(kind, shapes, type, to: shape)
    model.tensors[0].type = ElementType.bool.rawValue
    return model
  }

  private static func run<T: BitwiseCopyable>(
    _ model: ModelBuilder, _ condition: [UInt8], _ values: [T]
  ) throws -> [T] {
    try model.elements(condition + values.withUnsafeBytes { Array($0) })
  }

  @Test func `chooses elements of every width`() throws {
    func choose<T: BitwiseCopyable & ExpressibleByIntegerLiteral & Equatable>(
      _ type: ElementType, _ values: [T]
    ) throws {
      for kind in [.select, .selectV2] as [OperatorKind] {
        let model = Self.model(kind, [[3], [3], [3]], type, to: [3])
        #expect(try Self.run(model, [1, 0, 2], values) == [1, 5, 3], "\(type)")
      }
    }
    try choose(.int8, [1, 2, 3, 4, 5, 6] as [Int8])
    try choose(.bool, [1, 2, 3, 4, 5, 6] as [UInt8])
    try choose(.int16, [1, 2, 3, 4, 5, 6] as [Int16])
    try choose(.float32, [1, 2, 3, 4, 5, 6] as [Float])
    try choose(.int64, [1, 2, 3, 4, 5, 6] as [Int64])
  }

  @Test func `SELECT chooses whole rows, or all`() throws {
    let values: [Int32] = [1, 2, 3, 4, 5, 6, 7, 8]
    let rows = Self.model(.select, [[2], [2, 2], [2, 2]], .int32, to: [2, 2])
    #expect(try Self.run(rows, [0, 1], values) == [5, 6, 3, 4])
    let all = Self.model(.select, [[], [2, 2], [2, 2]], .int32, to: [2, 2])
    #expect(try Self.run(all, [0], values) == [5, 6, 7, 8])
  }

  @Test func `SELECT_V2 stretches all three`() throws {
    let model = Self.model(.selectV2, [[2, 1, 1], [3, 1], [2]], .int16, to: [2, 3, 2])
    #expect(
      try Self.run(model, [1, 0], [1, 2, 3, 8, 9] as [Int16])
        == [1, 1, 2, 2, 3, 3, 8, 9, 8, 9, 8, 9])
    // By SELECT_V2's rule a condition of rank 1 chooses columns.
    let columns = Self.model(.selectV2, [[2], [2, 2], [1]], .int16, to: [2, 2])
    #expect(try Self.run(columns, [0, 1], [1, 2, 3, 4, 9] as [Int16]) == [9, 2, 9, 4])
  }

  @Test func `names what it cannot choose from`() {
    var model = Self.model(.selectV2, [[2], [2], [2]], .int8, to: [2])
    model.tensors[0].type = ElementType.uint8.rawValue
    #expect(model.fault == .operandType(node: 0, tensor: 0, found: .uint8))
    model = Self.model(.selectV2, [[2], [2], [2]], .int8, to: [2])
    model.tensors[2].type = ElementType.uint8.rawValue
    #expect(model.fault == .operandType(node: 0, tensor: 2, found: .uint8))
    model = Self.model(.selectV2, [[2], [2], [2]], .int8, to: [2])
    (model.tensors[1].scales, model.tensors[1].zeroPoints) = ([2], [0])
    #expect(model.fault == .quantizationDiffers(node: 0, tensor: 1))
    model = Self.model(.selectV2, [[2], [2], [3]], .int8, to: [2])
    #expect(
      model.fault == .operandDimension(node: 0, tensor: 2, axis: 0, found: 3, expected: 2))
    model = Self.model(.select, [[3], [2, 2], [2, 2]], .int8, to: [2, 2])
    #expect(
      model.fault == .operandDimension(node: 0, tensor: 0, axis: 0, found: 3, expected: 2))
    model = Self.model(.select, [[2, 1], [2, 2], [2, 2]], .int8, to: [2, 2])
    #expect(
      model.fault == .operandDimension(node: 0, tensor: 0, axis: 1, found: 1, expected: 2))
    model = Self.model(.select, [[2, 2], [2, 2], [2]], .int8, to: [2, 2])
    #expect(model.fault == .operandRank(node: 0, tensor: 2, found: 1, expected: 2))
    model = Self.model(.select, [[2], [2, 2], [2, 2]], .int8, to: [2, 1])
    #expect(
      model.fault == .operandDimension(node: 0, tensor: 3, axis: 1, found: 1, expected: 2))
    model = Self.model(.selectV2, [[2], [2]], .int8, to: [2])
    #expect(model.fault == .inputCount(node: 0, found: 2, expected: 3...3))
    for (kind, type) in [(.select, 47), (.selectV2, 98)] as [(OperatorKind, UInt8)] {
      model = Self.model(kind, [[2], [2], [2]], .int8, to: [2])
      model.nodes[0].optionsType = 1
      #expect(model.fault == .optionsMismatched(node: 0, found: 1, expected: type))
    }
  }
}
