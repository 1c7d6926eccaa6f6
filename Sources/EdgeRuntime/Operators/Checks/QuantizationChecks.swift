/// The checks that `prepare` makes of the meaning of its operands' integers.
extension Node {
  /// The single scale and zero point of a tensor with which the operator computes.
  func requireAffine(_ tensor: Tensor) throws(ModelError) -> Affine {
    guard let affine = tensor.affine else {
      if tensor.quantization.scales.isEmpty { throw .quantizationMissing(tensor: tensor.index) }
      throw .channelsQuantized(node: index, tensor: tensor.index)
    }
    return affine
  }

  /// Requires the zero point 0 of 16-bit operands: a difference from another zero point would leave
  /// too little room for the arithmetic.
  @discardableResult
  func requireSymmetric(_ tensor: Tensor) throws(ModelError) -> Affine {
    let affine = try requireAffine(tensor)
    guard affine.zeroPoint == 0 else {
      throw .zeroPointOutOfRange(
        tensor: tensor.index, channel: 0, found: Int64(affine.zeroPoint))
    }
    return affine
  }

  /// Requires the zero point that the operator's reference has fixed.
  func requireZeroPoint(_ tensor: Tensor, _ expected: Int32) throws(ModelError) {
    guard try requireAffine(tensor).zeroPoint == expected else {
      throw .quantizationDiffers(node: index, tensor: tensor.index)
    }
  }

  /// For operators whose outputs have the same scale, 1 / `steps`, and the same zero point for
  /// every input.
  func requireFixedQuantization(
    _ tensor: Tensor, steps: Float, zeroPoint: Int32
  ) throws(ModelError) {
    try requireZeroPoint(tensor, zeroPoint)
    guard abs(try requireAffine(tensor).scale * steps - 1) < 0.001 else {
      throw .quantizationDiffers(node: index, tensor: tensor.index)
    }
  }

  /// Requires that convolution weights are symmetric: their real 0 is the integer 0.
  func requireZeroWeightPoints(_ weights: Tensor) throws(ModelError) {
    for (channel, zero) in weights.quantization.zeroPoints.enumerated() where zero != 0 {
      throw .weightZeroPoint(node: index, channel: channel, found: zero)
    }
  }

  /// Requires that no operand is quantized: the arithmetic on these integers uses no scale.
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

  /// Requires that both tensors have one scale and one zero point, and that these are equal.
  func requireSameQuantization(_ a: Tensor, _ b: Tensor) throws(ModelError) {
    guard a.type == b.type, try requireAffine(a) == requireAffine(b) else {
      throw .quantizationDiffers(node: index, tensor: b.index)
    }
  }

  /// The same, but both tensors may also have no scale. For operators that move or select elements.
  func requireSameValues(_ a: Tensor, _ b: Tensor) throws(ModelError) {
    try requireType(b, a.type)
    if !a.quantization.scales.isEmpty || !b.quantization.scales.isEmpty {
      try requireSameQuantization(a, b)
    }
  }

  /// The same, but the tensors may also be quantized channel by channel. For operators that compare
  /// elements place by place.
  func requireSameMeaning(_ a: Tensor, _ b: Tensor) throws(ModelError) {
    guard a.type == b.type, a.quantization.scales == b.quantization.scales,
      a.quantization.zeroPoints == b.quantization.zeroPoints
    else { throw .quantizationDiffers(node: index, tensor: b.index) }
  }

  /// Requires that `y` can hold the bytes of `x`, and that they have the same meaning in both.
  func requireMovable(_ x: Tensor, to y: Tensor) throws(ModelError) {
    guard x.type.isMovable else { throw refusal(ofType: x) }
    try requireSameValues(x, y)
  }
}

extension ElementType {
  /// Whether operators that only move data accept the type: an element is a whole number of bytes
  /// and refers to nothing outside it.
  var isMovable: Bool {
    switch self {
    case .int8, .uint8, .bool, .int16, .int32, .int64, .float32: true
    default: false
    }
  }
}
