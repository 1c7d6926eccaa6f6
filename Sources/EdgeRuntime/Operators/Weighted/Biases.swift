/// The biases of an operator with weights: a constant with one integer for each channel, in units
/// of input scale · weight scale.
struct Biases {
  private let tensor: Tensor
  private let bytes: UnsafeRawBufferPointer

  /// Checks the count, the data and the count of scales; nil when the operator has no bias.
  /// `WeightedFormat` checks the type.
  static func read(
    _ node: Node, _ tensor: Tensor?, channels: Int
  ) throws(ModelError) -> Biases? {
    guard let tensor else { return nil }
    try node.requireCount(tensor, channels)
    let scales = tensor.quantization.scales.count
    guard scales <= 1 || scales == channels else {
      throw .channelCount(tensor: tensor.index, found: scales, expected: channels)
    }
    return Biases(tensor: tensor, bytes: try node.requireConstant(tensor))
  }

  subscript(channel: Int) -> Int {
    switch tensor.type {
    case .int16: Int(bytes.loadUnaligned(fromByteOffset: 2 * channel, as: Int16.self))
    case .int32: Int(bytes.loadUnaligned(fromByteOffset: 4 * channel, as: Int32.self))
    default: Int(bytes.loadUnaligned(fromByteOffset: 8 * channel, as: Int64.self))
    }
  }

  /// Requires the unit input scale · weight scale, because the bias is added to sums in that unit.
  func requireScale(
    _ node: Node, _ channel: Int, input: Float, weight: Float, output: Float
  ) throws(ModelError) {
    let scales = tensor.quantization.scales
    guard !scales.isEmpty else { return }
    try node.requireBiasScale(
      scales.count == 1 ? scales[0] : scales[channel], expected: Double(input) * Double(weight),
      output: output, channel: channel)
  }
}

extension Node {
  /// The tolerance is a part of one step of the output.
  func requireBiasScale(
    _ found: Float, expected: Double, output: Float, channel: Int = 0
  ) throws(ModelError) {
    guard abs(expected - Double(found)) / Double(output) <= RuntimeLimits.biasScaleTolerance
    else {
      throw .biasScale(node: index, channel: channel, found: found, expected: Float(expected))
    }
  }
}
