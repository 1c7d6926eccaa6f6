import CKernels

/// Computes outputs from sums of products, for the operators that have weights:
///
///     y[c] = clamp(outputZero + round(multiplier[c] · (bias[c] + Σₖ x[k] · w[c, k])))
///
/// multiplier[c] = x.scale · w.scale[c] / y.scale; `WeightedFormat` says whether round rounds once
/// or twice. If `fold` is set, the bias of `.int8` includes −inputZero · Σₖ w[c, k], so that the
/// sum is over raw bytes.
struct WeightedOutput: BitwiseCopyable {
  let format: WeightedFormat
  /// Whether all channels have one multiplier. Then the columns hold as many copies of it as a
  /// block of sums needs.
  private let isUniform: Bool
  private let outputs: ck_outputs
  /// The biases of `.int16`, whose `outputs` have none.
  private let wideBias: UnsafePointer<Int64>?

  /// Checks scales, zero points and the bias, and proves that no sum of any input leaves its type.
  ///
  /// - Complexity: one pass over the weights, counted in the budget.
  static func prepare(
    _ node: Node, _ setup: Setup, _ weights: Weights, _ format: WeightedFormat, x: Tensor,
    bias: Tensor?, range: ClosedRange<Int32>, fold: Bool = false
  ) throws(ModelError) -> WeightedOutput {
    let input = try node.requireAffine(x)
    let output = try node.requireAffine(node.outputs[0])
    let quantization = try weights.quantization(node, format)
    let biases = try Biases.read(node, bias, channels: weights.channels)
    try setup.visit(weights.bytes.count)

    let count = weights.channels
    let isUniform = quantization.scales.count == 1
    let factors = isUniform ? min(count, RuntimeLimits.sumsBlock) : count
    let mantissa = try setup.tables.table(of: Int32.self, count: 2 * factors)
    let exponent = mantissa + factors
    let isWide = format == .int16
    let wide = isWide ? try setup.tables.table(of: Int64.self, count: count) : nil
    let narrow = isWide ? nil : try setup.biasTable(bias, count: count)
    for channel in 0..<count {
      let slot = quantization.scales.count == 1 ? 0 : channel
      let scale = quantization.scales[slot]
      try biases?.requireScale(
        node, channel, input: input.scale, weight: scale, output: output.scale)
      let multiplier = try node.multiplier(
        product(node, format, quantization, input.scale, scale) / Double(output.scale),
        channel: channel)
      guard !isWide || multiplier.exponent <= FixedMultiplier.wideExponentMax else {
        throw .multiplierOutOfRange(node: node.index, channel: channel)
      }
      if channel < factors {
        (mantissa[channel], exponent[channel]) = (multiplier.mantissa, multiplier.exponent)
      }
      let bias = try foldedBias(
        node, weights, format, channel, weightZero: Int(quantization.zeroPoints[slot]),
        inputZero: fold && format == .int8 ? Int(input.zeroPoint) : 0, bias: biases?[channel] ?? 0)
      wide?[channel] = Int64(bias)
      narrow?[channel] = Int32(truncatingIfNeeded: bias)
    }
    return WeightedOutput(
      format: format, isUniform: isUniform,
      outputs: ck_outputs(
        bias: narrow, mantissa: mantissa, exponent: exponent, zero_point: output.zeroPoint,
        low: range.lowerBound, high: range.upperBound),
      wideBias: wide)
  }

  /// Computes the outputs of `count` channels from `first` on, from their sums of products.
  @inline(__always)
  func store(
    _ sums: UnsafeRawPointer, first: Int, count: Int, into y: UnsafeMutableRawPointer
  ) {
    switch format {
    case .int8, .uint8:
      // Values of 0...255 have the same bytes in signed and in unsigned types.
      let (sums, y) = (
        sums.assumingMemoryBound(to: Int32.self), y.assumingMemoryBound(to: Int8.self)
      )
      guard !isUniform else { return storeUniform(sums, first: first, count: count, into: y) }
      withUnsafePointer(to: outputs) { ck_requantize(sums, $0, first, count, y) }
    case .int16, .int16in32:
      storeWide(
        sums.assumingMemoryBound(to: Int64.self), first: first, count: count,
        into: y.assumingMemoryBound(to: Int16.self))
    }
  }

  @inline(__always)
  private func storeUniform(
    _ sums: UnsafePointer<Int32>, first: Int, count: Int, into y: UnsafeMutablePointer<Int8>
  ) {
    var block = outputs
    var done = 0
    while done < count {
      let size = min(count &- done, RuntimeLimits.sumsBlock)
      block.bias = outputs.bias + (first &+ done)
      ck_requantize(sums + done, &block, 0, size, y + done)
      done &+= size
    }
  }

  @inline(never)
  private func storeWide(
    _ sums: UnsafePointer<Int64>, first: Int, count: Int, into y: UnsafeMutablePointer<Int16>
  ) {
    for index in 0..<count {
      let channel = first &+ index
      let slot = isUniform ? 0 : channel
      let multiplier = FixedMultiplier(
        mantissa: outputs.mantissa[slot], exponent: outputs.exponent[slot])
      let value =
        if let wideBias {
          multiplier.wide(sums[index] &+ wideBias[channel])
        } else {
          multiplier(Int32(truncatingIfNeeded: sums[index]) &+ outputs.bias[channel])
        }
      y[index] = Int16(truncatingIfNeeded: max(outputs.low, min(outputs.high, value)))
    }
  }

  // MARK: Setup

  /// input scale · weight scale. In the reference, FULLY_CONNECTED with one scale and the kernels
  /// for UInt8 multiply in float32; the other kernels multiply in double.
  private static func product(
    _ node: Node, _ format: WeightedFormat, _ quantization: Quantization, _ input: Float,
    _ weight: Float
  ) -> Double {
    let isRounded =
      format == .uint8 || (node.kind == .fullyConnected && quantization.scales.count == 1)
    return isRounded ? Double(input * weight) : Double(input) * Double(weight)
  }

  /// bias − inputZero · Σ (w − weightZero), after a proof that no partial sum can overflow. Each
  /// partial sum, with its corrections, is at most reach · Σ magnitude + |bias|, where the
  /// magnitude of a term is
  ///
  ///     .int8                |w|; where weightZero is not 0, |w − weightZero| + |weightZero| more
  ///     .uint8               |w − weightZero|, as its loops subtract both zero points first
  ///     .int16, .int16in32   |w|
  private static func foldedBias(
    _ node: Node, _ weights: Weights, _ format: WeightedFormat, _ channel: Int, weightZero: Int,
    inputZero: Int, bias: Int
  ) throws(ModelError) -> Int {
    let base = channel * weights.channelStride
    var (sum, magnitude) = (0, 0)
    for term in 0..<weights.terms {
      let weight = weights.value(base &+ term &* weights.termStride)
      let difference = weight &- weightZero
      sum &+= difference
      if weightZero == 0 || format != .uint8 { magnitude &+= abs(weight) }
      if weightZero != 0 {
        magnitude &+= abs(difference)
        if format != .uint8 { magnitude &+= abs(weightZero) }
      }
    }
    // A file has at most 2²⁸ weights of at most 2⁷, so only the bias could overflow here.
    guard bias.magnitude <= format.sumMax.magnitude,
      format.reach * magnitude + abs(bias) <= format.sumMax
    else { throw .accumulatorOverflow(node: node.index, channel: channel) }
    return bias - inputZero * sum
  }
}
