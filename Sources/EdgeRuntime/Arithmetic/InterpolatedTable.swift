/// A function of Int16 as 513 points with straight lines between them; each line covers 2⁷
/// arguments.
///
/// Every bit is as in TensorFlow Lite (LUTPopulateInt16 and LUTLookup in common.h): every point is
/// moved by half of the error of its line in the middle, and the result is in steps of 2⁻¹⁵.
struct InterpolatedTable: BitwiseCopyable {
  static let pointCount = 513

  private let points: UnsafePointer<Int16>

  /// Setup: samples `function`, all in float32 as the reference does.
  ///
  /// - Parameters:
  ///   - points: room for `pointCount` values.
  ///   - scale: the real step of the argument: the function's argument is scale · (argument −
  ///     zeroPoint).
  init(
    _ points: UnsafeMutablePointer<Int16>, scale: Float, zeroPoint: Int32,
    _ function: (Float) -> Float
  ) {
    let low = scale * Float(-32768 - zeroPoint)
    let high = scale * Float(32767 - zeroPoint)
    let step = (high - low) / 512
    // The results' scale is 2 / 65535 in float32: 65536 values over their whole range.
    let resultScale: Float = 2.0 / 65535
    let stepsPerOne = 65536 / (resultScale * 32767 - resultScale * -32768)
    for index in 0..<512 {
      let start = low + Float(index) * step
      let value = function(start)
      let sample = Self.round(value * stepsPerOne)
      let next = function(low + Float(index + 1) * step)
      let lineMiddle = Self.round((next * stepsPerOne + sample) / 2)
      let middle = Self.round(function(start + step / 2) * stepsPerOne)
      points[index] = Self.narrow(sample - Self.round((lineMiddle - middle) / 2))
    }
    points[512] = Self.narrow(Self.round(function(high) * stepsPerOne))
    self.points = UnsafePointer(points)
  }

  /// Rounds ties away from zero, as C's `roundf` does. The functions here stay below 2¹⁵.
  private static func round(_ x: Float) -> Float {
    guard abs(x) < 1e9 else { return x }
    return Float(Rounding.whole(x))
  }

  private static func narrow(_ x: Float) -> Int16 {
    guard x == x else { return 0 }
    return Int16(max(-32768, min(32767, x)))
  }

  /// Hot.
  @inline(__always)
  func callAsFunction(_ x: Int16) -> Int16 {
    let index = 256 &+ Int(x &>> 7)
    let (base, next) = (Int32(points[index]), Int32(points[index &+ 1]))
    let delta = ((next &- base) &* Int32(x & 0x7F) &+ 64) &>> 7
    return Int16(truncatingIfNeeded: base &+ delta)
  }
}
