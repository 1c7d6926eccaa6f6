/// y[r, c] = x[r, c] − max x[r] − ln Σ exp(x[r, k] − max x[r]), along the last axis
///
///     x  [rows…, classes]  Int8     y  Int8 of scale 1/16 and zero point 127
///                          UInt8    y  UInt8 of scale 1/16 and zero point 255
///                          Float32  y  Float32
///
/// Bytes: in fixed point as in gemmlowp: differences and the logarithm in Q5.26, the sum in Q12.19,
/// then one rounding to Q.4, ties away from zero. A difference that Q5.26 cannot hold gives the
/// smallest output. Float32: `RealMath`, rounded at every step.
struct LogSoftmax: Kernel {
  static let versions: ClosedRange<Int32> = 1...2  // 2: int8

  private let x: Int, y: Int
  private let type: ElementType
  private let rows: Int, classes: Int
  private let exponential: ScaledExponential?
  private let inverse: FixedMultiplier

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> LogSoftmax {
    try node.requireOperands(inputs: 1...1)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireType(x, oneOf: [.int8, .uint8, .float32])
    try node.requireType(y, x.type)
    try node.requireShape(y, x.shape)
    _ = try node.options(Schema.LogSoftmax.optionsType)
    let lines = try Lines(rowsOf: x, node)
    var exponential: ScaledExponential?
    var inverse = FixedMultiplier(mantissa: 0, exponent: 0)
    if x.type != .float32 {
      let to = try node.requireAffine(y)
      guard to.scale == 1 / 16, to.zeroPoint == (x.type == .int8 ? 127 : 255) else {
        throw .quantizationDiffers(node: node.index, tensor: y.index)
      }
      let scale = Double(try node.requireAffine(x).scale)
      guard let scaled = ScaledExponential(scale: scale) else {
        throw .multiplierOutOfRange(node: node.index, channel: 0)
      }
      exponential = scaled
      let factor = scaled.factor
      inverse = try node.multiplier(
        Double(Int64(1) << Int64(31 - factor.exponent)) / Double(factor.mantissa))
    }
    return LogSoftmax(
      x: x.index, y: y.index, type: x.type, rows: lines.outer, classes: lines.depth,
      exponential: exponential, inverse: inverse)
  }

  /// The output may take the input's place: each row is read once for its sum, then each element is
  /// read before its place is written.
  var inPlaceInputs: Int { 1 }

  @inline(never)
  func eval(_ memory: Memory) {
    guard let exponential else {
      let (x, y) = (memory.tensor(x, as: Float.self), memory.tensor(y, as: Float.self))
      for row in 0..<rows { eval(x + row &* classes, y + row &* classes) }
      return
    }
    if type == .int8 {
      eval(memory.tensor(x, as: Int8.self), memory.tensor(y, as: Int8.self), exponential)
    } else {
      eval(memory.tensor(x, as: UInt8.self), memory.tensor(y, as: UInt8.self), exponential)
    }
  }

  @inline(__always)
  private func eval<T: FixedWidthInteger>(
    _ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ exponential: ScaledExponential
  ) {
    for row in 0..<rows {
      let (x, y) = (x + row &* classes, y + row &* classes)
      var largest = T.min
      for index in 0..<classes { largest = max(largest, x[index]) }
      let top = Int32(truncatingIfNeeded: largest)
      let logarithm = FixedLogarithm.of(exponential.sum(x, classes, top))
      // Above this, difference − logarithm fits Q5.26.
      let limit = max(exponential.differenceMin &- 1, inverse(logarithm &+ Int32.min))
      for index in 0..<classes {
        let difference = Int32(truncatingIfNeeded: x[index]) &- top
        guard difference > limit else {
          y[index] = T.min
          continue
        }
        let wide = Int64(exponential.scaled(difference)) &- Int64(logarithm)
        let rounded = FixedPoint.roundingDivide(Int32(clamping: wide), byPowerOfTwo: 22)
        y[index] = T(clamping: rounded &+ Int32(truncatingIfNeeded: T.max))
      }
    }
  }

  /// Computes one row. One NaN makes the whole row NaN, through the sum.
  private func eval(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
    var largest = -Float.greatestFiniteMagnitude
    for index in 0..<classes where x[index] > largest { largest = x[index] }
    var sum: Float = 0
    for index in 0..<classes { sum += RealMath.exp(x[index] - largest) }
    let logarithm = RealMath.log(sum)
    for index in 0..<classes { y[index] = x[index] - largest - logarithm }
  }
}

extension Schema {
  enum LogSoftmax {
    static let optionsType: UInt8 = 36
  }
}
