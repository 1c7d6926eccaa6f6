import Testing

@testable import EdgeRuntime

/// Goal: SUM, MEAN, REDUCE_MAX and REDUCE_MIN over any axes and types, and each refusal by name.
/// Method: sums worked by hand; golden vectors and `ModelCheckTests` (axes) do the rest.
@Suite struct ReductionTests {
  private static let keep: [Int: Flat] = [Schema.Reducer.keepDimensions: .uint8(1)]

  /// x [2, 3] reduced along its rows.
  private func rows(
    _ kind: OperatorKind, _ type: ElementType, x: (scale: Float, zero: Int64) = (1, 0),
    y: (scale: Float, zero: Int64) = (1, 0)
  ) -> ModelBuilder {
    .unary(
      kind, type, [2, 3], to: [2, 1], x: x, y: y, integers: ([1], [-1]),
      options: Schema.Reducer.optionsType, Self.keep)
  }

  @Test func `SUM takes the zero point off every term and rescales once`() throws {
    // (1 + 2 + 3 − 3 · 1) / 2 − 5 = −3.5 and (4 + 5 + 7 − 3) / 2 − 5 = 1.5, halves toward +∞.
    let bytes = rows(.sum, .int8, x: (1, 1), y: (2, -5))
    #expect(try bytes.run([1, 2, 3, 4, 5, 7] as [Int8], to: Int8.self) == [-3, 2])
    #expect(
      try bytes.run([127, 127, 127, -128, -128, -128] as [Int8], to: Int8.self) == [127, -128])
    let unsigned = rows(.sum, .uint8, x: (1, 100), y: (1, 10))
    #expect(
      try unsigned.run([100, 101, 102, 0, 255, 255] as [UInt8], to: UInt8.self) == [13, 220])
    let words = rows(.sum, .int16, x: (1, 0), y: (4, 0))
    #expect(
      try words.run([32767, 32767, 2, -7, 0, 0] as [Int16], to: Int16.self) == [16384, -2])
    #expect(
      try rows(.sum, .float32).run([1e8, 1, -1e8, 0.5, 0.25, 0] as [Float], to: Float.self)
        == [0, 0.75])
  }

  @Test func `MEAN of every type`() throws {
    #expect(
      try rows(.mean, .uint8, x: (1, 3), y: (1, 3)).run(
        [0, 1, 2, 255, 255, 253] as [UInt8], to: UInt8.self) == [1, 254])
    #expect(
      try rows(.mean, .int16).run([300, 301, 303, -1, -1, -32768] as [Int16], to: Int16.self)
        == [301, -10923])
    #expect(
      try rows(.mean, .float32).run([1, 2, 4.5, -1, 0, 1] as [Float], to: Float.self) == [2.5, 0])
  }

  @Test func `axes that touch are one run, and others are walked`() throws {
    let values = (0..<24).map { Int8($0) }
    func mean(_ axes: [Int32], to shape: [Int32]) throws -> [Int8] {
      try ModelBuilder.unary(
        .sum, .int8, [2, 3, 4], to: shape, y: (1, 0), integers: ([Int32(axes.count)], axes)
      ).run(values, to: Int8.self)
    }
    #expect(try mean([1, 2], to: [2]) == [66, 127])  // 66 and 210
    #expect(try mean([0, 2], to: [3]) == [60, 92, 124])
    #expect(try mean([0], to: [3, 4])[...3] == [12, 14, 16, 18])
    #expect(try mean([2, 0, 1], to: []) == [127])
  }

  @Test func `REDUCE_MAX and REDUCE_MIN of every type`() throws {
    func extremes<T: BitwiseCopyable & Equatable>(
      _ type: ElementType, _ values: [T], _ largest: [T], _ smallest: [T]
    ) throws {
      #expect(try rows(.reduceMax, type).run(values, to: T.self) == largest)
      #expect(try rows(.reduceMin, type).run(values, to: T.self) == smallest)
    }
    try extremes(.int8, [-1, -128, -5, 3, 127, 0] as [Int8], [-1, 127], [-128, 0])
    try extremes(.uint8, [200, 3, 100, 0, 0, 0] as [UInt8], [200, 0], [3, 0])
    try extremes(.int16, [-300, 299, 0, 1, 2, 3] as [Int16], [299, 3], [-300, 1])
    try extremes(.int32, [-70000, 1, 2, .max, .min, 0] as [Int32], [2, .max], [-70000, .min])
    // NaN is ignored; if there is nothing else, the result is the largest number.
    let limit = Float.greatestFiniteMagnitude
    try extremes(
      .float32, [.nan, 2, -3, .nan, .nan, .nan] as [Float], [2, -limit], [-3, limit])
  }

  @Test func `refuses what it cannot compute`() {
    func fault(_ kind: OperatorKind, _ change: (inout ModelBuilder) -> Void) -> ModelError? {
      var model = rows(kind, .int8)
      change(&model)
      return model.fault
    }
    #expect(
      fault(.sum) { $0.tensors[0].type = ElementType.int32.rawValue }
        == .operandType(node: 0, tensor: 0, found: .int32))
    #expect(
      fault(.sum) { $0.tensors[1].type = ElementType.uint8.rawValue }
        == .operandType(node: 0, tensor: 1, found: .uint8))
    #expect(
      fault(.sum) { $0.tensors[2].shape = [1, 1] }
        == .operandRank(node: 0, tensor: 2, found: 2, expected: 1))
    #expect(
      fault(.sum) { $0.tensors[1].shape = [1, 2] }
        == .operandDimension(node: 0, tensor: 1, axis: 0, found: 1, expected: 2))
    #expect(fault(.sum) { $0.tensors[1].scales = [] } == .quantizationMissing(tensor: 1))
    #expect(
      fault(.sum) { $0.tensors[0].scales = [1e6] } == nil)
    #expect(
      fault(.sum) { ($0.tensors[0].scales, $0.tensors[1].scales) = ([1e6], [0.1]) }
        == .multiplierOutOfRange(node: 0, channel: 0))
    #expect(
      fault(.mean) { ($0.tensors[0].scales, $0.tensors[1].scales) = ([1e6], [0.01]) }
        == .multiplierOutOfRange(node: 0, channel: 0))
    #expect(
      fault(.reduceMax) { $0.tensors[1].zeroPoints = [1] }
        == .quantizationDiffers(node: 0, tensor: 1))
    #expect(
      fault(.reduceMin) { $0.tensors[1].scales = [2] } == .quantizationDiffers(node: 0, tensor: 1))
    #expect(
      fault(.reduceMin) { $0.nodes[0].version = 4 }
        == .operatorUnsupported(node: 0, builtinCode: 89, version: 4))
  }

  @Test func `a sum of as many terms as fit 32 bits, and one of more`() {
    func fault(_ type: ElementType, _ terms: Int32) -> ModelError? {
      ModelBuilder.unary(
        .mean, type, [1, terms], to: [1], integers: ([1], [1]), options: 0
      ).fault
    }
    #expect(fault(.int16, 32767) == nil)
    #expect(fault(.int16, 32768) == .accumulatorOverflow(node: 0, channel: 0))
    #expect(fault(.int8, 1 << 20) == nil)
  }
}
