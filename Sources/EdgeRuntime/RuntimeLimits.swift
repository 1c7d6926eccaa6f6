/// Every limit of the module, each with its reason. A model beyond a limit is refused with the name
/// of the limit.
package enum RuntimeLimits {
  /// The largest published fully-integer model for boards is under 4 MiB; this is four times as
  /// much.
  package static let fileBytesMax = 16 << 20
  /// The bytes that the reader may touch, as a multiple of the file. For an honest file, the reader
  /// reads the structure once and the checks read the weights twice. A hostile file refers to one
  /// table many times.
  package static let visitsPerByteMax = 4
  /// Tables inside tables. The schema itself needs 6.
  package static let depthMax = 16

  /// Streaming models, the largest in count, have some 600 tensors and 300 operators.
  package static let tensorsMax = 4096
  package static let operatorsMax = 2048
  package static let operatorCodesMax = 256
  /// One buffer a tensor and a few of metadata.
  package static let buffersMax = 8192
  /// Inputs of a graph or of one operator; the same limit holds for outputs.
  package static let operandsMax = 64
  /// Operands of all operators together: eight for each operator, at the limit of operators. Honest
  /// models have four for each. Operators can share a list of operands, so that a small file could
  /// describe very many.
  package static let operandsOfAllMax = 16_384
  /// Elements of an integer tensor that is computed before the first inference: two for each axis
  /// of the highest rank, as for paddings, and some room.
  package static let foldedElementsMax = 64
  /// Bytes of a tensor's name that are kept for messages; the rest is cut off.
  package static let nameBytesMax = 128
  /// Streaming models have one variable a layer, a dozen in all.
  package static let variablesMax = 128
  /// Bytes of a variable's name, which is compared with the names of all other variables.
  package static let variableNameBytesMax = 256

  /// The storage of a shape is the limit of its rank.
  package typealias DimensionStorage = InlineArray<6, Int>
  package static let rankMax = DimensionStorage.count
  /// With rank 6 the product of all dimensions still fits 128 bits, and a product that is checked
  /// after every factor fits 64.
  package static let dimensionMax = 1 << 20

  /// Strides, dilations and filter sides. Real models stay under 64.
  package static let filterSideMax = 1024
  /// Output channels to one input channel of DEPTHWISE_CONV_2D. Keyword models use 8.
  package static let depthMultiplierMax = 1024

  /// In published models (visual wake words), channels whose weights became 0 in training have
  /// scales of 1e-13. A multiplier that is so small becomes 0, so the smallest normal number is as
  /// safe as any other.
  package static let scaleMin: Float = .leastNormalMagnitude
  package static let scaleMax: Float = 1e6
  /// How much a bias scale may differ from input scale × weight scale, as a part of the output
  /// scale. This is the tolerance of TensorFlow Lite (kernel_util.cc).
  package static let biasScaleTolerance = 0.02

  /// The alignment of the arena and of every tensor in it: a NEON register, a quarter of a cache
  /// line.
  package static let tensorAlignment = 16
  /// 4 MiB: forty times what a person detector needs, and a twentieth of the agent's memory cap.
  package static let arenaBytesMax = 4 << 20

  /// Tables of biases and multipliers that are made beside the file: up to 12 bytes a channel, so
  /// that 4 MiB are 350,000 channels or more. Operators can share weights but not these tables, so
  /// that a file could ask for fifty times its size.
  package static let tableBytesMax = 4 << 20
  /// Multiplications and element reads of one inference: about a second at one a nanosecond, the
  /// speed of a slow core. Above this no alert would be on time. The configuration has the deadline
  /// itself, and the agent measures the time.
  package static let workMax = 1 << 30

  /// How many sums are kept between their dot products and the rounding to outputs.
  package static let sumsBlock = 32

  /// 20 s at 200 Hz.
  package static let windowStepsMax = 4096
  /// Values of one sample.
  package static let axesMax = 64
}

/// The limits that the owner of the board sets for one model.
package struct ModelLimits: Sendable, Equatable {
  /// Bytes of the arena, scratch included.
  package var arenaBytesMax: Int
  /// Bytes of the file.
  package var fileBytesMax: Int
  /// Multiplications and element reads of one inference.
  package var workMax: Int

  package static let standard = ModelLimits()

  package init(
    arenaBytesMax: Int = RuntimeLimits.arenaBytesMax,
    fileBytesMax: Int = RuntimeLimits.fileBytesMax, workMax: Int = RuntimeLimits.workMax
  ) {
    self.arenaBytesMax = arenaBytesMax
    self.fileBytesMax = fileBytesMax
    self.workMax = workMax
  }
}
