/// The integers that an operator with weights computes with; the types of its operands say which.
///
///     format      x, y    w            bias   sums    rounding of Σ · multiplier
///     .int8       Int8    Int8, Int4   Int32  Int32   twice (`FixedMultiplier`)
///     .uint8      UInt8   UInt8        Int32  Int32   twice
///     .int16      Int16   Int8         Int64  Int64   once (`FixedMultiplier.wide`)
///     .int16in32  Int16   Int8         Int32  Int32   twice
///
/// Int16 operands have the zero point 0. UInt8 weights have one scale and any zero point: they are
/// of the converters before 2019.
enum WeightedFormat: BitwiseCopyable {
  case int8, uint8, int16, int16in32

  /// Which types of bias an operator takes for 16-bit activations, beside Int64.
  enum WideBias {
    /// CONV_2D and FULLY_CONNECTED choose the sums' width by the bias, and without one by the
    /// option `biasType`.
    case chooses(biasType: UInt8)
    /// DEPTHWISE_CONV_2D knows Int64 alone.
    case onlyInt64
    /// TRANSPOSE_CONV also widens an Int16 bias of early converters.
    case orInt16
  }

  /// Proves the types of all four operands, and the zero points that the format fixes.
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

  /// Bytes of an element of x and y.
  var elementBytes: Int { self == .int8 || self == .uint8 ? 1 : 2 }

  /// Bytes of a sum in scratch: the loops over Int16 always add up in Int64.
  var sumBytes: Int { self == .int8 || self == .uint8 ? 4 : 8 }

  /// Bytes of scratch for the sums of `count` channels, and of what follows them aligned.
  func sumsBytes(_ count: Int) -> Int { (count * sumBytes + 15) & ~15 }

  /// The sums' type: no sum of any input may leave it.
  var sumMax: Int {
    self == .int16 ? FixedMultiplier.wideMagnitudeMax - 1 : Int(Int32.max)
  }

  /// What a weight of magnitude 1 can add to a sum: the largest |x| or |x − xZero|, and for Int8
  /// both together, as the loops multiply x and take off xZero's part afterwards.
  var reach: Int {
    switch self {
    case .int8: 256
    case .uint8: 255
    case .int16, .int16in32: 32768
    }
  }
}
