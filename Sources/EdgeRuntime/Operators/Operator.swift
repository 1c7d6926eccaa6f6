/// The list of operators, in the schema's order. To add one, write its file, a `Kernel`, in the
/// folder of its family, and give it a line in each part of this list; nothing else changes.
///
/// Raw values are the schema's (BuiltinOperator).
enum OperatorKind: Int32 {
  case add = 0
  case averagePool2D = 1
  case concatenation = 2
  case conv2D = 3
  case depthwiseConv2D = 4
  case depthToSpace = 5
  case dequantize = 6
  case embeddingLookup = 7
  case floor = 8
  case fullyConnected = 9
  case l2Normalization = 11
  case logistic = 14
  case maxPool2D = 17
  case mul = 18
  case relu = 19
  case reluN1To1 = 20
  case relu6 = 21
  case reshape = 22
  case resizeBilinear = 23
  case softmax = 25
  case spaceToDepth = 26
  case svdf = 27
  case tanh = 28
  case pad = 34
  case gather = 36
  case batchToSpaceND = 37
  case spaceToBatchND = 38
  case transpose = 39
  case mean = 40
  case sub = 41
  case div = 42
  case squeeze = 43
  case unidirectionalSequenceLSTM = 44
  case stridedSlice = 45
  case exp = 47
  case topK = 48
  case split = 49
  case logSoftmax = 50
  case cast = 53
  case prelu = 54
  case maximum = 55
  case argMax = 56
  case minimum = 57
  case less = 58
  case neg = 59
  case padV2 = 60
  case greater = 61
  case greaterEqual = 62
  case lessEqual = 63
  case select = 64
  case slice = 65
  case sin = 66
  case transposeConv = 67
  case tile = 69
  case expandDims = 70
  case equal = 71
  case notEqual = 72
  case log = 73
  case sum = 74
  case sqrt = 75
  case rsqrt = 76
  case shape = 77
  case argMin = 79
  case reduceMax = 82
  case pack = 83
  case logicalOr = 84
  case logicalAnd = 86
  case logicalNot = 87
  case unpack = 88
  case reduceMin = 89
  case square = 92
  case zerosLike = 93
  case fill = 94
  case resizeNearestNeighbor = 97
  case leakyRelu = 98
  case squaredDifference = 99
  case mirrorPad = 100
  case abs = 101
  case splitV = 102
  case ceil = 104
  case reverseV2 = 105
  case gatherND = 107
  case cos = 108
  case elu = 111
  case quantize = 114
  case round = 116
  case hardSwish = 117
  case selectV2 = 123
  case batchMatMul = 126
  case cumSum = 128
  case callOnce = 129
  case broadcastTo = 130
  case varHandle = 142
  case readVariable = 143
  case assignVariable = 144
  case gelu = 150
  case relu0To1 = 152
  case sign = 158
}

