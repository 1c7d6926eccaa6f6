/// The description of a tensor, for code that writes it, reads it or prints it.
package struct TensorInfo: Sendable {
  /// The tensor's index in the file.
  package let index: Int
  /// The name that the converter wrote, cut at 128 bytes; untrusted text.
  package let name: String
  /// Outermost first; empty for a scalar.
  package let shape: [Int]
  package let type: ElementType
  /// real = scale · (q − zeroPoint). The scale is 0 if the tensor is not quantized with one scale.
  package let scale: Float
  package let zeroPoint: Int
  package let byteCount: Int
  package let isConstant: Bool
  /// The bytes that are remembered from one inference to the next, of a tensor that is a state or
  /// of the variable that the tensor names. 0 for all other tensors.
  package let stateBytes: Int
  /// The count of scales of a tensor that is quantized channel by channel; 0 or 1 for all others.
  package let scaleCount: Int

  /// The product of the dimensions.
  package var elementCount: Int { shape.reduce(1, *) }

  init(_ tensor: Tensor, in graph: Graph) {
    index = tensor.index
    name = tensor.name
    shape = tensor.shape.array
    type = tensor.type
    scale = tensor.affine?.scale ?? 0
    zeroPoint = Int(tensor.affine?.zeroPoint ?? 0)
    byteCount = tensor.byteCount
    isConstant = tensor.constant != nil
    let variableBytes = tensor.variable.map { graph.states[$0].byteCount } ?? 0
    stateBytes = tensor.role == .state ? tensor.byteCount : variableBytes
    scaleCount = tensor.quantization.scales.count
  }
}

/// The description of an operator, for code that prints it.
package struct NodeInfo: Sendable {
  /// The operator's place in the order of execution.
  package let index: Int
  /// TensorFlow Lite's name, such as "CONV_2D".
  package let operatorName: String
  package let builtinCode: Int32
  /// Tensor indices; −1 for an operand that is left out.
  package let inputs: [Int]
  package let outputs: [Int]
  /// The shape of the first output; empty for an operator without outputs.
  package let outputShape: [Int]
  /// Multiplications of weights; 0 for operators without weights.
  package let multiplyAccumulates: Int
  /// The bytes of the arena that this operator uses only while it runs, in addition to its
  /// operands.
  package let scratchBytes: Int

  init(_ node: Node, _ prepared: Step) {
    index = node.index
    operatorName = OperatorName.name(of: node.kind.rawValue)
    builtinCode = node.kind.rawValue
    inputs = node.inputs.map { $0?.index ?? -1 }
    outputs = node.outputs.map { $0.index }
    outputShape = node.outputs.first?.shape.array ?? []
    multiplyAccumulates = prepared.multiplyAccumulates
    scratchBytes = prepared.scratchBytes
  }
}
