/// What a tensor is, for code that feeds it, reads it or prints it.
package struct TensorInfo: Sendable {
  /// The tensor's index in the file.
  package let index: Int
  /// As the converter wrote it, cut at 128 bytes; untrusted text.
  package let name: String
  /// Outermost first; empty for a scalar.
  package let shape: [Int]
  package let type: ElementType
  /// real = scale · (q − zeroPoint); scale is 0 for a tensor that is not quantized as a whole.
  package let scale: Float
  package let zeroPoint: Int
  package let byteCount: Int
  package let isConstant: Bool
  /// Bytes that are remembered from one inference to the next: those of a tensor that is a state,
  /// or of the variable that a tensor names. 0 for all others.
  package let stateBytes: Int
  /// Scales of a tensor quantized channel by channel; 0 or 1 otherwise.
  package let scaleCount: Int

  /// Product of the shape.
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

/// What an operator is, for code that prints it.
package struct NodeInfo: Sendable {
  /// The operator's place in the order of execution.
  package let index: Int
  /// TensorFlow Lite's name, such as "CONV_2D".
  package let operatorName: String
  package let builtinCode: Int32
  /// Tensor indices; −1 for an operand left out.
  package let inputs: [Int]
  package let outputs: [Int]
  /// The shape of the first output; empty for an operator without.
  package let outputShape: [Int]
  /// Multiplications of weights; 0 for operators without.
  package let multiplyAccumulates: Int
  /// Bytes of the arena in use only while this operator runs, beside its operands.
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
