import CKernels

/// The outputs of many channels at one place: the dot product of each channel's weights with one
/// patch of the input (`terms` elements in a row), and then `WeightedOutput`.
///
///     sum[c] = Σₖ x[k] · (w[c, k] − weightZero)                   Int8; −xZero is in the bias
///     sum[c] = Σₖ (x[k] − inputZero) · (w[c, k] − weightZero)     UInt8
///     sum[c] = Σₖ x[k] · w[c, k]                                  Int16
struct WeightedDots: BitwiseCopyable {
  let terms: Int
  let channels: Int
  let inputZero: Int32
  let weightZero: Int32
  let output: WeightedOutput

  /// For weights [channels, …] whose terms are side by side.
  ///
  /// - Parameter zeroPointOfInt8: whether the operator uses a zero point of Int8 weights.
  static func prepare(
    _ node: Node, _ setup: Setup, _ format: WeightedFormat, x: Tensor, w: Tensor, bias: Tensor?,
    range: ClosedRange<Int32>, zeroPointOfInt8: Bool = false
  ) throws(ModelError) -> WeightedDots {
    let terms = w.shape.count(axes: 1..<w.shape.rank)
    let weights = Weights(
      tensor: w, bytes: try node.requireConstant(w), channels: w.shape[0], terms: terms,
      channelStride: terms, termStride: 1, axis: 0)
    let weightZero = try weights.zeroPoint(node, format, orInt8: zeroPointOfInt8)
    let output = try WeightedOutput.prepare(
      node, setup, weights, format, x: x, bias: bias, range: range, fold: true)
    return WeightedDots(
      terms: terms, channels: w.shape[0], inputZero: try node.requireAffine(x).zeroPoint,
      weightZero: weightZero, output: output)
  }

  var format: WeightedFormat { output.format }
  /// The bytes of scratch for sums, and so the place where the next part of the scratch begins.
  var sumsBytes: Int { format.sumsBytes(min(channels, RuntimeLimits.sumsBlock)) }
  var patchBytes: Int { terms * format.elementBytes }

  /// The byte that fills cells outside the image: the input's zero point, of which all bytes are
  /// equal.
  var paddingByte: UInt8 { UInt8(truncatingIfNeeded: inputZero) }

  /// Computes `count` channels from `first` on. `w` and `y` begin with the weights and the output
  /// of channel `first`.
  @inline(__always)
  func eval(
    _ patch: UnsafeRawPointer, _ w: UnsafeRawPointer, first: Int, count: Int,
    sums: UnsafeMutableRawPointer, into y: UnsafeMutableRawPointer
  ) {
    var done = 0
    while done < count {
      let block = min(count &- done, RuntimeLimits.sumsBlock)
      sum(patch, w + done &* terms, block, sums)
      output.store(
        sums, first: first &+ done, count: block, into: y + done &* format.elementBytes)
      done &+= block
    }
  }

  @inline(__always)
  private func sum(
    _ patch: UnsafeRawPointer, _ w: UnsafeRawPointer, _ rows: Int,
    _ sums: UnsafeMutableRawPointer
  ) {
    let narrow = sums.assumingMemoryBound(to: Int32.self)
    let w = w.assumingMemoryBound(to: Int8.self)
    switch format {
    case .int8:
      let x = patch.assumingMemoryBound(to: Int8.self)
      ck_dot_rows(x, w, terms, rows, narrow)
      if weightZero != 0 {
        let correction = weightZero &* ck_sum(x, terms)
        for row in 0..<rows { narrow[row] &-= correction }
      }
    case .uint8:
      ck_dot_rows_u8(
        patch.assumingMemoryBound(to: UInt8.self),
        UnsafeRawPointer(w).assumingMemoryBound(
          to: UInt8.self), terms, rows, inputZero, weightZero, narrow)
    case .int16, .int16in32:
      ck_dot_rows_16(
        patch.assumingMemoryBound(to: Int16.self), w, terms, rows,
        sums.assumingMemoryBound(to: Int64.self))
    }
  }
}
