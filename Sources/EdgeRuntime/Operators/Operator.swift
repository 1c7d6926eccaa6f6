/// The list of operators: one case and one file each. To add one, write its file, give it a case
/// here and in `OperatorKind`, and follow the compiler through the switches.
///
/// Every payload is a plain value (`BitwiseCopyable`): running an operator touches no reference
/// count, which the compiler proves here.
enum Operator: BitwiseCopyable {
  case add(Add)
  case averagePool2D(AveragePool2D)
  case conv2D(Conv2D)
  case depthwiseConv2D(DepthwiseConv2D)
  case dequantize(Dequantize)
  case fullyConnected(FullyConnected)
  case maxPool2D(MaxPool2D)
  case mean(Mean)
  case pad(Pad)
  case quantize(Quantize)
  case reshape(Reshape)
  case softmax(Softmax)

  /// Setup: proves everything that `eval` relies on, or refuses the model. Touches no arena.
  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Operator {
    switch node.kind {
    case .add: .add(try Add.prepare(node))
    case .averagePool2D: .averagePool2D(try AveragePool2D.prepare(node))
    case .conv2D: .conv2D(try Conv2D.prepare(node, setup))
    case .depthwiseConv2D: .depthwiseConv2D(try DepthwiseConv2D.prepare(node, setup))
    case .dequantize: .dequantize(try Dequantize.prepare(node))
    case .fullyConnected: .fullyConnected(try FullyConnected.prepare(node, setup))
    case .maxPool2D: .maxPool2D(try MaxPool2D.prepare(node))
    case .mean: .mean(try Mean.prepare(node))
    case .pad: .pad(try Pad.prepare(node))
    case .quantize: .quantize(try Quantize.prepare(node))
    case .reshape: .reshape(try Reshape.prepare(node))
    case .softmax: .softmax(try Softmax.prepare(node))
    }
  }

  /// Hot: neither throws nor allocates.
  @inline(__always)
  func eval(_ memory: Memory) {
    switch self {
    case .add(let add): add.eval(memory)
    case .averagePool2D(let pool): pool.eval(memory)
    case .conv2D(let conv): conv.eval(memory)
    case .depthwiseConv2D(let conv): conv.eval(memory)
    case .dequantize(let dequantize): dequantize.eval(memory)
    case .fullyConnected(let fullyConnected): fullyConnected.eval(memory)
    case .maxPool2D(let pool): pool.eval(memory)
    case .mean(let mean): mean.eval(memory)
    case .pad(let pad): pad.eval(memory)
    case .quantize(let quantize): quantize.eval(memory)
    case .reshape(let reshape): reshape.eval(memory)
    case .softmax(let softmax): softmax.eval(memory)
    }
  }

  /// Bytes that the operator needs in the arena while it runs, beside its operands.
  var scratchBytes: Int {
    switch self {
    case .conv2D(let conv): conv.scratchBytes
    case .depthwiseConv2D(let conv): conv.scratchBytes
    case .fullyConnected(let fullyConnected): fullyConnected.scratchBytes
    default: 0
    }
  }

  /// Multiplications of weights, the usual measure of a model's cost.
  var multiplyAccumulates: Int {
    switch self {
    case .conv2D(let conv): conv.multiplyAccumulates
    case .depthwiseConv2D(let conv): conv.multiplyAccumulates
    case .fullyConnected(let fullyConnected): fullyConnected.multiplyAccumulates
    default: 0
    }
  }

  /// Whether the first output is the first input under another shape, so that both may have one
  /// place in the arena.
  var outputIsInput: Bool {
    if case .reshape = self { return true }
    return false
  }
}
