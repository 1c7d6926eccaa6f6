import Testing

@testable import EdgeRuntime

/// Goal: operators with weights compute with every integer type that they accept, and refuse all
/// others.
/// Method: sums computed by hand; one operator with two integer types that mean the same numbers.
@Suite struct WeightedTests {
  private typealias Fixtures = WeightedFixtures

  // MARK: Int16

  @Test func `Int16 sums are rounded once, with an Int32 bias twice`() throws {
    func y(_ bias: Fixtures.Bias, biasType: UInt8 = 0) throws -> [Int16] {
      var model = Fixtures.fullyConnected(
        .int16, depth: 2, (.int8, Fixtures.bytes([2, 1] as [Int8])), units: 1, bias: bias, yScale: 4
      )
      model.nodes[0].options[Schema.FullyConnected.biasType] = .uint8(biasType)
      return try model.infer(integers: [1, 2] as [Int16])
    }
    // 2 + 2 + 1 = 5, times ¼: 1.25 → 1; twice: 2.5 → 3 → 1.5 → 2.
    #expect(try y(.int64([1])) == [1])
    #expect(try y(.int32([1])) == [2])
    // Without a bias 4 → 1; the option chooses the sums, which agree here.
    #expect(try y(.none) == [1])
    #expect(try y(.none, biasType: ElementType.int32.rawValue) == [1])
  }

  @Test func `Int16 sums may need more than 32 bits, and outputs clamp`() throws {
    let depth: Int32 = 1024
    let weights = [Int8](repeating: 127, count: 1024) + [Int8](repeating: -127, count: 1024)
    let model = Fixtures.fullyConnected(
      .int16, depth: depth, (.int8, Fixtures.bytes(weights)), units: 2,
      bias: .int64([1 << 40, 0]), yScale: 262144)
    // 1024 · 127 · 32767 + 2⁴⁰ over 2¹⁸ is beyond 32767; −1024 · 127 · 32767 / 2¹⁸ = −16255.5.
    let found = try model.infer(integers: [Int16](repeating: 32767, count: 1024))
    #expect(found == [32767, -16256])
  }