/// An operator of a model, ready to run. There is one case for each kernel, in the order of the
/// kernels' folders. Operators that differ in a detail share a kernel, which reads `Node.kind`;
/// `prepare` below maps each kind to its kernel.
///
/// Every payload is a plain value (`BitwiseCopyable`), which the compiler checks here. So a running
/// operator changes no reference count.
enum Operator: BitwiseCopyable {
  // Weighted: sums of products
  case conv2D(Conv2D)
  case depthwiseConv2D(DepthwiseConv2D)
  case fullyConnected(FullyConnected)
  case transposeConv(TransposeConv)
  case batchMatMul(BatchMatMul)
  // Elementwise: one operand
  case realMap(RealMap)
  case logisticTanh(LogisticTanh)
  case relu(Relu)
  case prelu(Prelu)
  case neg(Neg)
  case sqrt(Sqrt)
  case rsqrt(Rsqrt)
  case logicalNot(LogicalNot)
  case leakyRelu(LeakyRelu)
  case abs(Abs)
  case hardSwish(HardSwish)
  case sign(Sign)
  // Convert: to another type
  case dequantize(Dequantize)
  case cast(Cast)
  case quantize(Quantize)
  // Binary: two or three operands that broadcast
  case addSub(AddSub)
  case mul(Mul)
  case div(Div)
  case maximumMinimum(MaximumMinimum)
  case comparison(Comparison)
  case select(Select)
  case logicalAndOr(LogicalAndOr)
  case squaredDifference(SquaredDifference)
  // Reduce: many elements to one
  case sumMean(SumMean)
  case argMaxMin(ArgMaxMin)
  case reduceMaxMin(ReduceMaxMin)
  // Rows: line by line
  case l2Normalization(L2Normalization)
  case softmax(Softmax)
  case topK(TopK)
  case logSoftmax(LogSoftmax)
  case cumSum(CumSum)
  // Move: bytes to other places
  case concatenation(Concatenation)
  case depthSpace(DepthSpace)
  case reshape(Reshape)
  case pad(Pad)
  case spaceBatchND(SpaceBatchND)
  case transpose(Transpose)
  case squeeze(Squeeze)
  case stridedSlice(StridedSlice)
  case split(Split)
  case slice(Slice)
  case tile(Tile)
  case expandDims(ExpandDims)
  case shape(ShapeOf)
  case pack(Pack)
  case unpack(Unpack)
  case zerosLike(ZerosLike)
  case fill(Fill)
  case mirrorPad(MirrorPad)
  case reverseV2(ReverseV2)
  case broadcastTo(BroadcastTo)
  // Gather: bytes that indices choose
  case embeddingLookup(EmbeddingLookup)
  case gather(Gather)
  case gatherND(GatherND)
  // Pool: windows of an image
  case pool2D(Pool2D)
  // Resize: images
  case resizeBilinear(ResizeBilinear)
  case resizeNearestNeighbor(ResizeNearestNeighbor)
  // Recurrent: operators with memory
  case svdf(SVDF)
  case unidirectionalSequenceLSTM(UnidirectionalSequenceLSTM)
  // Variables: the model's memory
  case callOnce(CallOnce)
  case varHandle(VarHandle)
  case readAssignVariable(ReadAssignVariable)

