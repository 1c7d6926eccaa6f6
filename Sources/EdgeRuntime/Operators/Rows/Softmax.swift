/// y[r, c] = exp(β · (x[r, c] − max x[r])) / Σ exp(β · (x[r, k] − max x[r])), along the last axis
///
///     x  [rows…, classes]  Int8     y  Int8 of scale 1/256 and zero point −128, or
///                                      Int16 of scale 1/65536 and zero point −32768
///                          UInt8    y  UInt8 of scale 1/256 and zero point 0
///                          Int16 of zero point 0
///                                   y  Int16 of scale 1/32768 and zero point 0
///                          Float32  y  Float32
///
/// Bytes: all in fixed point, as in gemmlowp: differences in Q5.26, exponentials in Q0.31, their
/// sum in Q12.19, one reciprocal for each row. A difference too small for Q5.26 gives the smallest
/// output. Int16: see `SoftmaxTables`. Float32: exponentials of `RealMath`; sum and quotients are
/// rounded at every step.
struct Softmax: Kernel {
  static let versions: ClosedRange<Int32> = 1...3  // 2: int8, 3: int16

  private let x: Int, y: Int
  private let rows: Int, classes: Int
  private let isWide: Bool
  private let method: Method

  private enum Method: BitwiseCopyable {
    case signed(ScaledExponential)
    case unsigned(ScaledExponential)
    case tables(SoftmaxTables)
    case real(beta: Float)
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Softmax {
    try node.requireOperands(inputs: 1...1)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireType(x, oneOf: [.int8, .uint8, .int16, .float32])
    if x.type != .int8 || y.type != .int16 { try node.requireType(y, x.type) }
    try node.requireShape(y, x.shape)
    let lines = try Lines(rowsOf: x, node)
    let options = try node.options(Schema.Softmax.optionsType)
    let beta = try options?.float(Schema.Softmax.beta) ?? 1
    return Softmax(
      x: x.index, y: y.index, rows: lines.outer, classes: lines.depth,
      isWide: x.type == .int8 && y.type == .int16,
      method: try method(node, setup, x, y, beta, classes: lines.depth))
  }

  private static func method(
    _ node: Node, _ setup: Setup, _ x: Tensor, _ y: Tensor, _ beta: Float, classes: Int
  ) throws(ModelError) -> Method {
    if x.type == .float32 {
      guard beta.isFinite else { throw .multiplierOutOfRange(node: node.index, channel: 0) }
      return .real(beta: beta)
    }
    try requireRange(node, x, y)
    let scale = Double(beta) * Double(try node.requireAffine(x).scale)
    if x.type == .int16 {
      return .tables(try SoftmaxTables(node, setup, x, scale: scale, classes: classes))
    }
    guard let exponential = ScaledExponential(scale: scale) else {
      throw .multiplierOutOfRange(node: node.index, channel: 0)
    }
    return x.type == .int8 ? .signed(exponential) : .unsigned(exponential)
  }

  /// The operator fixes the output's scale and zero point; a model cannot choose them.
  private static func requireRange(_ node: Node, _ x: Tensor, _ y: Tensor) throws(ModelError) {
    let expected: (steps: Float, zero: Int32) =
      switch (x.type, y.type) {
      case (.int8, .int8): (256, -128)
      case (.uint8, _): (256, 0)
      case (.int8, _): (65536, -32768)
      default: (32768, 0)
      }
    try node.requireFixedQuantization(y, steps: expected.steps, zeroPoint: expected.zero)
  }

  /// The output may take the input's place: each row is read once for its sum, then each element is
  /// read before its place is written.
  var inPlaceInputs: Int { isWide ? 0 : 1 }

  @inline(never)
  func eval(_ memory: Memory) {
    switch method {
    case .signed(let exponential):
      let x = memory.tensor(x, as: Int8.self)
      if isWide {
        eval(x, memory.tensor(y, as: Int16.self), exponential)
      } else {
        eval(x, memory.tensor(y, as: Int8.self), exponential)
      }
    case .unsigned(let exponential):
      eval(memory.tensor(x, as: UInt8.self), memory.tensor(y, as: UInt8.self), exponential)
    case .tables(let tables):
      let (x, y) = (memory.tensor(x, as: Int16.self), memory.tensor(y, as: Int16.self))
      for row in 0..<rows { tables.eval(x + row &* classes, y + row &* classes, classes) }
    case .real(let beta):
      let (x, y) = (memory.tensor(x, as: Float.self), memory.tensor(y, as: Float.self))
      for row in 0..<rows { eval(x + row &* classes, y + row &* classes, beta) }
    }
  }

  @inline(__always)
  private func eval<From: FixedWidthInteger, To: FixedWidthInteger>(
    _ x: UnsafePointer<From>, _ y: UnsafeMutablePointer<To>, _ exponential: ScaledExponential
  ) {
    for row in 0..<rows {
      let (x, y) = (x + row &* classes, y + row &* classes)
      var largest = From.min
      for index in 0..<classes { largest = max(largest, x[index]) }
      let top = Int32(truncatingIfNeeded: largest)
      let sum = exponential.sum(x, classes, top)
      let headroom = Int32(sum.leadingZeroBitCount)
      let mantissa = Int32(
        bitPattern: (UInt32(bitPattern: sum) &<< UInt32(headroom)) &- (1 << 31))
      let reciprocal = FixedPoint.reciprocalOfOnePlus(mantissa)
      let shift = ScaledExponential.sumIntegerBits &- headroom &+ 31 &- Int32(To.bitWidth)
      for index in 0..<classes {
        let scaled = exponential(Int32(truncatingIfNeeded: x[index]) &- top).map {
          Self.divide(FixedPoint.roundingDoublingHighMultiply(reciprocal, $0), shift)
        }
        y[index] = To(clamping: (scaled ?? 0) &+ Int32(truncatingIfNeeded: To.min))
      }
    }
  }

  /// From 512 equal classes on, the shift is more than 31 and the quotient is below one half, so
  /// the result is 0. (Both reference implementations abort there.)
  @inline(__always)
  private static func divide(_ x: Int32, _ shift: Int32) -> Int32 {
    shift > 31 ? 0 : FixedPoint.roundingDivide(x, byPowerOfTwo: shift)
  }

  /// Computes one row. One NaN makes the whole row NaN, through the sum.
  private func eval(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ beta: Float) {
    var largest = -Float.greatestFiniteMagnitude
    for index in 0..<classes where x[index] > largest { largest = x[index] }
    var sum: Float = 0
    for index in 0..<classes {
      let exponential = RealMath.exp((x[index] - largest) * beta)
      y[index] = exponential
      sum += exponential
    }
    for index in 0..<classes { y[index] /= sum }
  }
}

extension Schema {
  enum Softmax {
    static let optionsType: UInt8 = 9
    static let beta = 0
  }
}
