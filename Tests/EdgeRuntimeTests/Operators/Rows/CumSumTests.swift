import Testing

@testable import EdgeRuntime

/// Goal: CUMSUM adds what its doc comment says.
/// Method: small rows worked by hand.
@Suite struct CumSumTests {
  private func cumSum(
    _ type: ElementType, exclusive: Bool = false, reverse: Bool = false, axis: Int32 = 1
  ) -> ModelBuilder {
    .unary(
      .cumSum, type, [2, 3], to: [2, 3], x: (1, 1), y: (2, -1), integers: ([], [axis]),
      options: Schema.CumSum.optionsType,
      [
        Schema.CumSum.exclusive: .uint8(exclusive ? 1 : 0),
        Schema.CumSum.reverse: .uint8(reverse ? 1 : 0),
      ])
  }

  @Test func `CUMSUM adds along an axis, without itself, and from the end`() throws {
    let values: [Int32] = [1, 2, 3, 4, 5, 6]
    #expect(try cumSum(.int32).run(values, to: Int32.self) == [1, 3, 6, 4, 9, 15])
    #expect(try cumSum(.int32, axis: -2).run(values, to: Int32.self) == [1, 2, 3, 5, 7, 9])
    let exclusive = cumSum(.int32, exclusive: true)
    #expect(try exclusive.run(values, to: Int32.self) == [0, 1, 3, 0, 4, 9])
    let reverse = cumSum(.int32, reverse: true)
    #expect(try reverse.run(values, to: Int32.self) == [6, 5, 3, 15, 11, 6])
    let wide: [Int64] = [.max, 1, 0, 1, 1, 1]
    #expect(try cumSum(.int64).run(wide, to: Int64.self) == [.max, .min, .min, 1, 2, 3])
    #expect(
      try cumSum(.float32, reverse: true).run([0.5, 1, 2, 0, 0, 1] as [Float], to: Float.self)
        == [3.5, 3, 2, 1, 1, 1])
  }

  @Test func `CUMSUM of int8 rescales each sum, of any length`() throws {
    // x − 1 = 0, 1, 3 and −5, −4, −3: sums in halves, ties away from zero after the product, − 1.
    #expect(
      try cumSum(.int8).run([1, 2, 4, -4, -3, -2] as [Int8], to: Int8.self)
        == [-1, 0, 1, -4, -6, -7])
    var long = ModelBuilder.unary(
      .cumSum, .int8, [1000], to: [1000], x: (1, -128), y: (2000, -128), integers: ([], [0]))
    long.nodes[0].optionsType = 0
    // 255 000 / 2000 = 127.5.
    let sums = try long.run([Int8](repeating: 127, count: 1000), to: Int8.self)
    #expect(sums[999] == 0 && sums[499] == -64)
  }

  @Test func `CUMSUM refuses other types and scales`() {
    var model = cumSum(.int8)
    model.tensors[1].scales = [1e-7]
    #expect(model.fault == .multiplierOutOfRange(node: 0, channel: 0))
    #expect(cumSum(.int16).fault == .operandType(node: 0, tensor: 0, found: .int16))
    #expect(cumSum(.int32, axis: 2).fault == .axisOutOfRange(node: 0, axis: 2, rank: 2))
  }
}