  /// Prepares the kernel for a node's kind.
  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Step {
    switch node.kind {
    // Weighted
    case .conv2D: try Step(node, setup, Operator.conv2D)
    case .depthwiseConv2D: try Step(node, setup, Operator.depthwiseConv2D)
    case .fullyConnected: try Step(node, setup, Operator.fullyConnected)
    case .transposeConv: try Step(node, setup, Operator.transposeConv)
    case .batchMatMul: try Step(node, setup, Operator.batchMatMul)
    // Elementwise
    case .floor, .exp, .sin, .log, .square, .ceil, .cos, .elu, .round, .gelu:
      try Step(node, setup, Operator.realMap)
    case .logistic, .tanh: try Step(node, setup, Operator.logisticTanh)
    case .relu, .reluN1To1, .relu6, .relu0To1: try Step(node, setup, Operator.relu)
    case .prelu: try Step(node, setup, Operator.prelu)
    case .neg: try Step(node, setup, Operator.neg)
    case .sqrt: try Step(node, setup, Operator.sqrt)
    case .rsqrt: try Step(node, setup, Operator.rsqrt)
    case .logicalNot: try Step(node, setup, Operator.logicalNot)
    case .leakyRelu: try Step(node, setup, Operator.leakyRelu)
    case .abs: try Step(node, setup, Operator.abs)
    case .hardSwish: try Step(node, setup, Operator.hardSwish)
    case .sign: try Step(node, setup, Operator.sign)
    // Convert
    case .dequantize: try Step(node, setup, Operator.dequantize)
    case .cast: try Step(node, setup, Operator.cast)
    case .quantize: try Step(node, setup, Operator.quantize)
    // Binary
    case .add, .sub: try Step(node, setup, Operator.addSub)
    case .mul: try Step(node, setup, Operator.mul)
    case .div: try Step(node, setup, Operator.div)
    case .maximum, .minimum: try Step(node, setup, Operator.maximumMinimum)
    case .less, .greater, .greaterEqual, .lessEqual, .equal, .notEqual:
      try Step(node, setup, Operator.comparison)
    case .select, .selectV2: try Step(node, setup, Operator.select)
    case .logicalOr, .logicalAnd: try Step(node, setup, Operator.logicalAndOr)
    case .squaredDifference: try Step(node, setup, Operator.squaredDifference)
    // Reduce
    case .mean, .sum: try Step(node, setup, Operator.sumMean)
    case .argMax, .argMin: try Step(node, setup, Operator.argMaxMin)
    case .reduceMax, .reduceMin: try Step(node, setup, Operator.reduceMaxMin)
    // Rows
    case .l2Normalization: try Step(node, setup, Operator.l2Normalization)
    case .softmax: try Step(node, setup, Operator.softmax)
    case .topK: try Step(node, setup, Operator.topK)
    case .logSoftmax: try Step(node, setup, Operator.logSoftmax)
    case .cumSum: try Step(node, setup, Operator.cumSum)
    // Move
    case .concatenation: try Step(node, setup, Operator.concatenation)
    case .depthToSpace, .spaceToDepth: try Step(node, setup, Operator.depthSpace)
    case .reshape: try Step(node, setup, Operator.reshape)
    case .pad, .padV2: try Step(node, setup, Operator.pad)
    case .batchToSpaceND, .spaceToBatchND: try Step(node, setup, Operator.spaceBatchND)
    case .transpose: try Step(node, setup, Operator.transpose)
    case .squeeze: try Step(node, setup, Operator.squeeze)
    case .stridedSlice: try Step(node, setup, Operator.stridedSlice)
    case .split, .splitV: try Step(node, setup, Operator.split)
    case .slice: try Step(node, setup, Operator.slice)
    case .tile: try Step(node, setup, Operator.tile)
    case .expandDims: try Step(node, setup, Operator.expandDims)
    case .shape: try Step(node, setup, Operator.shape)
    case .pack: try Step(node, setup, Operator.pack)
    case .unpack: try Step(node, setup, Operator.unpack)
    case .zerosLike: try Step(node, setup, Operator.zerosLike)
    case .fill: try Step(node, setup, Operator.fill)
    case .mirrorPad: try Step(node, setup, Operator.mirrorPad)
    case .reverseV2: try Step(node, setup, Operator.reverseV2)
    case .broadcastTo: try Step(node, setup, Operator.broadcastTo)
    // Gather
    case .embeddingLookup: try Step(node, setup, Operator.embeddingLookup)
    case .gather: try Step(node, setup, Operator.gather)
    case .gatherND: try Step(node, setup, Operator.gatherND)
    // Pool
    case .averagePool2D, .maxPool2D: try Step(node, setup, Operator.pool2D)
    // Resize
    case .resizeBilinear: try Step(node, setup, Operator.resizeBilinear)
    case .resizeNearestNeighbor: try Step(node, setup, Operator.resizeNearestNeighbor)
    // Recurrent
    case .svdf: try Step(node, setup, Operator.svdf)
    case .unidirectionalSequenceLSTM: try Step(node, setup, Operator.unidirectionalSequenceLSTM)
    // Variables
    case .callOnce: try Step(node, setup, Operator.callOnce)
    case .varHandle: try Step(node, setup, Operator.varHandle)
    case .readVariable, .assignVariable: try Step(node, setup, Operator.readAssignVariable)
    }
  }

