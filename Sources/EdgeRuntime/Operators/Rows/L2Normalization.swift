/// y[r, c] = x[r, c] / √(Σ x[r, k]²), along the last axis
///
///     x  [rows…, columns]  Int8, any zero point   y  Int8 of scale 1/128 and zero point 0
///                          UInt8, any zero point  y  UInt8 of scale 1/128 and zero point 128
///                          Float32                y  Float32
///
/// Int8: y = clamp(round₂(128 · i · d)) with d = x − xZero and i = 1 / √Σ d² of
/// `InverseSquareRoot`; the factor 128 is in the exponent of i. UInt8: d is multiplied by 128
/// first. round₂ is the double rounding of `FixedMultiplier`. Float32: rounded at every step; a
/// norm below 10⁻⁶ counts as 10⁻⁶.
struct L2Normalization: Kernel {
  static let versions: ClosedRange<Int32> = 1...2  // 2: int8

  private let x: Int, y: Int
  private let type: ElementType
  private let rows: Int, columns: Int
  private let xZero: Int32

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> L2Normalization {
    try node.requireOperands(inputs: 1...1)
    let (x, y) = (try node.input(0), node.outputs[0])
    try node.requireType(x, oneOf: [.int8, .uint8, .float32])
    try node.requireType(y, x.type)
    try node.requireShape(y, x.shape)
    let options = try node.options(Schema.L2Normalization.optionsType)
    try node.requireNoActivation(options, Schema.L2Normalization.activation)
    let lines = try Lines(rowsOf: x, node)
    var xZero: Int32 = 0
    if x.type != .float32 {
      let to = try node.requireAffine(y)
      guard to.scale == 1 / 128, to.zeroPoint == (x.type == .int8 ? 0 : 128) else {
        throw .quantizationDiffers(node: node.index, tensor: y.index)
      }
      xZero = try node.requireAffine(x).zeroPoint
      // The sum of the squares of numbers up to 255 must fit Int32.
      guard lines.depth <= Int(Int32.max) / (255 * 255) else {
        throw .accumulatorOverflow(node: node.index, channel: 0)
      }
    }
    return L2Normalization(
      x: x.index, y: y.index, type: x.type, rows: lines.outer, columns: lines.depth, xZero: xZero)
  }

  /// The output may take the input's place: each row is read once for its norm, then each element
  /// is read before its place is written.
  var inPlaceInputs: Int { 1 }

  @inline(never)
  func eval(_ memory: Memory) {
    for row in 0..<rows {
      let first = row &* columns
      switch type {
      case .int8:
        let y = memory.tensor(y, as: Int8.self) + first
        eval(memory.tensor(x, as: Int8.self) + first, y, factor: 1, shift: 7, zero: 0)
      case .uint8:
        let y = memory.tensor(y, as: UInt8.self) + first
        eval(memory.tensor(x, as: UInt8.self) + first, y, factor: 128, shift: 0, zero: 128)
      default:
        let y = memory.tensor(y, as: Float.self) + first
        eval(memory.tensor(x, as: Float.self) + first, y)
      }
    }
  }

  @inline(__always)
  private func eval<T: FixedWidthInteger>(
    _ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, factor: Int32, shift: Int32, zero: Int32
  ) {
    var squares: Int32 = 0
    for index in 0..<columns {
      let difference = Int32(truncatingIfNeeded: x[index]) &- xZero
      squares &+= difference &* difference
    }
    let inverse = InverseSquareRoot.of(squares)
    let multiplier = FixedMultiplier(
      mantissa: inverse.mantissa, exponent: inverse.exponent &+ shift)
    for index in 0..<columns {
      let difference = Int32(truncatingIfNeeded: x[index]) &- xZero
      y[index] = T(clamping: multiplier(factor &* difference) &+ zero)
    }
  }

  private func eval(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
    var squares: Float = 0
    for index in 0..<columns { squares += x[index] * x[index] }
    let norm = squares.squareRoot()
    let divisor: Float = norm < 1e-6 ? 1e-6 : norm
    for index in 0..<columns { y[index] = x[index] / divisor }
  }
}

extension Schema {
  enum L2Normalization {
    static let optionsType: UInt8 = 12
    static let activation = 0
  }
}
