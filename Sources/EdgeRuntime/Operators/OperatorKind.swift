/// The operators that the runtime runs; raw values are the schema's (BuiltinOperator).
enum OperatorKind: Int32 {
  case add = 0
  case averagePool2D = 1
  case conv2D = 3
  case depthwiseConv2D = 4
  case dequantize = 6
  case fullyConnected = 9
  case maxPool2D = 17
  case reshape = 22
  case softmax = 25
  case pad = 34
  case mean = 40
  case quantize = 114

  /// The versions whose meaning for our types is known. A version says which types and options an
  /// operator may use; `prepare` checks those one by one.
  ///
  /// Source: tensorflow/lite/tools/versioning/op_version.cc.
  var versions: ClosedRange<Int32> {
    switch self {
    case .add: 1...2  // 2: int8
    case .averagePool2D, .maxPool2D: 1...2  // 2: int8
    case .conv2D: 1...3  // 2: dilation, 3: int8
    case .depthwiseConv2D: 1...3  // 2: dilation, 3: int8
    case .dequantize: 1...3  // 2: int8, 3: int16
    case .fullyConnected: 1...5  // 4: int8, 5: keep_num_dims
    case .reshape: 1...1
    case .softmax: 1...2  // 2: int8
    case .pad: 1...2  // 2: int8
    case .mean: 1...2  // 2: int8
    case .quantize: 1...2  // 2: int16
    }
  }
}
