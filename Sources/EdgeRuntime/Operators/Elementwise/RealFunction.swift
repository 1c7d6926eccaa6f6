/// The functions of `RealMap`, each as the reference computes it in float32.
///
/// "Nearest" means: rounded once, from the Double of `RealMath` or `Trigonometry`.
enum RealFunction: BitwiseCopyable {
  /// The largest whole number not above x.
  case floor
  /// The smallest whole number not below x.
  case ceil
  /// The whole number nearest to x, ties to the even one. As in the reference, numbers from −½ up
  /// to below 0 give +0, but −0 gives −0.
  case round
  /// x², nearest. Quantized models multiply instead (MUL).
  case square
  /// sin x, nearest.
  case sin
  /// cos x, nearest.
  case cos
  /// eˣ, nearest.
  case exp
  /// ln x, nearest. 0 and negative numbers have no logarithm: for these Float32 gives −infinity and
  /// NaN, and Int8 gives the least value of y's type, which stands for the real number `least`.
  case log(least: Float)
  /// x for x ≥ 0, eˣ − 1 below, nearest. The table of Int8 rounds eˣ to Float32 before it subtracts
  /// 1, as TensorFlow Lite Micro does.
  case elu
  /// ½ x · erfc(−x / √2), or where the model asks for it the approximation ½ x · (1 + tanh(√(2/π) ·
  /// (x + 0.044715 x³))). erfc and tanh are nearest, and every product and sum around them is
  /// rounded, in the order of LiteRT's reference.
  case gelu(isApproximate: Bool)

  /// The function of a node's kind. Refuses options that do not fit it.
  init(_ node: Node, _ y: Tensor) throws(ModelError) {
    switch node.kind {
    case .floor: self = .floor
    case .ceil: self = .ceil
    case .round: self = .round
    case .square: self = .square
    case .sin: self = .sin
    case .cos: self = .cos
    case .exp: self = .exp
    case .log: self = .log(least: y.affine?.real(-128) ?? 0)
    case .elu: self = .elu
    default:
      let options = try node.options(Schema.Gelu.optionsType)
      self = .gelu(isApproximate: try options?.bool(Schema.Gelu.approximate) ?? false)
    }
  }

  /// Whether the function has a table for quantized elements of this type.
  func isTabulated(_ type: ElementType) -> Bool {
    switch self {
    case .floor, .ceil, .round, .square, .sin, .cos: false
    case .exp, .log, .elu: type == .int8
    case .gelu: type.isQuantizedByte
    }
  }

  @inline(__always)
  func callAsFunction(_ x: Float) -> Float {
    switch self {
    case .floor: Rounding.floor(x)
    case .ceil: -Rounding.floor(-x)
    case .round: Self.roundToEven(x)
    case .square: x * x
    case .sin: Trigonometry.sin(x)
    case .cos: Trigonometry.cos(x)
    case .exp: Float(RealMath.exp(Double(x)))
    case .log: Float(RealMath.log(Double(x)))
    case .elu: x < 0 ? Float(RealMath.expm1(Double(x))) : x
    case .gelu(let isApproximate): Self.gelu(x, isApproximate: isApproximate)
    }
  }

  /// The function as the reference computes it for its table of quantized values.
  func tabulated(_ x: Float) -> Float {
    switch self {
    case .log(let least): x <= 0 ? least : self(x)
    case .elu: x < 0 ? Float(RealMath.exp(Double(x))) - 1 : x
    case .floor, .ceil, .round, .square, .sin, .cos, .exp, .gelu: self(x)
    }
  }

  @inline(__always)
  private static func roundToEven(_ x: Float) -> Float {
    let below = Rounding.floor(x)
    let rest = x - below
    // If there is a tie, x is far below 2³¹. For NaN and infinities the rest is NaN.
    if rest < 0.5 || (rest == 0.5 && Int64(below) & 1 == 0) { return below }
    return below + 1
  }

  @inline(__always)
  private static func gelu(_ x: Float, isApproximate: Bool) -> Float {
    let rootOfHalf: Float = 0.707106781186547524401
    let rootOfTwoOverPi: Float = 0.797884560802865355880
    guard isApproximate else {
      return 0.5 * x * Float(RealMath.erfc(Double(x * -rootOfHalf)))
    }
    let bent = rootOfTwoOverPi * (x + 0.044715 * x * x * x)
    return 0.5 * x * (1 + Float(RealMath.tanh(Double(bent))))
  }
}

extension Schema {
  enum Gelu {
    static let optionsType: UInt8 = 116
    static let approximate = 0
  }
}
