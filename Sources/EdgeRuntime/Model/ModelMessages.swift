extension ModelError {
  /// What is wrong, where it is, and what the user can do about it, if anything.
  package var message: String {
    @export(interface)
    get {
      switch self {
      // The file and its FlatBuffer
      case .fileTooSmall(let bytes): "only \(counted(bytes, "byte")): no model; copy the file again"
      case .fileTooLarge(let bytes, let limit): "\(bytes) bytes; the limit is \(limit)"
      case .identifierWrong:
        "not a TensorFlow Lite file (no TFL3 identifier); give the converter's .tflite output"
      case .schemaVersionUnsupported(let found):
        "schema version \(found); this agent reads version 3"
      case .offsetOutOfBounds(let at, let target):
        "truncated or damaged: byte \(at) points to byte \(target), outside the file; copy it again"
      case .misaligned(let at): "damaged: unaligned data at byte \(at)"
      case .tableInvalid(let at): "truncated or damaged: no valid table at byte \(at)"
      case .fieldOutOfBounds(let table, let field):
        "truncated or damaged: field \(field) of the table at byte \(table) lies outside the file"
      case .vectorOutOfBounds(let at, let count):
        "truncated or damaged: \(count) elements at byte \(at) reach beyond the file; copy it again"
      case .nestedTooDeep(let at): "nested too deeply at byte \(at)"
      case .visitedTooMuch(let bytes, let limit):
        "the same bytes are used again and again (\(bytes) read, limit \(limit)); not a real model"
      case .missing(let part): "has no \(part.words)"
      case .tooMany(let part, let found, let limit):
        "\(found) \(part.words); the limit is \(limit)"

      // The graph
      case .subgraphCount(let found):
        "\(counted(found, "subgraph")); this agent runs a main one, and others only to initialize variables"
      case .subgraphOutOfRange(let node, let index, let count):
        "operator \(node): calls subgraph \(index) of \(count)"
      case .subgraphCalledAgain(let node, let index):
        "operator \(node): calls subgraph \(index) a second time"
      case .initializationMisplaced(let node):
        "operator \(node): CALL_ONCE must come before all uses of variables, in the main subgraph"
      case .operatorCodeOutOfRange(let node, let index, let count):
        "operator \(node): operator code \(index) of \(count)"
      case .operatorUnsupported(let node, let code, let version):
        "operator \(node): \(OperatorName.name(of: code)) version \(version) is not supported; "
          + "`edgeagent version` lists supported ones; convert the model without it"
      case .inputCount(let node, let found, let expected):
        "operator \(node): \(counted(found, "input")), expected \(expected.words)"
      case .outputCount(let node, let found, let expected):
        "operator \(node): \(counted(found, "output")), expected \(expected)"
      case .tensorIndexOutOfRange(let node, let index, let count):
        "\(node.map { "operator \($0)" } ?? "graph"): tensor \(index) of \(count)"
      case .operandMissing(let node, let input): "operator \(node): input \(input) is missing"
      case .operandNotConstant(let node, let tensor):
        "operator \(node): tensor \(tensor) must be a constant"
      case .operandWrittenInPlace(let node, let tensor):
        "operator \(node): tensor \(tensor) is both input and output"
      case .constantWritten(let node, let tensor):
        "operator \(node): writes the constant tensor \(tensor)"
      case .graphInputWritten(let node, let tensor):
        "operator \(node): writes the model's input, tensor \(tensor)"
      case .writtenTwice(let node, let tensor): "operator \(node): writes tensor \(tensor) again"
      case .readBeforeWritten(let node, let tensor):
        "operator \(node): reads tensor \(tensor) before anything wrote it"
      case .graphInputConstant(let tensor): "the model's input, tensor \(tensor), is a constant"
      case .graphInputRepeated(let tensor): "tensor \(tensor) is an input twice"
      case .graphOutputNotWritten(let tensor): "nothing writes the output, tensor \(tensor)"
      case .operandNotState(let node, let tensor):
        "operator \(node): tensor \(tensor) must be a variable tensor, which keeps the state"
      case .variableDiffers(let node, let tensor):
        "operator \(node): tensor \(tensor) has not the type and size of the variable's first value"
      case .variableNotAssigned(let node, let tensor):
        "operator \(node): nothing ever assigns the variable that tensor \(tensor) names"
      case .variableNameTooLong(let node, let bytes, let limit):
        "operator \(node): the variable's name has \(bytes) bytes; the limit is \(limit)"

      // Tensors
      case .tensorTypeUnsupported(let tensor, let type):
        "tensor \(tensor): element type \(type) is not supported"
      case .tensorVariable(let tensor):
        "tensor \(tensor): a variable tensor has no data and belongs to one SVDF or LSTM alone"
      case .tensorSparse(let tensor): "tensor \(tensor): sparse tensors are not supported"
      case .rankTooHigh(let tensor, let rank, let limit):
        "tensor \(tensor): rank \(rank); the limit is \(limit)"
      case .dimensionOutOfRange(let tensor, let axis, let found, let limit):
        "tensor \(tensor): dimension \(axis) is \(found); allowed are 1 to \(limit)"
      case .tensorTooLarge(let tensor, let limit):
        "tensor \(tensor): larger than the limit of \(limit) bytes"
      case .bufferOutOfRange(let tensor, let buffer, let count):
        "tensor \(tensor): buffer \(buffer) of \(count)"
      case .bufferExternal(let buffer): "buffer \(buffer): data outside the file is not supported"
      case .constantBytes(let tensor, let found, let expected):
        "tensor \(tensor): \(counted(found, "byte")) of data, its shape needs \(expected)"
      case .scaleOutOfRange(let tensor, let channel, let scale):
        "tensor \(tensor): scale \(scale) of channel \(channel) is out of range"
      case .zeroPointOutOfRange(let tensor, let channel, let found):
        "tensor \(tensor): zero point \(found) of channel \(channel) is out of range"
      case .channelCount(let tensor, let found, let expected):
        "tensor \(tensor): \(counted(found, "quantized channel")), its axis has \(expected)"
      case .quantizationAxis(let tensor, let axis):
        "tensor \(tensor): quantized along axis \(axis), which is not allowed"
      case .quantizationUnsupported(let tensor, let details):
        "tensor \(tensor): quantization of kind \(details) is not supported"
      case .quantizationMissing(let tensor):
        "tensor \(tensor): not quantized; convert the model to full int8"

      // Operators
      case .optionsMismatched(let node, let found, let expected):
        "operator \(node): options of kind \(found), expected \(expected)"
      case .optionOutOfRange(let node, let option, let found, let allowed):
        "operator \(node): \(option.words) is \(found), allowed \(allowed.words)"
      case .activationUnsupported(let node, let activation):
        "operator \(node): fused activation \(activation) is not supported"
      case .recurrentVariant(let node, let variant):
        "operator \(node): LSTM with \(variant.words) is not supported; train it without"
      case .operandType(let node, let tensor, let found):
        "operator \(node): tensor \(tensor) is \(found.name), which this operator does not take; "
          + "convert the model to full int8"
      case .operandRank(let node, let tensor, let found, let expected):
        "operator \(node): tensor \(tensor) has rank \(found), expected \(expected)"
      case .operandDimension(let node, let tensor, let axis, let found, let expected):
        "operator \(node): dimension \(axis) of tensor \(tensor) is \(found), expected \(expected)"
      case .operandCount(let node, let tensor, let found, let expected):
        "operator \(node): tensor \(tensor) has \(counted(found, "element")), expected \(expected)"
      case .axisOutOfRange(let node, let axis, let rank):
        "operator \(node): axis \(axis) of a tensor of rank \(rank)"
      case .axisRepeated(let node, let axis): "operator \(node): axis \(axis) twice"
      case .quantizationDiffers(let node, let tensor):
        "operator \(node): tensor \(tensor) must be quantized as the input is"
      case .channelsQuantized(let node, let tensor):
        "operator \(node): tensor \(tensor) must have one scale, not one a channel"
      case .weightZeroPoint(let node, let channel, let found):
        "operator \(node): zero point \(found) of weight channel \(channel) must be 0"
      case .biasScale(let node, let channel, let found, let expected):
        "operator \(node): bias scale \(found) of channel \(channel), expected about \(expected)"
      case .multiplierOutOfRange(let node, let channel):
        "operator \(node): scales of channel \(channel) make no representable multiplier"
      case .accumulatorOverflow(let node, let channel):
        "operator \(node): sums of channel \(channel) can overflow 32 bits"

      // Work and memory
      case .workTooMuch(let steps, let limit):
        "one inference is at least \(steps) steps of work; the limit is \(limit)"
      case .tablesTooLarge(let bytes, let limit):
        "needs tables of \(bytes) bytes; the limit is \(limit)"
      case .arenaTooLarge(let bytes, let limit):
        "needs an arena of \(bytes) bytes; the limit is \(limit)"
      case .memoryUnavailable(let bytes): "no memory for \(bytes) bytes"
      }
    }
  }
}

