/// EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL: y = a ⋛ b ? 1 : 0
///
///     a, b  shapes that broadcast to y's; both of one type:
///           Int8, UInt8          any scales below 128, any zero points
///           Int16                as Int8 for EQUAL and NOT_EQUAL; otherwise quantized alike
///           Int32, Int64         both quantized alike, or neither
///           Float32
///           Bool                 EQUAL and NOT_EQUAL
///     y     Bool
///
/// Quantized operands are compared as round₂(scale · (x − zero) · 2⁸), where round₂ is the double
/// rounding of `FixedMultiplier`. So numbers that differ by less than about 1/256 are equal, even
/// if their integers differ. This is the rule of TensorFlow Lite, and of tflite-micro where it has
/// the type, and models were verified against it. Scales from 1 on follow the same formula; the
/// references refuse them or get them wrong.
///
/// NaN is unequal to every number, and neither less nor greater.
struct Comparison: Kernel {
  static let versions: ClosedRange<Int32> = 1...5  // 2: int8, 4, 5: int16

  private let operands: BinaryOperands
  private let rule: Rule
  /// The value of y for a < b, a = b and a > b is the last bit of each of these, flipped by `flip`.
  private let less: UInt8, equal: UInt8, greater: UInt8, flip: UInt8

  private enum Rule: BitwiseCopyable {
    case bytes(CommonScaleTables)
    case int16(CommonScale)
    case plain
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Comparison {
    let isEquality = node.kind == .equal || node.kind == .notEqual
    let types: [ElementType] = [.int8, .uint8, .int16, .int32, .int64, .float32]
    let operands = try BinaryOperands(node, isEquality ? types + [.bool] : types, into: .bool)
    _ = try node.options(optionsType(node.kind))
    let kind = node.kind
    return Comparison(
      operands: operands, rule: try rule(node, setup, operands.type, isEquality: isEquality),
      less: kind == .less || kind == .lessEqual ? 1 : 0,
      equal: isEquality || kind == .lessEqual || kind == .greaterEqual ? 1 : 0,
      greater: kind == .greater || kind == .greaterEqual ? 1 : 0,
      // NOT_EQUAL is not "less or greater", because NaN is neither.
      flip: kind == .notEqual ? 1 : 0)
  }

  private static func optionsType(_ kind: OperatorKind) -> UInt8 {
    switch kind {
    case .less: Schema.Comparison.lessOptionsType
    case .greater: Schema.Comparison.greaterOptionsType
    case .greaterEqual: Schema.Comparison.greaterEqualOptionsType
    case .lessEqual: Schema.Comparison.lessEqualOptionsType
    case .equal: Schema.Comparison.equalOptionsType
    default: Schema.Comparison.notEqualOptionsType
    }
  }

  private static func rule(
    _ node: Node, _ setup: Setup, _ type: ElementType, isEquality: Bool
  ) throws(ModelError) -> Rule {
    let (a, b) = (try node.input(0), try node.input(1))
    // 2⁻⁸ · 2⁸ = 1: the integers stay as they are.
    let one = FixedMultiplier(mantissa: 1 << 30, exponent: -7)
    var common = CommonScale(aZero: 0, one, bZero: 0, one, shift: 8)
    if type == .int8 || type == .uint8 || type == .int16 && isEquality && a.affine != nil {
      let (aAffine, bAffine) = (try node.requireAffine(a), try node.requireAffine(b))
      // 32 bits hold 2¹⁶ · 2⁸ · 2⁷.
      guard aAffine.scale < 128, bAffine.scale < 128 else {
        throw .multiplierOutOfRange(node: node.index, channel: 0)
      }
      common = CommonScale(
        aZero: aAffine.zeroPoint, try node.multiplier(Double(aAffine.scale)),
        bZero: bAffine.zeroPoint, try node.multiplier(Double(bAffine.scale)), shift: 8)
    } else {
      try node.requireSameMeaning(a, b)
    }
    switch type {
    case .int8, .uint8, .bool: return .bytes(try common.tables(type, setup))
    case .int16: return .int16(common)
    default: return .plain
    }
  }

  var inPlaceInputs: Int { operands.inPlaceInputs }

  func eval(_ memory: Memory) {
    switch rule {
    case .bytes(let common):
      operands.map(memory) { (a: UInt8, b: UInt8) in compare(common.left(a), common.right(b)) }
    case .int16(let common):
      operands.map(memory) { (a: Int16, b: Int16) in
        compare(common.left(Int32(a)), common.right(Int32(b)))
      }
    case .plain:
      switch operands.type {
      case .int32: eval(memory, Int32.self)
      case .int64: eval(memory, Int64.self)
      default: eval(memory, Float.self)
      }
    }
  }

  @inline(__always)
  private func eval<T: Comparable>(_ memory: Memory, _ type: T.Type) {
    operands.map(memory) { (a: T, b: T) in compare(a, b) }
  }

  @inline(__always)
  private func compare<T: Comparable>(_ a: T, _ b: T) -> UInt8 {
    ((a < b ? less : 0) | (a == b ? equal : 0) | (a > b ? greater : 0)) ^ flip
  }
}

extension Schema {
  enum Comparison {
    static let lessOptionsType: UInt8 = 41, greaterOptionsType: UInt8 = 44
    static let greaterEqualOptionsType: UInt8 = 45, lessEqualOptionsType: UInt8 = 46
    static let equalOptionsType: UInt8 = 53, notEqualOptionsType: UInt8 = 54
  }
}
