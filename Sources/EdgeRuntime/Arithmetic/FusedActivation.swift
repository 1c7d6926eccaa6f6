/// The activations that the schema can fuse into an operator (ActivationFunctionType).
enum FusedActivation: Int {
  case none = 0
  case relu = 1
  case reluN1To1 = 2
  case relu6 = 3
  // The schema also has tanh = 4 and signBit = 5, which are refused.

  /// The real interval that the activation allows, as quantized values within those of `type`:
  /// zeroPoint + round(limit / scale), ties away from zero.
  ///
  /// - Returns: nil when the interval is empty, which no converter writes.
  func range(_ quantization: Affine, within type: ClosedRange<Int32>) -> ClosedRange<Int32>? {
    var (low, high) = (type.lowerBound, type.upperBound)
    switch self {
    case .none: break
    case .relu: low = max(low, quantization.quantized(0))
    case .relu6:
      low = max(low, quantization.quantized(0))
      high = min(high, quantization.quantized(6))
    case .reluN1To1:
      low = max(low, quantization.quantized(-1))
      high = min(high, quantization.quantized(1))
    }
    return low <= high ? low...high : nil
  }
}

/// Names of the schema's fused activations, for messages.
package enum ActivationName {
  /// - Parameter activation: the schema's number.
  package static func name(of activation: Int) -> String {
    switch activation {
    case 0: "NONE"
    case 1: "RELU"
    case 2: "RELU_N1_TO_1"
    case 3: "RELU6"
    case 4: "TANH"
    case 5: "SIGN_BIT"
    default: "ACTIVATION_\(activation)"
    }
  }
}
