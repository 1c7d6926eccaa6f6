/// The questions that `prepare` asks of what its operands' integers mean.
extension Node {
  /// The one scale and zero point of a tensor that the operator computes with.
  func requireAffine(_ tensor: Tensor) throws(ModelError) -> Affine {
    guard let affine = tensor.affine else {
      if tensor.quantization.scales.isEmpty { throw .quantizationMissing(tensor: tensor.index) }
      throw .channelsQuantized(node: index, tensor: tensor.index)
    }
    return affine
  }

  /// The scale and zero point 0 of 16-bit operands: a difference from another zero point would not
  /// leave room for the arithmetic.
  @discardableResult
  func requireSymmetric(_ tensor: Tensor) throws(ModelError) -> Affine {
    let affine = try requireAffine(tensor)
    guard affine.zeroPoint == 0 else {
      throw .zeroPointOutOfRange(
        tensor: tensor.index, channel: 0, found: Int64(affine.zeroPoint))
    }
    return affine
  }

  /// The zero point that the operator's reference fixes.
  func requireZeroPoint(_ tensor: Tensor, _ expected: Int32) throws(ModelError) {
    guard try requireAffine(tensor).zeroPoint == expected else {
      throw .quantizationDiffers(node: index, tensor: tensor.index)
    }
  }

  /// Operators whose outputs have one scale, 1 / `steps`, and one zero point, for any input.
  func requireFixedQuantization(
    _ tensor: Tensor, steps: Float, zeroPoint: Int32
  ) throws(ModelError) {
    try requireZeroPoint(tensor, zeroPoint)
    guard abs(try requireAffine(tensor).scale * steps - 1) < 0.001 else {
      throw .quantizationDiffers(node: index, tensor: tensor.index)
    }
  }

  /// Convolution weights are symmetric: their real 0 is the integer 0.
  func requireZeroWeightPoints(_ weights: Tensor) throws(ModelError) {
    for (channel, zero) in weights.quantization.zeroPoints.enumerated() where zero != 0 {
      throw .weightZeroPoint(node: index, channel: channel, found: zero)
    }
  }

  /// All operands are integers that are themselves: arithmetic on them knows no scale.
  func requireUnquantized() throws(ModelError) {
    for tensor in inputs.compactMap({ $0 }) + outputs
    where tensor.type != .float32 && !tensor.quantization.scales.isEmpty {
      throw .quantizationUnsupported(tensor: tensor.index, details: 0)
    }
  }

  /// A positive factor that fixed point can hold; `channel` names it in the refusal.
  func multiplier(_ real: Double, channel: Int = 0) throws(ModelError) -> FixedMultiplier {
    guard let multiplier = FixedMultiplier(real) else {
      throw .multiplierOutOfRange(node: index, channel: channel)
    }
    return multiplier
  }

  // MARK: Two tensors

  /// Both are quantized as a whole, and mean the same by the same integer.
  func requireSameQuantization(_ a: Tensor, _ b: Tensor) throws(ModelError) {
    guard a.type == b.type, try requireAffine(a) == requireAffine(b) else {
      throw .quantizationDiffers(node: index, tensor: b.index)
    }
  }

  /// The same of tensors that may also be plain, without a scale on either side: for operators that
  /// move or select elements.
  func requireSameValues(_ a: Tensor, _ b: Tensor) throws(ModelError) {
    try requireType(b, a.type)
    if !a.quantization.scales.isEmpty || !b.quantization.scales.isEmpty {
      try requireSameQuantization(a, b)
    }
  }

  /// The same of tensors that may also be quantized channel by channel: for operators that compare
  /// elements place by place.
  func requireSameMeaning(_ a: Tensor, _ b: Tensor) throws(ModelError) {
    guard a.type == b.type, a.quantization.scales == b.quantization.scales,
      a.quantization.zeroPoints == b.quantization.zeroPoints
    else { throw .quantizationDiffers(node: index, tensor: b.index) }
  }

  /// `y` can hold the bytes of `x`, and they mean the same there.
  func requireMovable(_ x: Tensor, to y: Tensor) throws(ModelError) {
    guard x.type.isMovable else { throw refusal(ofType: x) }
    try requireSameValues(x, y)
  }
}

extension ElementType {
  /// Whether operators that only move data take it: a whole number of bytes that mean themselves.
  var isMovable: Bool {
    switch self {
    case .int8, .uint8, .bool, .int16, .int32, .int64, .float32: true
    default: false
    }
  }
}
