import Testing

@testable import EdgeRuntime

/// Goal: an operator with weights refuses integer types that it does not accept, and every sum that
/// could leave its type, with the right error.
/// Method: a sound model with one fault, for each rule of `WeightedFormat` and `Weights`.
@Suite struct WeightedRefusalTests {
  private typealias Fixtures = WeightedFixtures

  private static func wide(_ bias: WeightedFixtures.Bias, yScale: Float = 1) -> ModelBuilder {
    Fixtures.fullyConnected(
      .int16, depth: 2, (.int8, [2, 1]), units: 1, bias: bias, yScale: yScale)
  }

  private func fault(
    _ model: ModelBuilder, _ change: (inout ModelBuilder) -> Void
  ) -> ModelError? {
    var model = model
    change(&model)
    return model.fault
  }

  @Test func `types that do not go together`() {
    let float = ElementType.float32.rawValue
    #expect(
      fault(Self.wide(.none)) { $0.tensors[0].type = float }
        == .operandType(node: 0, tensor: 0, found: .float32))
    #expect(
      fault(Self.wide(.none)) { $0.tensors[3].type = ElementType.int8.rawValue }
        == .operandType(node: 0, tensor: 3, found: .int8))
    #expect(
      fault(Self.wide(.none)) {
        $0.tensors[1].type = ElementType.int4.rawValue
        $0.buffers[1] = [0x12]
      } == .operandType(node: 0, tensor: 1, found: .int4))
    #expect(
      fault(Self.wide(.int16([1]))) { _ in } == .operandType(node: 0, tensor: 2, found: .int16))
    for (type, w) in [(ElementType.int8, ElementType.uint8), (.uint8, .int8)] {
      let model = Fixtures.fullyConnected(type, depth: 2, (w, [1, 2]), units: 1)
      #expect(model.fault == .operandType(node: 0, tensor: 1, found: w))
      let biased = Fixtures.fullyConnected(
        type, depth: 2, (type, [1, 2]), units: 1, bias: .int64([1]))
      #expect(biased.fault == .operandType(node: 0, tensor: 2, found: .int64))
    }
    // DEPTHWISE_CONV_2D sums Int16 in 64 bits only.
    let depthwise = Fixtures.convolution(
      .depthwiseConv2D, .int16, [1, 1, 1, 1], (.int8, [1, 1, 1, 1], [1]), bias: .int32([0]),
      to: [1, 1, 1, 1])
    #expect(depthwise.fault == .operandType(node: 0, tensor: 2, found: .int32))
  }

  @Test func `zero points and scales`() {
    for tensor in [0, 3] {
      #expect(
        fault(Self.wide(.none)) { $0.tensors[tensor].zeroPoints = [1] }
          == .zeroPointOutOfRange(tensor: tensor, channel: 0, found: 1))
    }
    #expect(
      fault(Self.wide(.none)) { $0.tensors[1].zeroPoints = [1] }
        == .weightZeroPoint(node: 0, channel: 0, found: 1))
    let bytes = Fixtures.fullyConnected(.uint8, depth: 2, (.uint8, [1, 2, 3, 4]), units: 2)
    #expect(bytes.fault == nil)
    #expect(
      fault(bytes) { ($0.tensors[1].scales, $0.tensors[1].zeroPoints) = ([1, 1], [0, 0]) }
        == .channelsQuantized(node: 0, tensor: 1))
    #expect(
      fault(bytes) { ($0.tensors[1].scales, $0.tensors[1].axis) = ([1, 1], 1) } != nil)
    let packed = Fixtures.fullyConnected(.int8, depth: 2, (.int4, [0x21]), units: 1)
    #expect(
      fault(packed) { $0.tensors[1].zeroPoints = [8] }
        == .zeroPointOutOfRange(tensor: 1, channel: 0, found: 8))
    // 1 / 2⁻⁷ would need the exponent 8.
    #expect(Self.wide(.none, yScale: 0x1p-6).fault == nil)
    #expect(
      Self.wide(.none, yScale: 0x1p-7).fault == .multiplierOutOfRange(node: 0, channel: 0))
  }

  @Test func `sums that could leave their type`() {
    let overflow = ModelError.accumulatorOverflow(node: 0, channel: 0)
    // 2¹⁵ · (2 + 1) + |bias| within 2⁴⁷ − 1, or within Int32.
    #expect(Self.wide(.int64([(1 << 47) - 1 - (3 << 15)])).fault == nil)
    #expect(Self.wide(.int64([-((1 << 47) - 1 - (3 << 15))])).fault == nil)
    #expect(Self.wide(.int64([(1 << 47) - (3 << 15)])).fault == overflow)
    #expect(Self.wide(.int64([.min])).fault == overflow)
    #expect(Self.wide(.int64([.max])).fault == overflow)
    #expect(Self.wide(.int32([Int32.max - (3 << 15)])).fault == nil)
    #expect(Self.wide(.int32([Int32.max - (3 << 15) + 1])).fault == overflow)
    #expect(Self.wide(.int32([.min])).fault == overflow)
    // 255 · (|5 − 100| + |110 − 100|) + |bias|.
    func byte(_ bias: Int32) -> ModelError? {
      fault(
        Fixtures.fullyConnected(
          .uint8, depth: 2, (.uint8, [5, 110]), units: 1, bias: .int32([bias]))
      ) { $0.tensors[1].zeroPoints = [100] }
    }
    #expect(byte(Int32.max - 255 * 105) == nil)
    #expect(byte(Int32.max - 255 * 105 + 1) == overflow)
  }

  /// The same as `HostileBytesTests`, for the integer types that its models do not have.
  @Test func `every change of one byte is refused or runs`() throws {
    var random = SeededRandom(seed: 0x5EED_0014, for: "hostile weights")
    let nine = Fixtures.bytes([1, -2, 3, -4, 5, -6, 7, -8, 1] as [Int8])
    let files = [
      Self.wide(.int64([5])),
      Fixtures.fullyConnected(.int8, depth: 3, (.int4, [0xE1, 0x83, 0xF7]), units: 2),
      Fixtures.convolution(
        .conv2D, .uint8, [1, 4, 4, 1], (.uint8, [1, 3, 3, 1], nine), to: [1, 2, 2, 1]),
      Fixtures.convolution(
        .depthwiseConv2D, .int16, [1, 3, 3, 1], (.int8, [1, 3, 3, 1], nine), bias: .int64([1]),
        to: [1, 1, 1, 1]),
      Fixtures.transposeConv(.int8, [1, 2, 2, 1], (.int8, [1, 3, 3, 1], nine), to: [1, 5, 5, 1]),
    ].map { $0.bytes() }
    var accepted = 0
    for round in 0..<10_000 {
      var bytes = files[round % files.count]
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
        in: 0...255, using: &random)
      if case .success(let model) = load(bytes, limits: ModelLimits(arenaBytesMax: 1 << 16)) {
        accepted += 1
        try Interpreter(model).run()
      }
    }
    #expect(accepted > 500 && accepted < 9_500, "accepted \(accepted)")
  }
}
