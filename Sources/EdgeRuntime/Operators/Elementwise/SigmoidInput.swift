/// The operand with which the 8-bit LOGISTIC and TANH compute: x − xZero in Q4.27, unless it is so
/// large that the result is at its limit.
struct SigmoidInput {
  private static let integerBits = 4

  private let zeroPoint: Int32
  private let multiplier: FixedMultiplier
  /// From this distance on, Q4.27 might not hold the product.
  private let radius: Int64

  enum Place {
    case below, above
    case inside(Int32)
  }

  init(_ node: Node, _ x: Tensor) throws(ModelError) {
    let affine = try node.requireAffine(x)
    zeroPoint = affine.zeroPoint
    multiplier = try node.multiplier(Double(affine.scale) * Double(1 << (31 - Self.integerBits)))
    let largest = Int64((1 << Self.integerBits) - 1) << Int64(31 - Self.integerBits)
    // A right shift leaves room enough for every difference of 8 bits.
    radius = largest >> Int64(max(0, multiplier.exponent))
  }

  func place(of x: Int32) -> Place {
    let distance = Int64(x) - Int64(zeroPoint)
    if distance <= -radius { return .below }
    if distance >= radius { return .above }
    return .inside(multiplier(Int32(distance)))
  }
}
