import CKernels

/// The weights of a CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED as one list of terms a channel.
struct Weights {
  let tensor: Tensor
  let bytes: UnsafeRawBufferPointer
  let channels: Int
  let terms: Int
  /// Elements between channels, and between the terms of one channel.
  let channelStride: Int
  let termStride: Int
  /// The axis of the tensor that counts channels, where the quantization may vary.
  let axis: Int
}

/// From sums of products to int8 outputs, for the operators that have weights:
///
///     y[c] = clamp(outputZero + round₂(multiplier[c] · (bias[c] + Σₖ x[k] · w[c, k])))
///
/// round₂ is the double rounding of `FixedMultiplier`; multiplier[c] = x.scale · w.scale[c] / y.scale.
/// `fold` puts −inputZero · Σₖ w[c, k] into the bias, so that the sum runs over raw bytes.
struct WeightedOutput: BitwiseCopyable {
  private let outputs: ck_outputs

  /// Setup: proves scales, zero points, the bias, and that no sum of any input overflows Int32.
  ///
  /// - Complexity: one pass over the weights, counted in the budget.
  static func prepare(
    _ node: Node, _ setup: Setup, _ weights: Weights, bias: Tensor?, range: ClosedRange<Int32>,
    fold: Bool
  ) throws(ModelError) -> WeightedOutput {
    let input = try node.requireAffine(node.input(0))
    let output = try node.requireAffine(node.outputs[0])
    let biases = try biasBytes(node, bias, weights)
    let quantization = weights.tensor.quantization
    guard !quantization.scales.isEmpty else {
      throw .quantizationMissing(tensor: weights.tensor.index)
    }
    guard quantization.scales.count == 1 || quantization.axis == weights.axis else {
      throw .quantizationAxis(tensor: weights.tensor.index, axis: quantization.axis)
    }
    try setup.visit(weights.bytes.count)

    let columns = try setup.tables.columns(count: weights.channels)
    for channel in 0..<weights.channels {
      let slot = quantization.scales.count == 1 ? 0 : channel
      let scale = quantization.scales[slot]
      if let bias {
        try requireBiasScale(node, bias, channel, input.scale, scale, output.scale)
      }
      let multiplier = try node.multiplier(
        Double(input.scale) * Double(scale) / Double(output.scale), channel: channel)
      columns.mantissa[channel] = multiplier.mantissa
      columns.exponent[channel] = multiplier.exponent
      columns.bias[channel] = try foldedBias(
        node, weights, channel, weightZero: Int(quantization.zeroPoints[slot]),
        inputZero: fold ? Int(input.zeroPoint) : 0,
        bias: biases.map { Int($0.loadUnaligned(fromByteOffset: 4 * channel, as: Int32.self)) }
          ?? 0)
    }
    return WeightedOutput(
      outputs: ck_outputs(
        bias: columns.bias, mantissa: columns.mantissa, exponent: columns.exponent,
        zero_point: output.zeroPoint, low: range.lowerBound, high: range.upperBound))
  }

  /// Hot: the outputs of `count` channels from `first` on, from their sums of products.
  @inline(__always)
  func store(
    _ sums: UnsafePointer<Int32>, first: Int, count: Int, into y: UnsafeMutablePointer<Int8>
  ) {
    withUnsafePointer(to: outputs) { ck_requantize(sums, $0, first, count, y) }
  }

  // MARK: Setup

  private static func biasBytes(
    _ node: Node, _ bias: Tensor?, _ weights: Weights
  ) throws(ModelError) -> UnsafeRawBufferPointer? {
    guard let bias else { return nil }
    try node.requireType(bias, .int32)
    try node.requireCount(bias, weights.channels)
    let scales = bias.quantization.scales.count
    guard scales <= 1 || scales == weights.channels else {
      throw .channelCount(tensor: bias.index, found: scales, expected: weights.channels)
    }
    return try node.requireConstant(bias)
  }

  /// The bias is added to sums whose unit is input scale · weight scale: it must have that unit.
  private static func requireBiasScale(
    _ node: Node, _ bias: Tensor, _ channel: Int, _ input: Float, _ weight: Float, _ output: Float
  ) throws(ModelError) {
    let scales = bias.quantization.scales
    guard !scales.isEmpty else { return }
    let found = scales.count == 1 ? scales[0] : scales[channel]
    let expected = Double(input) * Double(weight)
    guard abs(expected - Double(found)) / Double(output) <= RuntimeLimits.biasScaleTolerance
    else {
      throw .biasScale(
        node: node.index, channel: channel, found: found, expected: Float(expected))
    }
  }

  /// bias − inputZero · Σ (w − weightZero), after a proof that no partial sum can overflow:
  ///
  ///     |x| and |inputZero| are at most 128, so that any part of the sum, corrections included, is
  ///     at most 256 · Σ (|w| + |w − weightZero| + |weightZero|) + |bias|, of which the last two
  ///     terms of Σ are needed only where weightZero is not 0
  private static func foldedBias(
    _ node: Node, _ weights: Weights, _ channel: Int, weightZero: Int, inputZero: Int, bias: Int
  ) throws(ModelError) -> Int32 {
    let base =
      weights.bytes.assumingMemoryBound(to: Int8.self).baseAddress!
      + channel * weights.channelStride
    var (sum, magnitude) = (0, 0)
    for term in 0..<weights.terms {
      let weight = Int(base[term &* weights.termStride])
      sum &+= weight &- weightZero
      magnitude &+= abs(weight)
      if weightZero != 0 { magnitude &+= abs(weight &- weightZero) &+ abs(weightZero) }
    }
    guard 256 * magnitude + abs(bias) <= Int(Int32.max) else {
      throw .accumulatorOverflow(node: node.index, channel: channel)
    }
    return Int32(bias - inputZero * sum)
  }
}
