import CKernels

/// The weights of a CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED or TRANSPOSE_CONV as setup reads
/// them: one list of terms for each channel.
struct Weights {
  let tensor: Tensor
  let bytes: UnsafeRawBufferPointer
  let channels: Int
  let terms: Int
  /// The elements between channels, and between the terms of one channel.
  let channelStride: Int
  let termStride: Int
  /// The axis of the tensor that counts channels. Along it the quantization may vary.
  let axis: Int

  /// Requires one scale, or one for each channel along `axis`. (For zero points see `zeroPoint`.)
  func quantization(_ node: Node, _ format: WeightedFormat) throws(ModelError) -> Quantization {
    let quantization = tensor.quantization
    guard !quantization.scales.isEmpty else { throw .quantizationMissing(tensor: tensor.index) }
    guard quantization.scales.count == 1 || quantization.axis == axis else {
      throw .quantizationAxis(tensor: tensor.index, axis: quantization.axis)
    }
    guard quantization.scales.count == 1 || format != .uint8 else {
      throw .channelsQuantized(node: node.index, tensor: tensor.index)
    }
    return quantization
  }

  /// The single zero point of all weights. UInt8 weights always have one. Int8 weights may have one
  /// for the whole tensor if the operator uses it (`orInt8`).
  func zeroPoint(
    _ node: Node, _ format: WeightedFormat, orInt8: Bool = false
  ) throws(ModelError) -> Int32 {
    let zeroPoints = tensor.quantization.zeroPoints
    if zeroPoints.count == 1, format == .uint8 || (format == .int8 && orInt8) {
      return zeroPoints[0]
    }
    try node.requireZeroWeightPoints(tensor)
    return 0
  }

  @inline(__always)
  func value(_ index: Int) -> Int {
    switch tensor.type {
    case .uint8: Int(bytes[index])
    case .int4: Int(Int8(bitPattern: bytes[index / 2] << (index % 2 == 0 ? 4 : 0)) >> 4)
    default: Int(Int8(bitPattern: bytes[index]))
    }
  }
}

/// The weights as the loops read them, one byte for each. They are read in place from the file, or,
/// when the file packs two into a byte (Int4), the operator unpacks them into scratch while it
/// runs.
///
/// They go into scratch and not into a table of the model, because operators share scratch: a model
/// then needs room only for its largest layer, not for every layer. Unpacking costs one pass over
/// the weights, and a convolution then uses them for every place of its output.
struct WeightSource: BitwiseCopyable {
  private let tensor: Int
  private let isPacked: Bool

  init(_ tensor: Tensor) {
    self.tensor = tensor.index
    isPacked = tensor.type == .int4
  }

  func scratchBytes(_ count: Int) -> Int { isPacked ? count : 0 }

  /// Returns `count` weights from `first` on.
  @inline(__always)
  func load(
    _ memory: Memory, first: Int, count: Int, scratch: UnsafeMutableRawPointer
  ) -> UnsafeRawPointer {
    let file = memory.tensor(tensor, as: UInt8.self)
    guard isPacked else { return UnsafeRawPointer(file + first) }
    ck_unpack_4(file, first, count, scratch.assumingMemoryBound(to: Int8.self))
    return UnsafeRawPointer(scratch)
  }
}

extension OperatorKind {
  /// Whether the second operand may be a constant with packed elements (Int4).
  var takesPackedWeights: Bool {
    self == .conv2D || self == .depthwiseConv2D || self == .fullyConnected
  }
}
