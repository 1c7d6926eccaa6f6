/// Why this runtime cannot run a file as a model: numbers and no prose. `node` counts operators in
/// the file's order, `tensor` and `buffer` are the file's indices, and `at` is a byte offset.
package enum ModelError: Error, Equatable {
  // The file and its FlatBuffer.
  case fileTooSmall(bytes: Int)
  case fileTooLarge(bytes: Int, limit: Int)
  case identifierWrong(found: UInt32)
  case schemaVersionUnsupported(found: UInt32)
  case offsetOutOfBounds(at: Int, target: Int)
  case misaligned(at: Int)
  case tableInvalid(at: Int)
  case fieldOutOfBounds(table: Int, field: Int)
  case vectorOutOfBounds(at: Int, count: Int)
  case nestedTooDeep(at: Int)
  case visitedTooMuch(bytes: Int, limit: Int)
  case missing(ModelPart)
  case tooMany(ModelPart, found: Int, limit: Int)

  // The graph.
  case subgraphCount(found: Int)
  case subgraphOutOfRange(node: Int, index: Int, count: Int)
  case subgraphCalledAgain(node: Int, index: Int)
  case initializationMisplaced(node: Int)
  case operatorCodeOutOfRange(node: Int, index: Int, count: Int)
  case operatorUnsupported(node: Int, builtinCode: Int32, version: Int32)
  case inputCount(node: Int, found: Int, expected: ClosedRange<Int>)
  case outputCount(node: Int, found: Int, expected: Int)
  /// `node` is nil for the inputs and outputs of the graph itself.
  case tensorIndexOutOfRange(node: Int?, index: Int, count: Int)
  case operandMissing(node: Int, input: Int)
  case operandNotConstant(node: Int, tensor: Int)
  case operandWrittenInPlace(node: Int, tensor: Int)
  case constantWritten(node: Int, tensor: Int)
  case graphInputWritten(node: Int, tensor: Int)
  case writtenTwice(node: Int, tensor: Int)
  case readBeforeWritten(node: Int, tensor: Int)
  case graphInputConstant(tensor: Int)
  case graphInputRepeated(tensor: Int)
  case graphOutputNotWritten(tensor: Int)
  case operandNotState(node: Int, tensor: Int)
  case variableDiffers(node: Int, tensor: Int)
  case variableNotAssigned(node: Int, tensor: Int)
  case variableNameTooLong(node: Int, bytes: Int, limit: Int)

  // Tensors.
  case tensorTypeUnsupported(tensor: Int, type: UInt8)
  case tensorVariable(tensor: Int)
  case tensorSparse(tensor: Int)
  case rankTooHigh(tensor: Int, rank: Int, limit: Int)
  case dimensionOutOfRange(tensor: Int, axis: Int, found: Int, limit: Int)
  case tensorTooLarge(tensor: Int, limit: Int)
  case bufferOutOfRange(tensor: Int, buffer: Int, count: Int)
  case bufferExternal(buffer: Int)
  case constantBytes(tensor: Int, found: Int, expected: Int)
  case scaleOutOfRange(tensor: Int, channel: Int, scale: Float)
  case zeroPointOutOfRange(tensor: Int, channel: Int, found: Int64)
  case channelCount(tensor: Int, found: Int, expected: Int)
  case quantizationAxis(tensor: Int, axis: Int)
  case quantizationUnsupported(tensor: Int, details: UInt8)
  case quantizationMissing(tensor: Int)

  // Operators.
  case optionsMismatched(node: Int, found: UInt8, expected: UInt8)
  case optionOutOfRange(node: Int, option: OperatorOption, found: Int, allowed: ClosedRange<Int>)
  case activationUnsupported(node: Int, activation: Int)
  case recurrentVariant(node: Int, RecurrentVariant)
  case operandType(node: Int, tensor: Int, found: ElementType)
  case operandRank(node: Int, tensor: Int, found: Int, expected: Int)
  case operandDimension(node: Int, tensor: Int, axis: Int, found: Int, expected: Int)
  case operandCount(node: Int, tensor: Int, found: Int, expected: Int)
  case axisOutOfRange(node: Int, axis: Int, rank: Int)
  case axisRepeated(node: Int, axis: Int)
  case quantizationDiffers(node: Int, tensor: Int)
  case channelsQuantized(node: Int, tensor: Int)
  case weightZeroPoint(node: Int, channel: Int, found: Int32)
  case biasScale(node: Int, channel: Int, found: Float, expected: Float)
  case multiplierOutOfRange(node: Int, channel: Int)
  case accumulatorOverflow(node: Int, channel: Int)

  // Work and memory.
  case workTooMuch(steps: Int, limit: Int)
  case tablesTooLarge(bytes: Int, limit: Int)
  case arenaTooLarge(bytes: Int, limit: Int)
  case memoryUnavailable(bytes: Int)
}

/// The parts of a model, for `ModelError.missing` and `.tooMany`.
package enum ModelPart: Sendable, Equatable {
  case subgraphs, tensors, operators, operatorCodes, buffers
  case graphInputs, graphOutputs, operatorInputs, operatorOutputs, operands
  case quantizationScales
  case variables
}

/// Kinds of LSTM that the runtime does not run, for `ModelError.recurrentVariant`.
package enum RecurrentVariant: Sendable, Equatable {
  case coupledGates, peepholes, projection, layerNormalization, diagonalRecurrence
}

/// The options of operators, for `ModelError.optionOutOfRange`.
package enum OperatorOption: Sendable, Equatable {
  case padding, strideHeight, strideWidth, dilationHeight, dilationWidth
  case filterHeight, filterWidth, depthMultiplier, weightsFormat, beta, paddingBefore, paddingAfter
  case newShape
  case parts, partSize, begin, stride, ellipses, squeezedAxes, multiple, blockSize, mirrorMode
  case index, batchAxes
  case rank
  case halfPixelCenters, largestCount
}