  @inline(__always)
  func eval(_ memory: Memory) {
    switch self {
    // Weighted
    case .conv2D(let kernel): kernel.eval(memory)
    case .depthwiseConv2D(let kernel): kernel.eval(memory)
    case .fullyConnected(let kernel): kernel.eval(memory)
    case .transposeConv(let kernel): kernel.eval(memory)
    case .batchMatMul(let kernel): kernel.eval(memory)
    // Elementwise
    case .realMap(let kernel): kernel.eval(memory)
    case .logisticTanh(let kernel): kernel.eval(memory)
    case .relu(let kernel): kernel.eval(memory)
    case .prelu(let kernel): kernel.eval(memory)
    case .neg(let kernel): kernel.eval(memory)
    case .sqrt(let kernel): kernel.eval(memory)
    case .rsqrt(let kernel): kernel.eval(memory)
    case .logicalNot(let kernel): kernel.eval(memory)
    case .leakyRelu(let kernel): kernel.eval(memory)
    case .abs(let kernel): kernel.eval(memory)
    case .hardSwish(let kernel): kernel.eval(memory)
    case .sign(let kernel): kernel.eval(memory)
    // Convert
    case .dequantize(let kernel): kernel.eval(memory)
    case .cast(let kernel): kernel.eval(memory)
    case .quantize(let kernel): kernel.eval(memory)
    // Binary
    case .addSub(let kernel): kernel.eval(memory)
    case .mul(let kernel): kernel.eval(memory)
    case .div(let kernel): kernel.eval(memory)
    case .maximumMinimum(let kernel): kernel.eval(memory)
    case .comparison(let kernel): kernel.eval(memory)
    case .select(let kernel): kernel.eval(memory)
    case .logicalAndOr(let kernel): kernel.eval(memory)
    case .squaredDifference(let kernel): kernel.eval(memory)
    // Reduce
    case .sumMean(let kernel): kernel.eval(memory)
    case .argMaxMin(let kernel): kernel.eval(memory)
    case .reduceMaxMin(let kernel): kernel.eval(memory)
    // Rows
    case .l2Normalization(let kernel): kernel.eval(memory)
    case .softmax(let kernel): kernel.eval(memory)
    case .topK(let kernel): kernel.eval(memory)
    case .logSoftmax(let kernel): kernel.eval(memory)
    case .cumSum(let kernel): kernel.eval(memory)
    // Move
    case .concatenation(let kernel): kernel.eval(memory)
    case .depthSpace(let kernel): kernel.eval(memory)
    case .reshape(let kernel): kernel.eval(memory)
    case .pad(let kernel): kernel.eval(memory)
    case .spaceBatchND(let kernel): kernel.eval(memory)
    case .transpose(let kernel): kernel.eval(memory)
    case .squeeze(let kernel): kernel.eval(memory)
    case .stridedSlice(let kernel): kernel.eval(memory)
    case .split(let kernel): kernel.eval(memory)
    case .slice(let kernel): kernel.eval(memory)
    case .tile(let kernel): kernel.eval(memory)
    case .expandDims(let kernel): kernel.eval(memory)
    case .shape(let kernel): kernel.eval(memory)
    case .pack(let kernel): kernel.eval(memory)
    case .unpack(let kernel): kernel.eval(memory)
    case .zerosLike(let kernel): kernel.eval(memory)
    case .fill(let kernel): kernel.eval(memory)
    case .mirrorPad(let kernel): kernel.eval(memory)
    case .reverseV2(let kernel): kernel.eval(memory)
    case .broadcastTo(let kernel): kernel.eval(memory)
    // Gather
    case .embeddingLookup(let kernel): kernel.eval(memory)
    case .gather(let kernel): kernel.eval(memory)
    case .gatherND(let kernel): kernel.eval(memory)
    // Pool
    case .pool2D(let kernel): kernel.eval(memory)
    // Resize
    case .resizeBilinear(let kernel): kernel.eval(memory)
    case .resizeNearestNeighbor(let kernel): kernel.eval(memory)
    // Recurrent
    case .svdf(let kernel): kernel.eval(memory)
    case .unidirectionalSequenceLSTM(let kernel): kernel.eval(memory)
    // Variables
    case .callOnce(let kernel): kernel.eval(memory)
    case .varHandle(let kernel): kernel.eval(memory)
    case .readAssignVariable(let kernel): kernel.eval(memory)
    }
  }
}
