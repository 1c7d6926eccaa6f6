import Testing

@testable import EdgeRuntime

/// Goal: each operator computes what its doc comment says.
/// Method: one sum for each, computed by hand; the golden vectors test the rest.
@Suite struct OperatorTests {
  @Test func `FULLY_CONNECTED rounds the product first`() throws {
    // 1 + 4 + 10 = 15 and 3 + 8 − 20 = −9, times ½: 7.5 and −4.5, ties toward +∞, plus 1.
    #expect(try ModelBuilder.fullyConnected().infer([1, 2]) == [9, -3])
  }

  @Test func `FULLY_CONNECTED takes off both zero points`() throws {
    var model = ModelBuilder.fullyConnected()
    model.tensors[0].zeroPoints = [1]
    model.tensors[1].zeroPoints = [2]
    // x − 1 = 4, 1; w − 2 = −1, 0 and 1, 2: −4 + 10 = 6 and 6 − 20 = −14, times ½, plus 1.
    #expect(try model.infer([5, 2]) == [4, -6])
  }

  @Test(
    arguments: [
      (0, [-19, 21]), (1, [1, 21]), (2, [0, 2]), (3, [1, 7]),
    ] as [(UInt8, [Int8])])
  func `fused activations clamp`(code: UInt8, expected: [Int8]) throws {
    var model = ModelBuilder.fullyConnected()
    model.tensors[3].scales = [1]
    model.nodes[0].options[Schema.FullyConnected.activation] = .uint8(code)
    // −40 + 10 + 10 = −20 and 40 − 20 + 0 = 20; the zero point adds 1.
    model.buffers[1] = [1, 1, 255, 254]
    model.buffers[2] = [Int32(10), 0].flatMap(Flat.littleEndian)
    #expect(try model.infer([-40, 10]) == expected)
  }

  @Test func `CONV_2D slides its filter, and pads with the zero point`() throws {
    let image: [Int8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    // 1·1 + 2·2 + 4·3 + 5·4 + 5 = 42, and so on; 127 is the limit.
    #expect(try ModelBuilder.conv2D().infer(image) == [42, 52, 72, 82])
    var same = ModelBuilder.conv2D()
    same.nodes[0].options[Schema.Conv2D.padding] = .uint8(0)
    same.tensors[0].zeroPoints = [1]
    same.tensors[3].shape = [1, 3, 3, 1]
    // x − 1 = 0…8; what lies to the right and below is 0.
    #expect(try same.infer(image) == [32, 42, 22, 62, 72, 34, 25, 28, 13])
  }

  @Test func `DEPTHWISE_CONV_2D keeps channels apart`() throws {
    // (1 + 3 + 5 + 7) − 4 = 12; 2 · ((2 + 4 + 6 + 8) − 4) + 100 = 132, clamped.
    #expect(try OperatorFixtures.depthwise().infer([1, 2, 3, 4, 5, 6, 7, 8]) == [12, 127])
  }

  @Test(
    arguments: [
      ([1, 2, 3, 4], 3), ([-1, -2, -3, -4], -3), ([0, 0, 0, 1], 0), ([127, 127, 127, 127], 127),
    ] as [([Int8], Int8)])
  func `AVERAGE_POOL_2D rounds ties away from zero`(cells: [Int8], expected: Int8) throws {
    #expect(try OperatorFixtures.averagePool().infer(cells) == [expected])
  }

  @Test func `MAX_POOL_2D takes the largest`() throws {
    #expect(try OperatorFixtures.maxPool().infer([-128, -5, -7, -100]) == [-5])
  }

  @Test func `ADD stretches the shorter operand`() throws {
    // a + b / 2, in halves: 2a + b.
    #expect(try OperatorFixtures.add().infer([1, 2, -3, 100], [5, -7]) == [7, -3, -1, 127])
  }

  @Test func `SOFTMAX of two`() throws {
    // e⁰ / (e⁰ + e⁻¹) = 0.731 → 187.2 − 128; the other 0.269 → 68.8 − 128.
    #expect(try OperatorFixtures.softmax().infer([1, 0]) == [59, -59])
    #expect(try OperatorFixtures.softmax().infer([7, 7]) == [0, 0])
    #expect(try OperatorFixtures.softmax().infer([127, -128]) == [127, -128])
  }

  @Test(arguments: [511, 512, 4096, 5000] as [Int32])
  func `SOFTMAX of many ties does not abort`(classes: Int32) throws {
    var model = OperatorFixtures.softmax()
    model.tensors[0].shape = [1, classes]
    model.tensors[1].shape = [1, classes]
    let scores = try model.infer([Int8](repeating: 3, count: Int(classes)))
    // 256 / 511 rounds to 1, 256 / 512 and less to 0.
    #expect(scores.allSatisfy { $0 == (classes == 511 ? -127 : -128) })
  }

  @Test func `PAD puts the zero point around`() throws {
    var model = OperatorFixtures.pad()
    model.tensors[0].zeroPoints = [9]
    model.tensors[1].zeroPoints = [9]
    #expect(try model.infer([1, 2]) == [9, 9, 9, 9, 9, 9, 1, 2, 9, 9])
  }

  @Test func `MEAN divides by folding the count into the multiplier`() throws {
    #expect(try OperatorFixtures.mean().infer([1, 2, 3, -10, -20, -33]) == [2, -21])
  }

  @Test func `RESHAPE moves nothing and takes -1 for the rest`() throws {
    let values: [Int8] = [1, 2, 3, 4, 5, 6]
    #expect(try OperatorFixtures.reshape([3, 2]).infer(values) == values)
    #expect(try OperatorFixtures.reshape([-1, 2]).infer(values) == values)
    #expect(
      OperatorFixtures.reshape([-1, -1]).fault
        == .optionOutOfRange(node: 0, option: .newShape, found: 2, allowed: 0...1))
    let model = try load(OperatorFixtures.reshape([3, 2]).bytes()).get()
    #expect(model.arenaBytes == 16)
    #expect(model.plan.entries[1].aliasOf == 0)
  }

  @Test func `QUANTIZE and DEQUANTIZE are each other's inverse on the grid`() throws {
    var model = ModelBuilder()
    let x = model.tensor([1, 6], .float32)
    let q = model.tensor([1, 6], scale: 0.5, zero: 3)
    let y = model.tensor([1, 6], .float32)
    for tensor in [0, 2] {
      (model.tensors[tensor].scales, model.tensors[tensor].zeroPoints) = ([], [])
    }
    model.node(.quantize, [x], [q])
    model.node(.dequantize, [q], [y])
    (model.inputs, model.outputs) = ([x], [y])
    let reals: [Float] = [1.5, -0.25, 0.25, .nan, .infinity, -1e30]
    let interpreter = try Interpreter(load(model.bytes()).get())
    let bytes = interpreter.infer(reals.flatMap { Flat.littleEndian($0.bitPattern) }[...])
    let found = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    // −0.25 / 0.5 = −½ rounds away from zero to −1 step.
    #expect(found == [1.5, -0.5, 0.5, 0, 62, -65.5])
  }

  @Test func `QUANTIZE from one scale to another`() throws {
    let model = ModelBuilder.unary(.quantize, [1, 4], to: [1, 4], scale: 2, zero: -1)
    // (x − 0) / 2 − 1: 0.5 → 1 and −0.5 → 0 in the product's rounding.
    #expect(try model.infer([1, -1, 127, -128]) == [0, -1, 63, -65])
  }
}
