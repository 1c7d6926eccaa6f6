/// How one axis was scaled when the model was trained: x' = clamp((x − offset) / divide), in
/// float32, within lower...upper. NaN stays NaN.
package struct AxisScaling: Sendable, Equatable, BitwiseCopyable {
  /// In the axis's unit.
  package var offset: Float
  /// In the axis's unit; never 0.
  package var divide: Float
  /// The limits of x', without unit; infinite if there is no limit.
  package var lower: Float
  package var upper: Float

  /// x' = x.
  package static let identity = AxisScaling()

  package init(
    offset: Float = 0, divide: Float = 1, lower: Float = -.infinity, upper: Float = .infinity
  ) {
    (self.offset, self.divide, self.lower, self.upper) = (offset, divide, lower, upper)
  }

  /// True when offset and divisor are numbers, the divisor is not 0, and the limits are in order.
  package var isValid: Bool {
    offset.isFinite && divide.isFinite && divide != 0 && lower <= upper
  }

  /// Hot.
  @inline(__always)
  func callAsFunction(_ x: Float) -> Float {
    let scaled = (x - offset) / divide
    return scaled < lower ? lower : (scaled > upper ? upper : scaled)
  }
}
