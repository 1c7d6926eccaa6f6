import Testing

@testable import EdgeRuntime

/// Goal: operators without a golden model match the reference too.
/// Method: values that the reference's kernels computed for random scales and zero points
/// (TensorFlow Lite Micro's headers, compiled; for GELU, LiteRT's).
@Suite struct UnaryReferenceTests {
  struct Case: Sendable {
    let kind: OperatorKind
    let from: Elements
    let to: Elements
    /// LEAKY_RELU's alpha, the scale of PRELU's.
    let slope: Float
    let x: [Int]
    let y: [Int]

    init(
      _ kind: OperatorKind, _ from: Elements, _ to: Elements, slope: Float = 0, _ x: [Int],
      _ y: [Int]
    ) {
      (self.kind, self.from, self.to, self.slope, self.x, self.y) = (kind, from, to, slope, x, y)
    }
  }

  private static let bytes = [-128, -100, -71, -43, -15, 14, 42, 70, 99, 127]
  private static let unsigned = [0, 28, 57, 85, 113, 142, 170, 198, 227, 255]
  private static let words = [
    -32768, -25479, -18190, -10938, -3649, 3640, 10929, 18181, 25470, 32759,
  ]

  static let cases: [Case] = [
    Case(
      .hardSwish, .int8(0.0007604352, -3), .int8(0.00034339595, 29), bytes,
      [-105, -76, -45, -15, 16, 48, 79, 111, 127, 127]),
    Case(
      .hardSwish, .int8(0.008865251, -38), .int8(0.0056771543, -49), bytes,
      [-101, -89, -72, -53, -30, -2, 28, 62, 101, 127]),
    Case(
      .hardSwish, .uint8(0.00091996, 147), .uint8(0.00059832627, 107), unsigned,
      [0, 19, 40, 60, 81, 103, 125, 147, 170, 193]),
    Case(
      .rsqrt, .int8(1.7614684, -31), .int8(0.0014298112, -128),
      [-31, -13, 4, 22, 39, 57, 74, 92, 109, 127],
      [127, -4, -39, -56, -65, -72, -77, -80, -83, -86]),
    Case(
      .rsqrt, .int8(0.0018870404, -98), .int8(0.043552108, -13),
      [-98, -73, -48, -23, 2, 27, 52, 77, 102, 127], [127, 93, 62, 48, 40, 34, 30, 27, 24, 22]),
    Case(
      .tanh, .int16(0.00024414062, 0), .int16(3.0517578e-05, 0), words,
      [-32767, -32767, -32759, -32455, -23325, 23289, 32454, 32759, 32767, 32767]),
    Case(
      .tanh, .int16(0.00048828125, 0), .int16(3.0517578e-05, 0), words,
      [-32767, -32767, -32767, -32767, -30962, 30946, 32767, 32767, 32767, 32767]),
    Case(
      .tanh, .int16(4.7635945e-06, 0), .int16(3.0517578e-05, 0), words,
      [-5073, -3957, -2833, -1705, -571, 568, 1705, 2831, 3957, 5073]),
    Case(
      .logistic, .int16(0.00024414062, 0), .int16(3.0517578e-05, 0), words,
      [11, 65, 382, 2121, 9533, 23220, 30643, 32385, 32703, 32757]),
    Case(
      .logistic, .int16(0.00048828125, 0), .int16(3.0517578e-05, 0), words,
      [1, 1, 4, 156, 4722, 28029, 32611, 32764, 32767, 32767]),
    Case(
      .elu, .int8(0.0022031062, -35), .int8(0.001788212, -2), bytes,
      [-106, -77, -45, -12, 23, 58, 93, 127, 127, 127]),
    Case(
      .prelu, .int8(0.002522946, 110), .int8(0.0017781642, -58), slope: 0.01036068, bytes,
      [127, 127, 127, 126, 93, 58, 24, -10, -45, -34]),
    Case(
      .prelu, .uint8(0.0039697024, 189), .uint8(0.0028383092, 120), slope: 0.022770341, unsigned,
      [0, 0, 15, 37, 59, 83, 105, 133, 173, 212]),
    Case(
      .prelu, .int16(0.008224779, -400), .int16(0.007285885, -9100), slope: 0.0067284885, words,
      [11060, 6520, 1980, -2537, -7076, -4539, 3689, 11875, 20104, 28332]),
    Case(
      .leakyRelu, .int16(0.0021490112, -9600), .int16(0.024275586, -8800), slope: 0.62958455, words,
      [-10091, -9685, -9279, -8875, -8273, -7628, -6983, -6341, -5695, -5050]),
    Case(
      .leakyRelu, .int16(0.033208087, 2800), .int16(0.12563784, -4000), slope: 0.19811314, words,
      [-5863, -5481, -5099, -4719, -4338, -3778, -1851, 66, 1992, 3919]),
    Case(
      .leakyRelu, .int8(0.045423895, 36), .int8(0.008491471, -88), slope: -0.19113348, bytes,
      [80, 51, 21, -7, -36, -66, -56, 94, 127, 127]),
    Case(
      .relu6, .int16(1.6445754e-05, 0), .int16(0.0003405825, 0), words,
      [0, 0, 0, 0, 0, 176, 528, 878, 1230, 1582]),
    Case(
      .reluN1To1, .uint8(0.0044581257, 122), .uint8(0.004792162, 174), unsigned,
      [61, 87, 114, 140, 166, 193, 219, 245, 255, 255]),
    Case(
      .abs, .int16(0.0033890689, 0), .int16(0.018316582, 0), words,
      [6063, 4714, 3366, 2024, 675, 674, 2022, 3364, 4713, 6061]),
    Case(
      .sqrt, .int16(0.003543173, 0), .int16(0.0048007616, 0),
      [0, 3626, 7252, 10915, 14541, 18167, 21793, 25456, 29082, 32708],
      [0, 746, 1055, 1295, 1495, 1671, 1830, 1978, 2114, 2242]),
    Case(
      .sqrt, .int8(0.17762262, -62), .int8(0.031775493, -41),
      [-62, -41, -20, 1, 22, 43, 64, 85, 106, 127], [-41, 19, 44, 64, 80, 94, 107, 119, 127, 127]),
    Case(
      .gelu, .int8(0.012139599, 97), .int8(0.0012927263, 50), bytes,
      [44, 35, 17, -9, -42, -72, -80, -44, 60, 127]),
  ]

