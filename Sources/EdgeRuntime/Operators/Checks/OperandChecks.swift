/// The checks that `prepare` makes of its node's operands: their count, types and shapes. Each
/// check throws an error that says what it found.
extension Node {
  func requireOperands(inputs: ClosedRange<Int>, outputs expected: Int = 1) throws(ModelError) {
    guard inputs.contains(self.inputs.count) else {
      throw .inputCount(node: index, found: self.inputs.count, expected: inputs)
    }
    guard outputs.count == expected else {
      throw .outputCount(node: index, found: outputs.count, expected: expected)
    }
  }

  /// Requires `expected` outputs, at least one. For operators that may have many.
  func requireOutputs(_ expected: Int) throws(ModelError) {
    guard outputs.count == expected, expected > 0 else {
      throw .outputCount(node: index, found: outputs.count, expected: max(expected, 1))
    }
  }

  /// An operand that must be there.
  func input(_ position: Int) throws(ModelError) -> Tensor {
    guard let tensor = inputs[position] else {
      throw .operandMissing(node: index, input: position)
    }
    return tensor
  }

  /// An operand that may be left out, by a shorter list or by −1.
  func optionalInput(_ position: Int) -> Tensor? {
    position < inputs.count ? inputs[position] : nil
  }

  /// The operand in which the operator keeps its state.
  func state(_ position: Int) throws(ModelError) -> Tensor {
    let tensor = try input(position)
    guard tensor.role == .state else {
      throw .operandNotState(node: index, tensor: tensor.index)
    }
    return tensor
  }

  // MARK: Types

  func requireType(_ tensor: Tensor, _ type: ElementType) throws(ModelError) {
    guard tensor.type == type else { throw refusal(ofType: tensor) }
  }

  func requireType(_ tensor: Tensor, oneOf types: [ElementType]) throws(ModelError) {
    guard types.contains(tensor.type) else { throw refusal(ofType: tensor) }
  }

  /// The error for a type that the operator does not know.
  func refusal(ofType tensor: Tensor) -> ModelError {
    .operandType(node: index, tensor: tensor.index, found: tensor.type)
  }

  // MARK: Shapes

  func requireRank(_ tensor: Tensor, _ rank: Int) throws(ModelError) {
    guard tensor.shape.rank == rank else { throw refusal(ofRank: tensor, expected: rank) }
  }

  func requireRank(_ tensor: Tensor, atLeast rank: Int) throws(ModelError) {
    guard tensor.shape.rank >= rank else { throw refusal(ofRank: tensor, expected: rank) }
  }

  func refusal(ofRank tensor: Tensor, expected: Int) -> ModelError {
    .operandRank(
      node: index, tensor: tensor.index, found: tensor.shape.rank, expected: expected)
  }

  /// Requires that the shape that the operator computes is the shape that the file says.
  func requireShape(_ tensor: Tensor, _ shape: Shape) throws(ModelError) {
    try requireDimensions(tensor, shape.array)
  }

  /// The same for dimensions that may be too many or too large for any tensor.
  func requireDimensions(_ tensor: Tensor, _ dimensions: [Int]) throws(ModelError) {
    try requireRank(tensor, dimensions.count)
    for axis in dimensions.indices { try requireDimension(tensor, axis, dimensions[axis]) }
  }

  func requireDimension(_ tensor: Tensor, _ axis: Int, _ expected: Int) throws(ModelError) {
    guard tensor.shape[axis] == expected else {
      throw .operandDimension(
        node: index, tensor: tensor.index, axis: axis, found: tensor.shape[axis],
        expected: expected)
    }
  }

  func requireCount(_ tensor: Tensor, _ expected: Int) throws(ModelError) {
    guard tensor.shape.count == expected else {
      throw .operandCount(
        node: index, tensor: tensor.index, found: tensor.shape.count, expected: expected)
    }
  }
}
