/// The checks that `prepare` makes of operands that say how to compute: axes, shapes, paddings.
/// Their values must be known before the first inference.
extension Node {
  func requireConstant(_ tensor: Tensor) throws(ModelError) -> UnsafeRawBufferPointer {
    guard let constant = tensor.constant else {
      throw .operandNotConstant(node: index, tensor: tensor.index)
    }
    return constant
  }

  /// The integers of a small constant, Int32 or Int64. Their count is at most the count of operands
  /// that an operator may have.
  func integers(_ tensor: Tensor) throws(ModelError) -> [Int] {
    let constant = try requireConstant(tensor)
    if tensor.shape.count > RuntimeLimits.operandsMax {
      try requireCount(tensor, RuntimeLimits.operandsMax)
    }
    var integers: [Int] = []
    for position in 0..<tensor.shape.count {
      switch tensor.type {
      case .int32:
        integers.append(
          Int(constant.loadUnaligned(fromByteOffset: 4 * position, as: Int32.self)))
      case .int64:
        integers.append(
          Int(constant.loadUnaligned(fromByteOffset: 8 * position, as: Int64.self)))
      default: throw refusal(ofType: tensor)
      }
    }
    return integers
  }

  /// `count` constant integers. The count is checked before any integer is read.
  func integers(_ tensor: Tensor, count: Int) throws(ModelError) -> [Int] {
    try requireCount(tensor, count)
    return try integers(tensor)
  }

  /// A constant that is one integer.
  func integer(_ tensor: Tensor) throws(ModelError) -> Int {
    try integers(tensor, count: 1)[0]
  }

  /// Turns an axis as the file writes it, −rank ..< rank, into one in 0 ..< rank.
  func axis(_ axis: Int, ofRank rank: Int) throws(ModelError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw .axisOutOfRange(node: index, axis: axis, rank: rank)
    }
    return axis < 0 ? axis + rank : axis
  }

  /// The one axis of `x` that a constant names.
  func axis(_ tensor: Tensor, of x: Tensor) throws(ModelError) -> Int {
    try axis(integer(tensor), ofRank: x.shape.rank)
  }

  /// Which axes of `x` a constant names; it may name each at most once.
  func axes(_ tensor: Tensor, of x: Tensor) throws(ModelError) -> InlineArray<6, Bool> {
    var isNamed = InlineArray<6, Bool>(repeating: false)
    for written in try integers(tensor) {
      let axis = try axis(written, ofRank: x.shape.rank)
      guard !isNamed[axis] else { throw .axisRepeated(node: index, axis: axis) }
      isNamed[axis] = true
    }
    return isNamed
  }
}
