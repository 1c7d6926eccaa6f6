import CKernels

/// The weights of a CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED or TRANSPOSE_CONV as one list of
/// terms a channel: what setup reads.
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

  /// One scale, or one a channel along the right axis. (Zero points: `zeroPoint`.)
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

  /// The one zero point of all weights. Only UInt8 weights always have one; Int8 weights may where
  /// the operator honours it (`orInt8`), for the tensor as a whole.
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

/// The weights as the loops want them, a byte each: where they stand in the file, or, when the file
/// packs two into a byte (Int4), unpacked into scratch while the operator runs.
///
/// Into scratch and not into a table of the model, because scratch is shared: a model needs room
/// for its largest layer once and not for every layer always, and unpacking costs one pass over
/// weights that a convolution then uses for every place of its output.
struct WeightSource: BitwiseCopyable {
  private let tensor: Int
  private let isPacked: Bool

  init(_ tensor: Tensor) {
    self.tensor = tensor.index
    isPacked = tensor.type == .int4
  }

  func scratchBytes(_ count: Int) -> Int { isPacked ? count : 0 }

  /// `count` weights from the `first` on.
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
  /// Whether the second operand may be a constant of packed elements (Int4).
  var takesPackedWeights: Bool {
    self == .conv2D || self == .depthwiseConv2D || self == .fullyConnected
  }
}
