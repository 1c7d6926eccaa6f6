import Testing

@testable import EdgeRuntime

/// Goal: both pools of uint8, int16 and float32; `OperatorTests` has int8.
/// Method: one window worked by hand for each, and the sums that could overflow.
@Suite struct PoolTests {
  private func pool(
    _ kind: OperatorKind, _ type: ElementType, activation: UInt8 = 0,
    zero: (x: Int64, y: Int64) = (0, 0)
  ) -> ModelBuilder {
    var options = OperatorFixtures.square
    options[Schema.Pool2D.activation] = .uint8(activation)
    return .unary(
      kind, type, [1, 2, 2, 1], to: [1, 1, 1, 1], x: (1, zero.x), y: (1, zero.y),
      options: Schema.Pool2D.optionsType, options)
  }

  @Test func `AVERAGE_POOL_2D of every type`() throws {
    #expect(
      try pool(.averagePool2D, .uint8).run([255, 255, 254, 254] as [UInt8], to: UInt8.self)
        == [255])
    #expect(
      try pool(.averagePool2D, .int16).run(
        [-32768, -32768, -32767, -32767] as [Int16], to: Int16.self) == [-32768])
    #expect(
      try pool(.averagePool2D, .float32).run([1, 2, 3, 5] as [Float], to: Float.self) == [2.75])
  }

  @Test func `MAX_POOL_2D of every type, NaN passed over`() throws {
    #expect(
      try pool(.maxPool2D, .uint8).run([1, 200, 3, 4] as [UInt8], to: UInt8.self) == [200])
    #expect(
      try pool(.maxPool2D, .int16).run([-300, -200, -400, -500] as [Int16], to: Int16.self)
        == [-200])
    #expect(
      try pool(.maxPool2D, .float32).run([.nan, -2, -3, .nan] as [Float], to: Float.self) == [-2])
  }

  @Test(
    arguments: [(0, [9, -9]), (1, [9, 0]), (2, [1, -1]), (3, [6, 0])] as [(UInt8, [Float])])
  func `fused activations of float32`(code: UInt8, expected: [Float]) throws {
    let model = pool(.averagePool2D, .float32, activation: code)
    #expect(try model.run([9, 9, 9, 9] as [Float], to: Float.self) == [expected[0]])
    #expect(try model.run([-9, -9, -9, -9] as [Float], to: Float.self) == [expected[1]])
    let infinite = try model.run([Float](repeating: .infinity, count: 4), to: Float.self)
    #expect(infinite == [code == 0 || code == 1 ? .greatestFiniteMagnitude : expected[0]])
  }

  @Test func `refuses types, quantizations and activations that differ`() {
    #expect(pool(.maxPool2D, .int32).fault == .operandType(node: 0, tensor: 0, found: .int32))
    var mixed = pool(.maxPool2D, .float32)
    mixed.tensors[1].type = ElementType.int8.rawValue
    #expect(mixed.fault == .operandType(node: 0, tensor: 1, found: .int8))
    #expect(
      pool(.averagePool2D, .uint8, zero: (0, 1)).fault
        == .quantizationDiffers(node: 0, tensor: 1))
    #expect(
      pool(.averagePool2D, .float32, activation: 4).fault
        == .activationUnsupported(node: 0, activation: 4))
  }

  @Test(arguments: [(257, 255), (256, 256)] as [(Int32, Int32)])
  func `int16 windows of as many cells as fit 32 bits, and of one more`(
    height: Int32, width: Int32
  ) {
    let options: [Int: Flat] = [
      Schema.Pool2D.padding: .uint8(1), Schema.Pool2D.strideWidth: .int32(1),
      Schema.Pool2D.strideHeight: .int32(1), Schema.Pool2D.filterWidth: .int32(width),
      Schema.Pool2D.filterHeight: .int32(height),
    ]
    let model = ModelBuilder.unary(
      .averagePool2D, .int16, [1, height, width, 1], to: [1, 1, 1, 1],
      options: Schema.Pool2D.optionsType, options)
    #expect(
      model.fault
        == (height * width > 65535 ? .accumulatorOverflow(node: 0, channel: 0) : nil))
  }
}
