import Testing

@testable import EdgeRuntime

/// Goal: comparisons, MAXIMUM, MINIMUM, the logical operators and SELECT pick what their doc
/// comments say, in every type.
/// Method: every order of two numbers, worked by hand; NaN, stretched operands, every refusal.
@Suite struct ComparisonTests {
  /// y for a < b, a = b and a > b, and for a NaN.
  private static let relations: [(kind: OperatorKind, [UInt8])] = [
    (.less, [1, 0, 0, 0]), (.lessEqual, [1, 1, 0, 0]), (.equal, [0, 1, 0, 0]),
    (.notEqual, [1, 0, 1, 1]), (.greaterEqual, [0, 1, 1, 0]), (.greater, [0, 0, 1, 0]),
  ]

  @Test(arguments: relations) func `compares numbers of every type`(
    kind: OperatorKind, expected: [UInt8]
  ) throws {
    let (left, right) = ([-2, 7, 9], [3, 7, -9])
    func plain<T: BitwiseCopyable>(_ type: ElementType, _ values: [T]) throws -> [UInt8] {
      try ModelBuilder.plain(kind, [[3], [3]], type, to: [3], .bool).elements(values)
    }
    let order = Array(expected[..<3])
    #expect(try plain(.int16, (left + right).map { Int16($0) }) == order)
    #expect(try plain(.int32, (left + right).map { Int32($0) }) == order)
    #expect(try plain(.int64, (left + right).map { Int64($0) << 40 }) == order)
    #expect(
      try ModelBuilder.plain(kind, [[4], [4]], .float32, to: [4], .bool)
        .elements([-2, 7, 9, .nan, 3, 7, -9, 1] as [Float]) == expected)
    let int8 = ModelBuilder.comparison(kind, 3, .int8, (0.5, 0), (0.25, 10))
    // 0.5 · a against 0.25 · (b − 10).
    #expect(try int8.elements([1, 5, 5, 13, 20, 19] as [Int8]) == order)
    let uint8 = ModelBuilder.comparison(kind, 3, .uint8, (100, 128), (100, 0))
    #expect(try uint8.elements([129, 140, 255, 2, 12, 0] as [UInt8]) == order)
  }

  @Test func `quantized numbers closer than about 1/256 are equal`() throws {
    let fine = ModelBuilder.comparison(.equal, 3, .int8, (1e-3, 0), (1e-3, 0))
    // 0, 0.256 and 25.6 against 0, 0.256 · 2 and 25.6 + 0.256, rounded.
    #expect(try fine.elements([0, 1, 100, 1, 3, 101] as [Int8], as: UInt8.self) == [1, 0, 1])
    let wide = ModelBuilder.comparison(.notEqual, 2, .int16, (1e-3, 0), (1e-3, 7))
    #expect(try wide.elements([0, 1, 8, 10] as [Int16], as: UInt8.self) == [0, 1])
  }

  @Test func `Bool is equal or not`() throws {
    let model = ModelBuilder.plain(.equal, [[2, 2], [2]], .bool, to: [2, 2])
    #expect(try model.elements([0, 1, 1, 1, 0, 1] as [UInt8], as: UInt8.self) == [1, 1, 0, 1])
    #expect(
      ModelBuilder.plain(.less, [[2], [2]], .bool, to: [2]).fault
        == .operandType(node: 0, tensor: 0, found: .bool))
  }

  @Test func `names what it cannot compare`() {
    #expect(
      ModelBuilder.comparison(.less, 2, .int8, (1, 0), (128, 0)).fault
        == .multiplierOutOfRange(node: 0, channel: 0))
    #expect(
      ModelBuilder.comparison(.less, 2, .int16, (1, 0), (2, 0)).fault
        == .quantizationDiffers(node: 0, tensor: 1))
    #expect(
      ModelBuilder.plain(.less, [[2], [2]], .uint8, to: [2], .bool).fault
        == .quantizationMissing(tensor: 0))
    #expect(
      ModelBuilder.pair(.equal, 2).fault == .operandType(node: 0, tensor: 2, found: .int8))
    var model = ModelBuilder.comparison(.greater, 2)
    for (kind, type) in [
      (.less, 41), (.greater, 44), (.greaterEqual, 45), (.lessEqual, 46), (.equal, 53),
      (.notEqual, 54),
    ] as [(OperatorKind, UInt8)] {
      model.nodes[0].kind = kind
      model.nodes[0].optionsType = 1
      #expect(model.fault == .optionsMismatched(node: 0, found: 1, expected: type))
    }
  }

  // MARK: MAXIMUM and MINIMUM

  @Test func `MAXIMUM and MINIMUM of every type`() throws {
    func both<T: BitwiseCopyable & Equatable>(
      _ type: ElementType, _ values: [T], _ larger: [T], _ smaller: [T]
    ) throws {
      let shapes: [[Int32]] = [[2], [2]]
      let maximum = ModelBuilder.plain(.maximum, shapes, type, to: [2])
      #expect(try maximum.elements(values) == larger, "\(type)")
      let minimum = ModelBuilder.plain(.minimum, shapes, type, to: [2])
      #expect(try minimum.elements(values) == smaller, "\(type)")
    }
    try both(.int8, [-128, 5, 127, -5] as [Int8], [127, 5], [-128, -5])
    try both(.uint8, [128, 5, 127, 250] as [UInt8], [128, 250], [127, 5])
    try both(.int16, [-300, 5, 127, -5] as [Int16], [127, 5], [-300, -5])
    try both(.int32, [.min, 5, .max, -5] as [Int32], [.max, 5], [.min, -5])
    try both(.int64, [.min, 5, .max, -5] as [Int64], [.max, 5], [.min, -5])
    try both(.float32, [-1.5, .nan, 0.5, 2] as [Float], [0.5, 2], [-1.5, 2])
  }

  @Test func `MAXIMUM of different scales is refused`() {
    #expect(
      ModelBuilder.pair(.maximum, 2, .int8, (1, 0), (1, 1)).fault
        == .quantizationDiffers(node: 0, tensor: 1))
    #expect(
      ModelBuilder.pair(.minimum, 2, .int8, (2, 0)).fault
        == .quantizationDiffers(node: 0, tensor: 0))
    var model = ModelBuilder.pair(.minimum, 2)
    model.nodes[0].optionsType = 1
    #expect(model.fault == .optionsMismatched(node: 0, found: 1, expected: 39))
  }

  // MARK: LOGICAL_AND and LOGICAL_OR

  @Test func `every byte but 0 is true`() throws {
    let values: [UInt8] = [0, 0, 1, 255, 0, 7, 0, 1]
    let and = ModelBuilder.plain(.logicalAnd, [[4], [4]], .bool, to: [4])
    #expect(try and.elements(values, as: UInt8.self) == [0, 0, 0, 1])
    let or = ModelBuilder.plain(.logicalOr, [[4], [4]], .bool, to: [4])
    #expect(try or.elements(values, as: UInt8.self) == [0, 1, 1, 1])
    #expect(
      ModelBuilder.plain(.logicalOr, [[4], [4]], .int8, to: [4]).fault
        == .operandType(node: 0, tensor: 0, found: .int8))
  }
}
