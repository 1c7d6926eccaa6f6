/// real = scale · (quantized − zeroPoint): one scale for a whole tensor.
struct Affine: Equatable, BitwiseCopyable {
  let scale: Float
  let zeroPoint: Int32

  /// zeroPoint + round(real / scale), ties away from zero, in float32 as the converter computes it.
  /// It saturates at the limits of Int32, far outside every type's limits.
  func quantized(_ real: Float) -> Int32 {
    let steps = max(-1e9, min(1e9, real / scale))
    return Int32(clamping: Rounding.whole(steps) + Int64(zeroPoint))
  }

  /// Rounded once: for types of up to 16 bits the difference is a whole number that float32 holds.
  @inline(__always)
  func real(_ quantized: Int32) -> Float { scale * Float(quantized &- zeroPoint) }
}

/// Converts real values into the integers of one tensor, and back.
///
///     q = clamp(zeroPoint + round(x / scale)), ties away from zero, in float32
///     x = scale · (q − zeroPoint)
///
/// NaN becomes the zero point, which stands for the real 0: a model has no better value for a
/// missing sample. Infinities become the type's limits.
struct Quantizer: BitwiseCopyable {
  let scale: Float
  let zeroPoint: Int32
  let low: Float
  let high: Float

  init(_ affine: Affine, within type: ClosedRange<Int32>) {
    scale = affine.scale
    zeroPoint = affine.zeroPoint
    low = Float(Int64(type.lowerBound) - Int64(zeroPoint))
    high = Float(Int64(type.upperBound) - Int64(zeroPoint))
  }

  /// Clamping before rounding keeps the conversion in range. It does not change the result, since
  /// the limits are whole numbers.
  @inline(__always)
  func callAsFunction(_ x: Float) -> Int32 {
    let steps = x / scale
    let clamped = steps < low ? low : (steps > high ? high : steps)
    guard clamped == clamped else { return zeroPoint }
    return Int32(truncatingIfNeeded: Rounding.whole(clamped)) &+ zeroPoint
  }
}