  @Test func `CONV_2D and DEPTHWISE_CONV_2D over Int16`() throws {
    let image: [Int16] = [1000, -2, 3, 4, 5000, 6, 7, 8, -9000]
    var model = Fixtures.convolution(
      .conv2D, .int16, [1, 3, 3, 1], (.int8, [1, 2, 2, 1], [1, 2, 3, 4]), bias: .int64([5]),
      to: [1, 2, 2, 1])
    // 1000 − 4 + 12 + 20000 + 5, and so on; 5000 + 12 + 24 − 36000 + 5.
    #expect(try model.infer(integers: image) == [21013, 15033, 10062, -30959])
    model.nodes[0].options[Schema.Conv2D.padding] = .uint8(0)
    model.tensors[3].shape = [1, 3, 3, 1]
    #expect(
      try model.infer(integers: image) == [
        21013, 15033, 26, 10062, -30959, -26989, 28, -17987, -8995,
      ])
    let depthwise = Fixtures.convolution(
      .depthwiseConv2D, .int16, [1, 2, 1, 2], (.int8, [1, 2, 1, 4], [1, 2, 3, 4, 5, 6, 7, 8]),
      bias: .int64([0, 0, 0, 1]), to: [1, 1, 1, 4])
    // Channel 0: 100, 300; channel 1: −200, 400; two outputs each.
    #expect(
      try depthwise.infer(integers: [100, -200, 300, 400] as [Int16]) == [1600, 2000, 2200, 2401])
  }

  // MARK: UInt8

  @Test func `UInt8 takes off both zero points`() throws {
    var model = Fixtures.fullyConnected(
      .uint8, depth: 2, (.uint8, [101, 98, 100, 255]), units: 2, bias: .int32([3, -20]))
    (model.tensors[0].zeroPoints, model.tensors[1].zeroPoints) = ([128], [100])
    model.tensors[3].zeroPoints = [10]
    // x − 128 = 2, −3; w − 100 = 1, −2 and 0, 155: 8 + 3 + 10, and −465 − 20 + 10, clamped.
    #expect(try model.infer(integers: [130, 125] as [UInt8]) == [21, 0])
  }

  /// x and w of UInt8 are those of Int8 plus 128, zero points too.
  @Test(arguments: [OperatorKind.conv2D, .depthwiseConv2D, .transposeConv])
  func `UInt8 is Int8 shifted by 128`(kind: OperatorKind) throws {
    var random = SeededRandom(seed: 0x5EED_0012, for: "shifted")
    let x = (0..<36).map { _ in Int8.random(in: .min ... .max, using: &random) }
    let w = (0..<36).map { _ in Int8.random(in: -20...20, using: &random) }
    let (weights, _) = Self.weights(kind)
    func model(_ type: ElementType, _ bytes: [UInt8], _ shift: Int64) -> ModelBuilder {
      var model = Self.model(kind, type, (type, weights, bytes))
      model.tensors[0].zeroPoints = [shift - 7]
      model.tensors[1].zeroPoints = [shift]
      model.tensors[3].zeroPoints = [shift + 5]
      model.tensors[3].scales = [16]
      return model
    }
    let signed = try model(.int8, Fixtures.bytes(w), 0).infer(integers: x)
    let unsigned = try model(.uint8, w.map { UInt8(bitPattern: $0) ^ 0x80 }, 128)
      .infer(integers: x.map { UInt8(bitPattern: $0) ^ 0x80 })
    #expect(signed.map { UInt8(bitPattern: $0) ^ 0x80 } == unsigned)
    #expect(Set(unsigned).count > 4)
  }

  // MARK: Int4

  @Test func `Int4 weights are packed two to a byte, low half first`() throws {
    let model = Fixtures.fullyConnected(
      .int8, depth: 3, (.int4, [0xE1, 0x83, 0xF7]), units: 2, bias: .int32([0, 10]))
    // 1, −2, 3 and −8, 7, −1.
    #expect(try model.infer([1, 2, 3]) == [6, 13])
    #expect(try load(model.bytes()).get().tensors[1].byteCount == 3)
  }

  @Test(arguments: [OperatorKind.conv2D, .depthwiseConv2D, .fullyConnected])
  func `Int4 is Int8 with small weights`(kind: OperatorKind) throws {
    var random = SeededRandom(seed: 0x5EED_0013, for: "packed")
    let x = (0..<36).map { _ in Int8.random(in: .min ... .max, using: &random) }
    let (weights, count) = Self.weights(kind)
    let w = (0..<count).map { _ in Int8.random(in: -8...7, using: &random) }
    func y(_ type: ElementType, _ bytes: [UInt8]) throws -> [Int8] {
      var model = Self.model(kind, .int8, (type, weights, bytes))
      model.tensors[0].zeroPoints = [-3]
      model.tensors[3].scales = [8]
      return try model.infer(integers: x)
    }
    let found = try y(.int4, Fixtures.packed(w))
    #expect(try found == y(.int8, Fixtures.bytes(w)))
    #expect(Set(found).count > 4)
  }

  /// A model over 36 elements of x, and its weights' shape and count.
  private static func weights(_ kind: OperatorKind) -> (shape: [Int32], count: Int) {
    switch kind {
    case .depthwiseConv2D: ([1, 3, 3, 4], 36)
    case .fullyConnected: ([45, 9], 405)
    default: ([1, 3, 3, 4], 36)
    }
  }

  private static func model(
    _ kind: OperatorKind, _ type: ElementType, _ weights: (ElementType, [Int32], [UInt8])
  ) -> ModelBuilder {
    if kind == .transposeConv {
      return Fixtures.transposeConv(type, [1, 3, 3, 4], weights, to: [1, 6, 6, 1], same: true)
    }
    if kind == .fullyConnected {
      var model = Fixtures.fullyConnected(
        type, depth: weights.1[1], (weights.0, weights.2), units: weights.1[0])
      (model.tensors[0].shape, model.tensors[3].shape) = ([4, 9], [4, 45])
      return model
    }
    var model = Fixtures.convolution(
      kind, type, [1, 3, 3, 4], weights, to: [1, 3, 3, kind == .conv2D ? 1 : 4])
    model.nodes[0].options[Schema.Conv2D.padding] = .uint8(0)
    return model
  }

  // MARK: Groups

  @Test func `CONV_2D in groups`() throws {
    // Two channels, two groups, two outputs each: 1 × 2 filters.
    var model = Fixtures.convolution(
      .conv2D, .int8, [1, 1, 3, 2], (.int8, [4, 1, 2, 1], [1, 2, 3, 4, 5, 6, 7, 8]),
      bias: .int32([0, 0, 0, 1]), to: [1, 1, 2, 4])
    let x: [Int8] = [1, -1, 2, -2, 3, -3]
    #expect(try model.infer(x) == [5, 11, -17, -22, 8, 18, -28, -37])
    #expect(try load(model.bytes()).get().multiplyAccumulates == 2 * 4 * 2)
    model.nodes[0].options[Schema.Conv2D.dilationWidth] = .int32(2)
    model.tensors[3].shape = [1, 1, 1, 4]
    #expect(try model.infer(x) == [7, 15, -23, -30])
    model.nodes[0].options[Schema.Conv2D.padding] = .uint8(0)
    model.tensors[3].shape = [1, 1, 3, 4]
    #expect(try model.infer(x) == [4, 8, -12, -15, 7, 15, -23, -30, 2, 6, -10, -13])
  }
}
