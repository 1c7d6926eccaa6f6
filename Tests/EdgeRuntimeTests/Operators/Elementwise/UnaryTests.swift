import Glibc
import Testing

@testable import EdgeRuntime

/// Goal: operators of one operand compute what their doc comments say, in every type they take.
/// Method: a few values for each, computed by hand.
@Suite struct UnaryTests {
  @Test func `LOGISTIC of 8 bits`() throws {
    // σ(0) = ½, σ(1) = 0.7311 → 187.2, σ(−1) → 68.8; at ±15 and beyond the limits.
    let x: [Int8] = [0, 1, -1, 15, -15, 127, -128]
    #expect(
      try ModelBuilder.elementwise(.logistic, 7, .int8(1), .int8(1 / 256, -128)).infer(x)
        == [0, 59, -59, 127, -128, 127, -128])
    #expect(
      try ModelBuilder.elementwise(.logistic, 3, .uint8(1, 128), .uint8(1 / 256))
        .run([128, 129, 0] as [UInt8]) == [128, 187, 0] as [UInt8])
  }

  @Test func `TANH of 8 bits`() throws {
    // tanh 1 = 0.7616 → 97.5 − 0.02.
    let x: [Int8] = [0, 1, -1, 15, -15]
    #expect(
      try ModelBuilder.elementwise(.tanh, 5, .int8(1), .int8(1 / 128)).infer(x)
        == [0, 97, -97, 127, -128])
    #expect(
      try ModelBuilder.elementwise(.tanh, 3, .uint8(1, 128), .uint8(1 / 128, 128))
        .run([128, 129, 0] as [UInt8]) == [128, 225, 0] as [UInt8])
  }

  @Test func `LOGISTIC and TANH of 16 bits`() throws {
    let x: [Int16] = [0, 4096, -4096, 32767, -32768]
    let scale: Float = 1 / 4096
    // σ(1) = 0.73106 → 23955.3, tanh 1 → 24955.9: the table's lines run a little outside the curve.
    let logistic: [Int16] = try ModelBuilder.elementwise(
      .logistic, 5, .int16(scale), .int16(1 / 32768)
    ).run(x)
    #expect(logistic == [16384, 23956, 8812, 32757, 11])
    let tanh: [Int16] = try ModelBuilder.elementwise(
      .tanh, 5, .int16(scale), .int16(1 / 32768)
    ).run(x)
    #expect(tanh == [0, 24956, -24956, 32767, -32767])
  }

  @Test func `LOGISTIC of Float32 is the reference's formula, with its cut`() throws {
    let x: [Float] = [
      0, 1, -1, 16.619047, 16.61905, -9, -9.000001, -20, 100, -100, .infinity, -.infinity, .nan,
    ]
    let y: [Float] = try ModelBuilder.elementwise(.logistic, x.count, .reals).run(x)
    for (x, y) in zip(x, y) {
      guard !x.isNaN else {
        #expect(y.isNaN)
        continue
      }
      let expected =
        x > 16.619047164916992188 ? 1 : (x < -9 ? expf(x) : 1 / (1 + expf(-x)))
      #expect(y == expected || y == expected.nextUp || y == expected.nextDown, "\(x)")
    }
    #expect(y[3] < 1 && y[4] == 1 && y[8] == 1 && y[9] == expf(-100))
  }

  @Test(
    arguments: [
      (.relu, [0, 3, 6, 127, 0]), (.relu6, [0, 3, 6, 12, 0]), (.reluN1To1, [-2, 2, 2, 2, -2]),
      (.relu0To1, [0, 2, 2, 2, 0]),
    ] as [(OperatorKind, [Int8])])
  func `the RELU family rescales, then clamps`(kind: OperatorKind, expected: [Int8]) throws {
    // x / 4 in halves: 3 is 1.5 and rounds to 2, but 5 is 2.5 and 6 is 3.
    let x: [Int8] = [-16, 6, 12, 127, -1]
    let model = ModelBuilder.elementwise(kind, 5, .int8(0.25), .int8(0.5))
    var wide = expected
    if kind == .relu { wide[3] = 64 }  // 63.5, ties toward +∞
    if kind == .reluN1To1 { wide[4] = 0 }  // −0.5, ties toward +∞
    #expect(try model.infer(x) == wide)
    let words: [Int16] = try ModelBuilder.elementwise(kind, 5, .int16(0.25), .int16(0.5))
      .run(x.map { Int16($0) })
    #expect(words == wide.map { Int16($0) })
    let bytes: [UInt8] = try ModelBuilder.elementwise(kind, 5, .uint8(0.25, 16), .uint8(0.5, 4))
      .run([0, 22, 28, 143, 15] as [UInt8])
    #expect(bytes == wide.map { UInt8($0 + 4) })
  }

  @Test func `the RELU family of Float32`() throws {
    let x: [Float] = [-2, -0.5, 0.5, 2, 7, .infinity]
    func run(_ kind: OperatorKind) throws -> [Float] {
      try ModelBuilder.elementwise(kind, 6, .reals).run(x)
    }
    #expect(try run(.relu) == [0, 0, 0.5, 2, 7, .infinity])
    #expect(try run(.relu6) == [0, 0, 0.5, 2, 6, 6])
    #expect(try run(.reluN1To1) == [-1, -0.5, 0.5, 1, 1, 1])
    #expect(try run(.relu0To1) == [0, 0, 0.5, 1, 1, 1])
    let y: [Float] = try ModelBuilder.elementwise(.relu6, 1, .reals).run([Float.nan])
    #expect(y[0].isNaN)
  }

  @Test func `LEAKY_RELU, also with a slope below 0`() throws {
    func model(_ elements: Elements, _ alpha: Float) -> ModelBuilder {
      .elementwise(
        .leakyRelu, 4, elements, type: Schema.LeakyRelu.optionsType,
        [Schema.LeakyRelu.alpha: .float(alpha)])
    }
    #expect(try model(.int8(1, 1), 0.5).infer([1, 11, -9, -3]) == [1, 11, -4, -1])
    // −2 · ½ · −1: the product −1 is negated.
    #expect(try model(.int8(1), -0.5).infer([1, -2, -128, 127]) == [1, 1, 64, 127])
    #expect(
      try model(.int16(1), 2).run([1, -2, -20000, 5] as [Int16]) == [1, -4, -32768, 5] as [Int16])
    #expect(try model(.reals, 0.25).run([1, -2, 0, -8] as [Float]) == [1, -0.5, 0, -2] as [Float])
    let plain = ModelBuilder.elementwise(.leakyRelu, 2, .int8(1))
    #expect(try plain.infer([-5, 5]) == [0, 5])
  }

  @Test func `PRELU stretches its slopes`() throws {
    // Slopes −1 and 2, in halves: the zero point of alpha is 2.
    func model(_ elements: Elements, _ slopes: Elements, _ bytes: [UInt8]) -> ModelBuilder {
      var model = ModelBuilder()
      let x = model.tensor([2, 2], elements)
      let alpha = model.tensor([2], slopes)
      let y = model.tensor([2, 2], elements)
      model.buffers.append(bytes)
      model.tensors[Int(alpha)].buffer = 1
      model.node(.prelu, [x, alpha], [y])
      (model.inputs, model.outputs) = ([x], [y])
      return model
    }
    let halves = Elements.int8(0.5, 2)
    #expect(try model(.int8(1), halves, [0, 6]).infer([-3, -3, 4, 4]) == [3, -6, 4, 4])
    #expect(
      try model(.uint8(1, 100), .uint8(0.5, 2), [0, 6]).run([97, 97, 104, 104] as [UInt8])
        == [103, 94, 104, 104] as [UInt8])
    #expect(
      try model(.int16(1), halves, [0, 6]).run([-300, -300, 4, 4] as [Int16])
        == [300, -600, 4, 4] as [Int16])
    let reals = ([-1, 2] as [Float]).flatMap { Flat.littleEndian($0.bitPattern) }
    #expect(
      try model(.reals, .reals, reals).run([-3, -3, 4, 4] as [Float]) == [3, -6, 4, 4] as [Float])
  }

  @Test func `HARD_SWISH at its corners`() throws {
    // At −3 and below 0, at 3 and above x; at 1: 4 / 6 → 0.667.
    let x: [Float] = [-4, -3, 0, 1, 3, 5, .infinity]
    let y: [Float] = try ModelBuilder.elementwise(.hardSwish, 7, .reals).run(x)
    #expect(y == [0, 0, 0, 4 / 6, 3, 5, .infinity])
    let steps: [Int8] = [-128, -96, 0, 32, 96, 127]
    #expect(
      try ModelBuilder.elementwise(.hardSwish, 6, .int8(1 / 32)).infer(steps)
        == [0, 0, 0, 21, 96, 127])
  }

  @Test func `tables of real functions`() throws {
    func run(_ kind: OperatorKind, _ from: Elements, _ to: Elements, _ x: [Int8]) throws -> [Int8] {
      try ModelBuilder.elementwise(kind, x.count, from, to).infer(x)
    }
    // e⁰, e¹, e² in tenths, and what does not fit.
    #expect(try run(.exp, .int8(1), .int8(0.1), [0, 1, 2, 3, -128]) == [10, 27, 74, 127, 0])
    #expect(try run(.exp, .int8(1e6), .int8(1e-6), [127, -128]) == [127, 0])
    // ln 1, ln 2, ln 4 in tenths; of 0 and less the least.
    #expect(try run(.log, .int8(1), .int8(0.1), [1, 2, 4, 0, -9]) == [0, 7, 14, -128, -128])
    #expect(try run(.elu, .int8(1), .int8(0.1), [0, 1, -1, -128]) == [0, 10, -6, -10])
    // ½ · 2 · erfc(−√2) = 1.954.
    #expect(try run(.gelu, .int8(1), .int8(0.1), [0, 1, 2, -1]) == [0, 8, 20, -2])
    let approximate = ModelBuilder.elementwise(
      .gelu, 3, .int8(1), .int8(0.1), type: Schema.Gelu.optionsType,
      [Schema.Gelu.approximate: .uint8(1)])
    #expect(try approximate.infer([1, 2, -1]) == [8, 20, -2])
    #expect(
      try ModelBuilder.elementwise(.gelu, 2, .uint8(1, 100), .uint8(0.1, 50))
        .run([102, 99] as [UInt8]) == [70, 48] as [UInt8])
  }

  @Test func `real functions of Float32`() throws {
    func run(_ kind: OperatorKind, _ x: [Float]) throws -> [Float] {
      try ModelBuilder.elementwise(kind, x.count, .reals).run(x)
    }
    #expect(try run(.exp, [0, 1, -200, 89]) == [1, 2.7182817, 0, .infinity])
    #expect(try run(.log, [1, 0, 2.7182817]) == [0, -.infinity, 0.99999994])
    #expect(try run(.tanh, [0, 1, -20]) == [0, 0.7615942, -1])
    #expect(try run(.elu, [2, -1, 1e-20, -1e-20]) == [2, -0.63212055, 1e-20, -1e-20])
    #expect(try run(.gelu, [0, 1, -20]) == [0, 0.8413447, -0])
    #expect(try run(.sin, [0, 1, -1]) == [0, 0.84147096, -0.84147096])
    #expect(try run(.cos, [0, 1, 3]) == [1, 0.5403023, -0.9899925])
    #expect(try run(.square, [-3, 0.1]) == [9, 0.1 * 0.1])
    #expect(try run(.sqrt, [4, 2, 0]) == [2, Float(2).squareRoot(), 0])
    #expect(try run(.rsqrt, [4, 2, 0]) == [0.5, 1 / Float(2).squareRoot(), .infinity])
    #expect(try run(.abs, [-3, 3, -0.0]) == [3, 3, 0])
    #expect(try run(.neg, [-3, 3]) == [3, -3])
    #expect(try run(.sign, [-3, 0, 0.1, -0.0]) == [-1, 0, 1, 0])
    #expect(try run(.sign, [.nan])[0].isNaN)
  }

  @Test func `FLOOR, CEIL and ROUND, ties to even`() throws {
    let x: [Float] = [-2.5, -1.5, -0.5, -0.2, 0.5, 1.5, 2.5, 2.6, 1e20]
    func run(_ kind: OperatorKind) throws -> [Float] {
      try ModelBuilder.elementwise(kind, x.count, .reals).run(x)
    }
    #expect(try run(.floor) == [-3, -2, -1, -1, 0, 1, 2, 2, 1e20])
    #expect(try run(.ceil) == [-2, -1, 0, 0, 1, 2, 3, 3, 1e20])
    #expect(try run(.round) == [-2, -2, 0, 0, 0, 2, 2, 3, 1e20])
    #expect(try run(.ceil)[2].sign == .minus && run(.round)[2].sign == .plus)
  }

  @Test func `SQRT cuts and RSQRT rounds; what has no root has a limit`() throws {
    let x: [Int8] = [4, 9, 10, 0, -1]
    #expect(
      try ModelBuilder.elementwise(.sqrt, 5, .int8(1), .int8(0.5)).infer(x) == [4, 6, 6, 0, 0])
    #expect(
      try ModelBuilder.elementwise(.sqrt, 5, .int16(1), .int16(0.5)).run(x.map { Int16($0) })
        == [4, 6, 6, 0, 0] as [Int16])
    // 1 / √4 in hundredths; 1 / √9 = 33.3, 1 / √10 = 31.6.
    #expect(
      try ModelBuilder.elementwise(.rsqrt, 5, .int8(1), .int8(0.01)).infer(x)
        == [50, 33, 32, 127, 127])
  }

  @Test func `ABS, NEG and SIGN of integers`() throws {
    #expect(
      try ModelBuilder.elementwise(.abs, 3, .int8(1, 2), .int8(0.5)).infer([2, 0, -128])
        == [0, 4, 127])
    #expect(
      try ModelBuilder.elementwise(.abs, 3, .int16(1), .int16(2)).run([1, -2, -32768] as [Int16])
        == [1, 1, 16384] as [Int16])
    #expect(
      try ModelBuilder.elementwise(.abs, 2, .plain(.int16)).run([-5, .min] as [Int16])
        == [5, .min] as [Int16])
    #expect(
      try ModelBuilder.elementwise(.abs, 2, .plain(.int32)).run([-5, .min] as [Int32])
        == [5, .min] as [Int32])
    #expect(
      try ModelBuilder.elementwise(.neg, 2, .plain(.int32)).run([-5, .min] as [Int32])
        == [5, .min] as [Int32])
    #expect(
      try ModelBuilder.elementwise(.neg, 2, .plain(.int64)).run([-5, .min] as [Int64])
        == [5, .min] as [Int64])
    #expect(
      try ModelBuilder.elementwise(.sign, 3, .plain(.int32)).run([-5, 0, .max] as [Int32])
        == [-1, 0, 1] as [Int32])
  }

  @Test func `LOGICAL_NOT takes every byte but 0 for true`() throws {
    let y: [UInt8] = try ModelBuilder.elementwise(.logicalNot, 4, .plain(.bool))
      .run([0, 1, 2, 255] as [UInt8])
    #expect(y == [1, 0, 0, 0])
  }

  @Test func `a chain of them shares no result with its operand's other readers`() throws {
    // y = x + σ(x)-like use of one tensor by two operators: x must survive the first.
    var model = ModelBuilder()
    let x = model.tensor([2], .int8(1))
    let a = model.tensor([2], .int8(1))
    let b = model.tensor([2], .int8(1))
    let y = model.tensor([2], .int8(1))
    model.node(.relu, [x], [a])
    model.node(.abs, [a], [b])
    model.node(.add, [b, x], [y], type: Schema.Add.optionsType)
    (model.inputs, model.outputs) = ([x], [y])
    #expect(try model.infer([3, -5]) == [6, -5])
  }
}
