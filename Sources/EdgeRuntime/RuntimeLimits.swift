/// Every limit of the module, each with its reason. A model beyond one is refused by name.
package enum RuntimeLimits {
  /// The largest published fully-integer model for boards is under 4 MiB; room for four times that.
  package static let fileBytesMax = 16 << 20
  /// Bytes the reader may touch, as a multiple of the file: an honest file is read once by the
  /// structure and twice by the checks of its weights; a hostile one shares one table many times.
  package static let visitsPerByteMax = 4
  /// Tables inside tables. The schema itself needs 6.
  package static let depthMax = 16

  /// Streaming models, the largest in count, have some 600 tensors and 300 operators.
  package static let tensorsMax = 4096
  package static let operatorsMax = 2048
  package static let operatorCodesMax = 256
  /// One buffer a tensor and a few of metadata.
  package static let buffersMax = 8192
  /// Inputs, and outputs, of a graph or of one operator.
  package static let operandsMax = 64
  /// Operands of all operators together: eight each at the limit of operators. Honest models have
  /// four; lists of operands can be shared, so that a small file could describe very many.
  package static let operandsOfAllMax = 16_384
  /// Elements of an integer tensor that is worked out before the first inference: twice a shape of
  /// the highest rank, such as paddings, and some room.
  package static let foldedElementsMax = 64
  /// Bytes of a tensor's name kept for messages; the rest is cut.
  package static let nameBytesMax = 128
  /// Streaming models have one variable a layer, a dozen in all.
  package static let variablesMax = 128
  /// Bytes of a variable's name, which is compared with those of all others.
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

  /// Channels whose weights died in training have scales of 1e-13 in published models
  /// (visual wake words); a multiplier that small becomes 0, so that the smallest normal number is
  /// as safe as any.
  package static let scaleMin: Float = .leastNormalMagnitude
  package static let scaleMax: Float = 1e6
  /// How far a bias scale may lie from input scale × weight scale, as a part of the output scale.
  /// TensorFlow Lite's own tolerance (kernel_util.cc).
  package static let biasScaleTolerance = 0.02

  /// Where the arena and every tensor in it begin: a NEON register, a quarter of a cache line.
  package static let tensorAlignment = 16
  /// 4 MiB: forty times what a person detector needs, and a twentieth of the agent's memory cap.
  package static let arenaBytesMax = 4 << 20

  /// Tables beside the file, of biases and multipliers: up to 12 bytes a channel, so that 4 MiB are
  /// 350,000 channels or more. Weights can be shared and their tables are not, so that a file could
  /// ask for fifty times its size.
  package static let tableBytesMax = 4 << 20
  /// Multiplications and element reads of one inference: a second at one a nanosecond, which is
  /// what a slow core does. Beyond, no alert would be on time; the latency budget itself is the
  /// configuration's, and measured.
  package static let workMax = 1 << 30

  /// Sums that wait for rounding, between a dot product and its output.
  package static let sumsBlock = 32

  /// 20 s at 200 Hz.
  package static let windowStepsMax = 4096
  /// Values of one sample.
  package static let axesMax = 64
}

/// What the owner of the machine allows one model.
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
