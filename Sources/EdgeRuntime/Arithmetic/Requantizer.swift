/// clamp(zeroPoint + round₂(multiplier · x)): converts a 32-bit result to the integers of an
/// output, by the double rounding of `FixedMultiplier`, within the range that a fused activation
/// allows.
struct Requantizer: BitwiseCopyable {
  let multiplier: FixedMultiplier
  let zeroPoint: Int32
  let low: Int32
  let high: Int32

  init(_ multiplier: FixedMultiplier, _ affine: Affine, within range: ClosedRange<Int32>) {
    self.multiplier = multiplier
    zeroPoint = affine.zeroPoint
    (low, high) = (range.lowerBound, range.upperBound)
  }

  @inline(__always)
  func callAsFunction<To: FixedWidthInteger>(_ x: Int32) -> To { clamped(multiplier(x)) }

  /// The same for a result that is already in steps of the output.
  @inline(__always)
  func clamped<To: FixedWidthInteger>(_ steps: Int32) -> To {
    To(truncatingIfNeeded: max(low, min(high, steps &+ zeroPoint)))
  }
}
