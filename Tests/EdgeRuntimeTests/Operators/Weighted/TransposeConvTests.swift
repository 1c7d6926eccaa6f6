import Testing

@testable import EdgeRuntime

/// Goal: TRANSPOSE_CONV adds each input, times the filter, to the places from which CONV_2D would
/// read.
/// Method: images small enough to compute by hand.
@Suite struct TransposeConvTests {
  private typealias Fixtures = WeightedFixtures

  /// x [1, 1, 2, 1], a 1 × 3 filter, stride 2: the two copies overlap in one cell.
  private static func row(_ bias: WeightedFixtures.Bias = .none) -> ModelBuilder {
    Fixtures.transposeConv(
      .int8, [1, 1, 2, 1], (.int8, [1, 1, 3, 1], [1, 2, 3]), bias: bias, to: [1, 1, 5, 1])
  }

  @Test func `copies of the filter overlap`() throws {
    // 10 · (1, 2, 3) and two further 4 · (1, 2, 3).
    #expect(try Self.row().infer([10, 4]) == [10, 20, 34, 8, 12])
    #expect(try Self.row(.int32([-5])).infer([10, 4]) == [5, 15, 29, 3, 7])
    #expect(try load(Self.row().bytes()).get().multiplyAccumulates == 5 * 3)
  }

  @Test func `a zero point is nothing, a fused activation clamps`() throws {
    var model = Self.row()
    model.tensors[0].zeroPoints = [4]
    model.nodes[0].options[Schema.TransposeConv.activation] = .uint8(3)
    // x − 4 = 6, 0: 6, 12, 18, 0, 0.
    #expect(try model.infer([10, 4]) == [6, 6, 6, 0, 0])
    #expect(try model.infer([0, 4]) == [0, 0, 0, 0, 0])
  }

  @Test func `SAME cuts what lies outside, at the end first`() throws {
    var model = Self.row()
    model.nodes[0].options[Schema.TransposeConv.padding] = .uint8(0)
    model.tensors[3].shape = [1, 1, 4, 1]
    model.buffers[3] = Fixtures.bytes([1, 1, 4, 1] as [Int32])
    // One cell too many, which is after the end.
    #expect(try model.infer([10, 4]) == [10, 20, 34, 8])
    model.tensors[3].shape = [1, 1, 3, 1]
    model.buffers[3] = Fixtures.bytes([1, 1, 3, 1] as [Int32])
    #expect(try model.infer([10, 4]) == [20, 34, 8])
  }

  @Test func `rows, channels, outputs and batches`() throws {
    // Two batches of one cell with channels a, b; filters (2 × 1) a + 2b, 3a + 4b and −a, −b.
    let model = Fixtures.transposeConv(
      .int8, [2, 1, 1, 2], (.int8, [2, 2, 1, 2], [1, 2, 3, 4, 255, 0, 0, 255]),
      to: [2, 2, 2, 2])
    #expect(
      try model.infer([1, 2, 10, 20]) == [
        5, -1, 0, 0, 11, -2, 0, 0, 50, -10, 0, 0, 110, -20, 0, 0,
      ])
  }

  @Test func `Int16 with each kind of bias`() throws {
    for bias in [.none, .int16([0]), .int64([0])] as [Fixtures.Bias] {
      let model = Fixtures.transposeConv(
        .int16, [1, 1, 2, 1], (.int8, [1, 1, 3, 1], [1, 2, 3]), bias: bias, to: [1, 1, 5, 1])
      #expect(try model.infer(integers: [1000, 400] as [Int16]) == [1000, 2000, 3400, 800, 1200])
    }
    let model = Fixtures.transposeConv(
      .int16, [1, 1, 2, 1], (.int8, [1, 1, 3, 1], [1, 2, 3]), bias: .int16([-7]),
      to: [1, 1, 5, 1])
    #expect(try model.infer(integers: [1000, 400] as [Int16]) == [993, 1993, 3393, 793, 1193])
  }

  // MARK: Refusals

  private func fault(_ change: (inout ModelBuilder) -> Void) -> ModelError? {
    var model = Self.row(.int32([0]))
    change(&model)
    return model.fault
  }

  @Test func `shapes that do not belong together`() {
    #expect(fault { _ in } == nil)
    #expect(
      fault { $0.buffers[3] = Fixtures.bytes([1, 1, 6, 1] as [Int32]) }
        == .operandDimension(node: 0, tensor: 3, axis: 2, found: 5, expected: 6))
    #expect(
      fault { $0.buffers[3] = Fixtures.bytes([1, 1, -1, 1] as [Int32]) }
        == .operandDimension(node: 0, tensor: 3, axis: 2, found: 5, expected: -1))
    #expect(
      fault {
        ($0.tensors[4].shape, $0.buffers[3]) = ([3], Fixtures.bytes([1, 1, 5] as [Int32]))
      } == .operandCount(node: 0, tensor: 4, found: 3, expected: 4))
    #expect(
      fault { $0.tensors[0].shape = [1, 1, 3, 1] }
        == .operandDimension(node: 0, tensor: 0, axis: 2, found: 3, expected: 2))
    #expect(
      fault { $0.tensors[0].shape = [1, 2, 2, 1] }
        == .operandDimension(node: 0, tensor: 0, axis: 1, found: 2, expected: 1))
    #expect(
      fault { $0.tensors[0].shape = [2, 1, 2, 1] }
        == .operandDimension(node: 0, tensor: 3, axis: 0, found: 1, expected: 2))
    #expect(
      fault { $0.tensors[0].shape = [1, 1, 2, 2] }
        == .operandDimension(node: 0, tensor: 1, axis: 3, found: 1, expected: 2))
    #expect(
      fault { $0.tensors[1].shape = [3, 1, 1, 1] }
        == .operandDimension(node: 0, tensor: 3, axis: 3, found: 1, expected: 3))
    #expect(
      fault { $0.tensors[0].shape = [1, 2, 1] }
        == .operandRank(node: 0, tensor: 0, found: 3, expected: 4))
    #expect(
      fault { $0.nodes[0].options[Schema.TransposeConv.strideWidth] = .int32(0) }
        == .optionOutOfRange(
          node: 0, option: .strideWidth, found: 0, allowed: 1...RuntimeLimits.filterSideMax))
  }

  @Test func `types and operands`() {
    #expect(
      fault { $0.nodes[0].inputs = [4, 1] } == .inputCount(node: 0, found: 2, expected: 3...4))
    #expect(
      fault {
        $0.tensors[4].type = ElementType.int64.rawValue
        $0.buffers[3] = Fixtures.bytes([1, 1, 5, 1] as [Int64])
      } == .operandType(node: 0, tensor: 4, found: .int64))
    #expect(
      fault {
        $0.tensors[1].type = ElementType.int4.rawValue
        $0.buffers[1] = [0x21, 3]
      } == .operandType(node: 0, tensor: 1, found: .int4))
    #expect(
      fault { model in
        for tensor in [0, 3] { model.tensors[tensor].type = ElementType.int16.rawValue }
      } == .operandType(node: 0, tensor: 2, found: .int32))
    #expect(
      fault { $0.tensors[1].zeroPoints = [1] } == .weightZeroPoint(node: 0, channel: 0, found: 1))
  }
}