  @Test(arguments: cases)
  func `matches the reference`(_ sample: Case) throws {
    var model = ModelBuilder()
    let x = model.tensor([Int32(sample.x.count)], sample.from)
    let y = model.tensor([Int32(sample.x.count)], sample.to)
    var (inputs, type, options) = ([x], UInt8(0), [Int: Flat]())
    switch sample.kind {
    case .prelu:
      let isUnsigned = sample.from.type == .uint8
      let alpha = model.tensor(
        [1], Elements(type: isUnsigned ? .uint8 : .int8, scale: sample.slope, zero: 5))
      model.buffers.append([isUnsigned ? 30 : UInt8(bitPattern: -77)])
      model.tensors[Int(alpha)].buffer = 1
      inputs.append(alpha)
    case .leakyRelu:
      type = Schema.LeakyRelu.optionsType
      options = [Schema.LeakyRelu.alpha: .float(sample.slope)]
    case .gelu:
      (type, options) = (Schema.Gelu.optionsType, [Schema.Gelu.approximate: .uint8(1)])
    default: break
    }
    model.node(sample.kind, inputs, [y], type: type, options)
    (model.inputs, model.outputs) = ([x], [y])
    let found: [Int] =
      switch sample.from.type {
      case .int8: try model.run(sample.x.map { Int8($0) }, to: Int8.self).map { Int($0) }
      case .uint8: try model.run(sample.x.map { UInt8($0) }, to: UInt8.self).map { Int($0) }
      default: try model.run(sample.x.map { Int16($0) }, to: Int16.self).map { Int($0) }
      }
    #expect(found == sample.y)
  }
}
