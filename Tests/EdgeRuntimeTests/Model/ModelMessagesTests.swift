import Testing

@testable import EdgeRuntime

/// Goal: every fault of a model has a separate sentence.
/// Method: one error of every case. The compiler checks that the switch has all cases.
@Suite struct ModelMessagesTests {
  private static let errors: [ModelError] = [
    .fileTooSmall(bytes: 1), .fileTooLarge(bytes: 2, limit: 1), .identifierWrong(found: 1),
    .schemaVersionUnsupported(found: 2), .offsetOutOfBounds(at: 1, target: 2),
    .misaligned(at: 1), .tableInvalid(at: 1), .fieldOutOfBounds(table: 1, field: 2),
    .vectorOutOfBounds(at: 1, count: 2), .nestedTooDeep(at: 1),
    .visitedTooMuch(bytes: 2, limit: 1), .missing(.tensors),
    .tooMany(.tensors, found: 2, limit: 1), .subgraphCount(found: 2),
    .subgraphOutOfRange(node: 1, index: 3, count: 2), .subgraphCalledAgain(node: 1, index: 1),
    .initializationMisplaced(node: 1), .operandNotState(node: 1, tensor: 2),
    .variableDiffers(node: 1, tensor: 2), .variableNotAssigned(node: 1, tensor: 2),
    .variableNameTooLong(node: 1, bytes: 300, limit: 256),
    .recurrentVariant(node: 1, .peepholes),
    .operatorCodeOutOfRange(node: 0, index: 2, count: 1),
    .operatorUnsupported(node: 0, builtinCode: 66, version: 1),
    .inputCount(node: 0, found: 1, expected: 2...3), .outputCount(node: 0, found: 2, expected: 1),
    .tensorIndexOutOfRange(node: nil, index: 2, count: 1), .operandMissing(node: 0, input: 1),
    .operandNotConstant(node: 0, tensor: 1), .operandWrittenInPlace(node: 0, tensor: 1),
    .constantWritten(node: 0, tensor: 1), .graphInputWritten(node: 0, tensor: 1),
    .writtenTwice(node: 0, tensor: 1), .readBeforeWritten(node: 0, tensor: 1),
    .graphInputConstant(tensor: 1), .graphInputRepeated(tensor: 1),
    .graphOutputNotWritten(tensor: 1), .tensorTypeUnsupported(tensor: 1, type: 5),
    .tensorVariable(tensor: 1), .tensorSparse(tensor: 1),
    .rankTooHigh(tensor: 1, rank: 7, limit: 6),
    .dimensionOutOfRange(tensor: 1, axis: 0, found: 0, limit: 9),
    .tensorTooLarge(tensor: 1, limit: 9), .bufferOutOfRange(tensor: 1, buffer: 2, count: 1),
    .bufferExternal(buffer: 1), .constantBytes(tensor: 1, found: 2, expected: 3),
    .scaleOutOfRange(tensor: 1, channel: 0, scale: .nan),
    .zeroPointOutOfRange(tensor: 1, channel: 0, found: 300),
    .channelCount(tensor: 1, found: 2, expected: 3), .quantizationAxis(tensor: 1, axis: 4),
    .quantizationUnsupported(tensor: 1, details: 1), .quantizationMissing(tensor: 1),
    .optionsMismatched(node: 0, found: 1, expected: 2),
    .optionOutOfRange(node: 0, option: .strideWidth, found: 0, allowed: 1...9),
    .activationUnsupported(node: 0, activation: 5),
    .operandType(node: 0, tensor: 1, found: .float32),
    .operandRank(node: 0, tensor: 1, found: 2, expected: 3),
    .operandDimension(node: 0, tensor: 1, axis: 0, found: 2, expected: 3),
    .operandCount(node: 0, tensor: 1, found: 2, expected: 3),
    .axisOutOfRange(node: 0, axis: 4, rank: 2), .axisRepeated(node: 0, axis: 1),
    .quantizationDiffers(node: 0, tensor: 1), .channelsQuantized(node: 0, tensor: 1),
    .weightZeroPoint(node: 0, channel: 1, found: 3),
    .biasScale(node: 0, channel: 1, found: 0.5, expected: 0.25),
    .multiplierOutOfRange(node: 0, channel: 1), .accumulatorOverflow(node: 0, channel: 1),
    .workTooMuch(steps: 2, limit: 1), .tablesTooLarge(bytes: 2, limit: 1),
    .arenaTooLarge(bytes: 2, limit: 1), .memoryUnavailable(bytes: 1),
  ]

  @Test func `every error of a model has its sentence`() {
    expectSentences(Self.errors) { $0.message }
    // Each error is in the list once, under its name.
    let names = Self.errors.map { "\($0)".prefix { $0 != "(" } }
    #expect(Set(names).count == Self.errors.count)
  }

  @Test func `every part and every option has its words`() {
    let parts: [ModelPart] = [
      .subgraphs, .tensors, .operators, .operatorCodes, .buffers, .graphInputs, .graphOutputs,
      .operatorInputs, .operatorOutputs, .operands, .quantizationScales, .variables,
    ]
    expectSentences(parts) { ModelError.missing($0).message }
    let options: [OperatorOption] = [
      .padding, .strideHeight, .strideWidth, .dilationHeight, .dilationWidth, .filterHeight,
      .filterWidth, .depthMultiplier, .weightsFormat, .beta, .paddingBefore, .paddingAfter,
      .newShape, .rank, .halfPixelCenters, .largestCount,
      .parts, .partSize, .begin, .stride, .ellipses, .squeezedAxes, .multiple, .blockSize,
      .mirrorMode, .index, .batchAxes,
    ]
    expectSentences(options) {
      ModelError.optionOutOfRange(node: 0, option: $0, found: 0, allowed: 1...1).message
    }
  }

  @Test func `every kind of LSTM that is refused has its words`() {
    let variants: [RecurrentVariant] = [
      .coupledGates, .peepholes, .projection, .layerNormalization, .diagonalRecurrence,
    ]
    expectSentences(variants) { ModelError.recurrentVariant(node: 0, $0).message }
  }

  @Test(arguments: [(1, "1 input,"), (2, "2 inputs,")])
  func `a count agrees with its noun`(found: Int, words: String) {
    let error = ModelError.inputCount(node: 0, found: found, expected: 3...3)
    #expect(error.message.contains(words))
  }

  @Test func `a range of one is that one`() {
    func inputs(_ expected: ClosedRange<Int>) -> String {
      ModelError.inputCount(node: 0, found: 9, expected: expected).message
    }
    #expect(inputs(2...2).hasSuffix("expected 2"))
    #expect(inputs(1...3).hasSuffix("expected 1 to 3"))
    #expect(
      ModelError.tensorIndexOutOfRange(node: 4, index: 2, count: 1).message.contains("operator 4"))
  }

  /// Each message is one line for a log, without words of Swift, and no two are the same.
  private func expectSentences<Value>(_ values: [Value], _ message: (Value) -> String) {
    for value in values {
      let text = message(value)
      #expect(!text.isEmpty, "\(value)")
      #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "\(value): \(text)")
      for word in ["Optional(", "nil", "EdgeRuntime."] {
        #expect(!text.contains(word), "\(value): \(text)")
      }
    }
    #expect(Set(values.map(message)).count == values.count, "two say the same")
  }
}
