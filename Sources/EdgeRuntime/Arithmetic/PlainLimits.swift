/// The range that a fused activation allows for values that are not quantized.
///
/// Without an activation the float limits are the largest finite numbers, as in the reference:
/// infinities become those, and NaN stays NaN.
struct PlainLimits: BitwiseCopyable {
  private let low: Float, high: Float
  private let integerLow: Int32, integerHigh: Int32

  init(_ activation: FusedActivation) {
    switch activation {
    case .none, .relu: (high, integerHigh) = (.greatestFiniteMagnitude, .max)
    case .reluN1To1: (high, integerHigh) = (1, 1)
    case .relu6: (high, integerHigh) = (6, 6)
    }
    switch activation {
    case .none: (low, integerLow) = (-.greatestFiniteMagnitude, .min)
    case .reluN1To1: (low, integerLow) = (-1, -1)
    case .relu, .relu6: (low, integerLow) = (0, 0)
    }
  }

  @inline(__always)
  func callAsFunction(_ x: Float) -> Float { x < low ? low : (high < x ? high : x) }

  @inline(__always)
  func callAsFunction(_ x: Int32) -> Int32 { max(integerLow, min(integerHigh, x)) }
}
