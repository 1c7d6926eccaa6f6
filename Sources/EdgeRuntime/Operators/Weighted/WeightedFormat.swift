/// The integer formats with which an operator with weights computes. The types of its operands
/// choose the format.
///
///     format      x, y    w            bias   sums    rounding of Σ · multiplier
///     .int8       Int8    Int8, Int4   Int32  Int32   twice (`FixedMultiplier`)
///     .uint8      UInt8   UInt8        Int32  Int32   twice
///     .int16      Int16   Int8         Int64  Int64   once (`FixedMultiplier.wide`)
///     .int16in32  Int16   Int8         Int32  Int32   twice
///
/// Int16 operands have the zero point 0. UInt8 weights have one scale and any zero point:
/// converters before 2019 made them.
enum WeightedFormat: BitwiseCopyable {
  case int8, uint8, int16, int16in32

  /// The types of bias that an operator accepts for 16-bit activations, in addition to Int64.
  enum WideBias {
    /// CONV_2D and FULLY_CONNECTED choose the sums' width by the type of the bias, or by the option
    /// `biasType` if there is no bias.
    case chooses(biasType: UInt8)
    /// DEPTHWISE_CONV_2D accepts only Int64.
    case onlyInt64
    /// TRANSPOSE_CONV also accepts and widens an Int16 bias, which early converters wrote.
    case orInt16
  }

  /// Checks the types of all four operands, and the zero points that the format fixes.
  init(
    _ node: Node, x: Tensor, w: Tensor, bias: Tensor?, y: Tensor, wideBias: WideBias
  ) throws(ModelError) {
    try node.requireType(x, oneOf: [.int8, .uint8, .int16])
    try node.requireType(y, x.type)
    switch x.type {
    case .int8:
      try node.requireType(w, oneOf: node.kind.takesPackedWeights ? [.int8, .int4] : [.int8])
      if let bias { try node.requireType(bias, .int32) }
      self = .int8
    case .uint8:
      try node.requireType(w, .uint8)
      if let bias { try node.requireType(bias, .int32) }
      self = .uint8
    default:
      try node.requireType(w, .int8)
      for tensor in [x, y] { try node.requireSymmetric(tensor) }
      self = try Self.wide(node, bias, wideBias)
    }
  }

  private static func wide(
    _ node: Node, _ bias: Tensor?, _ wideBias: WideBias
  ) throws(ModelError) -> WeightedFormat {
    switch wideBias {
    case .chooses(let biasType):
      guard let bias else { return biasType == ElementType.int32.rawValue ? .int16in32 : .int16 }
      try node.requireType(bias, oneOf: [.int64, .int32])
      return bias.type == .int32 ? .int16in32 : .int16
    case .onlyInt64:
      if let bias { try node.requireType(bias, .int64) }
      return .int16
    case .orInt16:
      if let bias { try node.requireType(bias, oneOf: [.int64, .int16]) }
      return .int16
    }
  }

  /// The bytes of an element of x and y.
  var elementBytes: Int { self == .int8 || self == .uint8 ? 1 : 2 }

  /// The bytes of a sum in scratch. The loops over Int16 always add up in Int64.
  var sumBytes: Int { self == .int8 || self == .uint8 ? 4 : 8 }

  /// The bytes of scratch for the sums of `count` channels, rounded up so that the next part is
  /// aligned.
  func sumsBytes(_ count: Int) -> Int { (count * sumBytes + 15) & ~15 }

  /// The largest sum that the sums' type holds. For every possible input, no sum may be greater.
  var sumMax: Int {
    self == .int16 ? FixedMultiplier.wideMagnitudeMax - 1 : Int(Int32.max)
  }

  /// The most that a weight of 1 or −1 can add to a sum: the largest |x| or |x − xZero|. For Int8
  /// it is the sum of both, as the loops multiply x and subtract xZero's part later.
  var reach: Int {
    switch self {
    case .int8: 256
    case .uint8: 255
    case .int16, .int16in32: 32768
    }
  }
}