extension ModelPart {
  fileprivate var words: String {
    switch self {
    case .subgraphs: "subgraphs"
    case .tensors: "tensors"
    case .operators: "operators"
    case .operatorCodes: "operator codes"
    case .buffers: "buffers"
    case .graphInputs: "inputs"
    case .graphOutputs: "outputs"
    case .operatorInputs: "operator inputs"
    case .operatorOutputs: "operator outputs"
    case .operands: "operands of all operators"
    case .quantizationScales: "quantization scales"
    case .variables: "variables"
    }
  }
}

extension RecurrentVariant {
  fileprivate var words: String {
    switch self {
    case .coupledGates: "coupled input and forget gates"
    case .peepholes: "peepholes"
    case .projection: "a projection"
    case .layerNormalization: "layer normalization"
    case .diagonalRecurrence: "diagonal recurrent weights"
    }
  }
}

extension OperatorOption {
  fileprivate var words: String {
    switch self {
    case .padding: "padding"
    case .strideHeight: "stride height"
    case .strideWidth: "stride width"
    case .dilationHeight: "dilation height"
    case .dilationWidth: "dilation width"
    case .filterHeight: "filter height"
    case .filterWidth: "filter width"
    case .depthMultiplier: "depth multiplier"
    case .weightsFormat: "weights format"
    case .beta: "beta"
    case .paddingBefore: "padding before"
    case .paddingAfter: "padding after"
    case .newShape: "new shape"
    case .parts: "count of parts"
    case .partSize: "size of a part"
    case .begin: "begin"
    case .stride: "stride"
    case .ellipses: "count of ellipses"
    case .squeezedAxes: "count of squeezed axes"
    case .multiple: "multiple"
    case .blockSize: "block size"
    case .mirrorMode: "mirror mode"
    case .index: "index"
    case .batchAxes: "count of batch axes"
    case .rank: "rank"
    case .halfPixelCenters: "half-pixel centers beside aligned corners"
    case .largestCount: "count of largest values"
    }
  }
}

extension ClosedRange<Int> {
  /// The range in words: `2` or `1 to 3`.
  fileprivate var words: String {
    lowerBound == upperBound ? "\(lowerBound)" : "\(lowerBound) to \(upperBound)"
  }
}

/// `1 input`, `2 inputs`
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
