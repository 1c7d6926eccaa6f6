import Testing

@testable import EdgeRuntime

/// Goal: each class of malformed model is refused with a separate error.
/// Method: a sound model, built from plain values, with one fault.
@Suite struct ModelCheckTests {
  private func fault(
    _ model: ModelBuilder = .fullyConnected(), _ change: (inout ModelBuilder) -> Void
  ) -> ModelError? {
    var model = model
    change(&model)
    return model.fault
  }

  @Test func `the models that the faults are put into are sound`() {
    #expect(ModelBuilder.fullyConnected().fault == nil)
    #expect(ModelBuilder.conv2D().fault == nil)
  }

  @Test func `check 2: another identifier, another schema version`() {
    #expect(fault { $0.identifier = "TFL2" } == .identifierWrong(found: 0x324C_4654))
    #expect(fault { $0.version = 2 } == .schemaVersionUnsupported(found: 2))
    #expect(fault { $0.version = 4 } == .schemaVersionUnsupported(found: 4))
  }

  @Test func `check 3: counts at their limits and one above`() {
    let limit = RuntimeLimits.operandsMax
    #expect(
      fault { $0.nodes[0].inputs = Array(repeating: 0, count: limit) }
        == .inputCount(node: 0, found: limit, expected: 2...3))
    #expect(
      fault { $0.nodes[0].inputs = Array(repeating: 0, count: limit + 1) }
        == .tooMany(.operatorInputs, found: limit + 1, limit: limit))
    #expect(fault { $0.inputs = [] } == .missing(.graphInputs))
    #expect(fault { $0.outputs = [] } == .missing(.graphOutputs))
    #expect(fault { $0.nodes = [] } == .missing(.operatorCodes))
    let spare = RuntimeLimits.tensorsMax - 4
    let idle = ModelBuilder.Tensor(shape: [1])
    #expect(fault { $0.tensors += Array(repeating: idle, count: spare) } == nil)
    #expect(
      fault { $0.tensors += Array(repeating: idle, count: spare + 1) }
        == .tooMany(
          .tensors, found: RuntimeLimits.tensorsMax + 1, limit: RuntimeLimits.tensorsMax))
  }

  @Test func `check 4: no subgraph, a second one, operators that are not on the list`() {
    #expect(fault { $0.subgraphs = 0 } == .missing(.subgraphs))
    #expect(fault { $0.subgraphs = 2 } == .subgraphCount(found: 2))
    #expect(
      fault { $0.nodes[0].code = 32 }
        == .operatorUnsupported(node: 0, builtinCode: 32, version: 1))
    #expect(
      fault { $0.nodes[0].code = 119 }
        == .operatorUnsupported(node: 0, builtinCode: 119, version: 1))
    #expect(
      fault { $0.nodes[0].version = 12 }
        == .operatorUnsupported(node: 0, builtinCode: 9, version: 12))
    #expect(
      fault { $0.nodes[0].codeIndex = 1 }
        == .operatorCodeOutOfRange(node: 0, index: 1, count: 1))
    #expect(
      fault { $0.nodes[0].optionsType = 1 }
        == .optionsMismatched(node: 0, found: 1, expected: 8))
  }

  @Test func `check 5: tensor indices and operand counts`() {
    #expect(
      fault { $0.nodes[0].inputs[0] = 4 } == .tensorIndexOutOfRange(node: 0, index: 4, count: 4))
    #expect(
      fault { $0.nodes[0].inputs[0] = -2 }
        == .tensorIndexOutOfRange(node: 0, index: -2, count: 4))
    #expect(
      fault { $0.nodes[0].outputs[0] = -1 }
        == .tensorIndexOutOfRange(node: 0, index: -1, count: 4))
    #expect(fault { $0.inputs[0] = 4 } == .tensorIndexOutOfRange(node: nil, index: 4, count: 4))
    #expect(fault { $0.nodes[0].inputs[0] = -1 } == .operandMissing(node: 0, input: 0))
    #expect(fault { $0.nodes[0].inputs[2] = -1 } == nil)
    #expect(
      fault { $0.nodes[0].inputs = [0] } == .inputCount(node: 0, found: 1, expected: 2...3))
    #expect(
      fault {
        $0.tensors.append(.init(shape: [1]))
        $0.nodes[0].outputs.append(4)
      } == .outputCount(node: 0, found: 2, expected: 1))
  }

  @Test func `check 6: buffers out of range, outside the file, of the wrong size`() {
    #expect(
      fault { $0.tensors[1].buffer = 3 } == .bufferOutOfRange(tensor: 1, buffer: 3, count: 3))
    #expect(fault { $0.externalOffset = 64 } == .bufferExternal(buffer: 1))
    #expect(fault { $0.buffers[1] = [1] } == .constantBytes(tensor: 1, found: 1, expected: 4))
    #expect(
      fault { $0.buffers[1].append(1) } == .constantBytes(tensor: 1, found: 5, expected: 4))
    #expect(
      fault { $0.tensors[1].type = ElementType.int4.rawValue }
        == .constantBytes(tensor: 1, found: 4, expected: 2))
    #expect(fault { $0.buffers[1] = [] } == .readBeforeWritten(node: 0, tensor: 1))
    #expect(fault { $0.inputs = [1] } == .graphInputConstant(tensor: 1))
  }

  @Test func `check 7: in place, into a constant, into an input`() {
    #expect(
      fault {
        $0.nodes[0].inputs[0] = 3
      } == .operandWrittenInPlace(node: 0, tensor: 3))
    #expect(fault { $0.nodes[0].outputs = [1] } == .constantWritten(node: 0, tensor: 1))
    #expect(fault { $0.nodes[0].outputs = [0] } == .graphInputWritten(node: 0, tensor: 0))
  }

  @Test func `check 8: two producers, none, and a cycle`() {
    #expect(fault { $0.nodes.append($0.nodes[0]) } == .writtenTwice(node: 1, tensor: 3))
    #expect(fault { $0.outputs = [0] } == .graphOutputNotWritten(tensor: 0))
    #expect(fault { $0.inputs = [0, 0] } == .graphInputRepeated(tensor: 0))
    // 3 → 4 → 3: whichever comes first reads what is not yet written.
    #expect(
      fault {
        $0.tensors.append(.init(shape: [1, 2]))
        $0.nodes = [
          .init(kind: .reshape, inputs: [4], outputs: [3]),
          .init(kind: .reshape, inputs: [3], outputs: [4]),
        ]
      } == .readBeforeWritten(node: 0, tensor: 4))
  }

  @Test func `check 9 and 13: rank, dimensions, products`() {
    #expect(
      fault { $0.tensors[0].shape = [1, 1, 1, 1, 1, 1, 2] }
        == .rankTooHigh(tensor: 0, rank: 7, limit: 6))
    #expect(fault { $0.tensors[0].shape = [1, 1, 1, 1, 1, 2] } == nil)
    for bad in [0, -1, 1 << 20 + 1] as [Int32] {
      #expect(
        fault { $0.tensors[0].shape = [1, bad] }
          == .dimensionOutOfRange(tensor: 0, axis: 1, found: Int(bad), limit: 1 << 20))
    }
    #expect(
      fault { $0.tensors[0].shape = [1 << 20, 1 << 20, 1 << 20, 1 << 20] }
        == .tensorTooLarge(tensor: 0, limit: RuntimeLimits.arenaBytesMax))
  }

  @Test func `check 10: shapes that the operator does not compute`() {
    #expect(
      fault { $0.tensors[3].shape = [1, 3] }
        == .operandDimension(node: 0, tensor: 3, axis: 1, found: 3, expected: 2))
    #expect(
      fault { $0.tensors[3].shape = [2] }
        == .operandRank(node: 0, tensor: 3, found: 1, expected: 2))
    #expect(
      fault { $0.tensors[0].shape = [1, 3] }
        == .operandCount(node: 0, tensor: 0, found: 3, expected: 2))
    #expect(
      fault(.conv2D()) { $0.tensors[3].shape = [1, 3, 2, 1] }
        == .operandDimension(node: 0, tensor: 3, axis: 1, found: 3, expected: 2))
  }

  @Test func `check 11: axes out of range, repeated`() {
    func mean(_ axes: [Int32]) -> ModelError? {
      ModelBuilder.unary(
        .mean, [1, 2, 2], to: [1, 2], integers: ([Int32(axes.count)], axes)
      ).fault
    }
    #expect(mean([1]) == nil)
    #expect(mean([-2]) == nil)
    #expect(mean([3]) == .axisOutOfRange(node: 0, axis: 3, rank: 3))
    #expect(mean([-4]) == .axisOutOfRange(node: 0, axis: -4, rank: 3))
    #expect(mean([1, -2]) == .axisRepeated(node: 0, axis: 1))
  }

  @Test func `check 12: strides, dilations, padding, filters, channels`() {
    let side = 1...RuntimeLimits.filterSideMax
    let fields: [(Int, OperatorOption)] = [
      (Schema.Conv2D.strideWidth, .strideWidth), (Schema.Conv2D.strideHeight, .strideHeight),
      (Schema.Conv2D.dilationWidth, .dilationWidth),
      (Schema.Conv2D.dilationHeight, .dilationHeight),
    ]
    for (field, option) in fields {
      for bad in [0, -1, RuntimeLimits.filterSideMax + 1] {
        #expect(
          fault(.conv2D()) { $0.nodes[0].options[field] = .int32(Int32(bad)) }
            == .optionOutOfRange(node: 0, option: option, found: bad, allowed: side))
      }
    }
    #expect(
      fault(.conv2D()) { $0.nodes[0].options[Schema.Conv2D.padding] = .uint8(2) }
        == .optionOutOfRange(node: 0, option: .padding, found: 2, allowed: 0...1))
    #expect(
      fault(.conv2D()) { $0.nodes[0].options[Schema.Conv2D.activation] = .uint8(4) }
        == .activationUnsupported(node: 0, activation: 4))
    #expect(
      fault(.conv2D()) { $0.tensors[0].shape = [1, 3, 1, 3] }
        == .operandDimension(node: 0, tensor: 1, axis: 0, found: 1, expected: 3))
    #expect(
      fault(.conv2D()) {
        ($0.tensors[0].shape, $0.tensors[1].shape) = ([1, 3, 1, 3], [1, 1, 2, 2])
      } == .operandDimension(node: 0, tensor: 1, axis: 3, found: 2, expected: 3))
    #expect(
      fault(.conv2D()) { $0.tensors[0].shape = [1, 1, 9, 1] }
        == .optionOutOfRange(node: 0, option: .filterHeight, found: 2, allowed: 1...1))
  }

  @Test func `check 14: scales, zero points, channels, bias, multiplier`() {
    for bad in [0, -1, Float.infinity, 2e6] {
      #expect(
        fault { $0.tensors[0].scales = [bad] }
          == .scaleOutOfRange(tensor: 0, channel: 0, scale: bad))
    }
    if case .scaleOutOfRange(0, 0, let scale) = fault(
      .fullyConnected(), { $0.tensors[0].scales = [.nan] })
    {
      #expect(scale.isNaN)
    } else {
      Issue.record("NaN was taken for a scale")
    }
    for bad in [-129, 128, Int64.max] {
      #expect(
        fault { $0.tensors[0].zeroPoints = [bad] }
          == .zeroPointOutOfRange(tensor: 0, channel: 0, found: bad))
    }
    #expect(
      fault { $0.tensors[1].scales = [1, 1, 1] }
        == .channelCount(tensor: 1, found: 1, expected: 3))
    #expect(
      fault { ($0.tensors[1].scales, $0.tensors[1].zeroPoints) = ([1, 1, 1], [0, 0, 0]) }
        == .channelCount(tensor: 1, found: 3, expected: 2))
    #expect(
      fault {
        ($0.tensors[1].scales, $0.tensors[1].zeroPoints) = ([1, 1], [0, 0])
        $0.tensors[1].axis = 2
      } == .quantizationAxis(tensor: 1, axis: 2))
    #expect(fault { $0.tensors[0].scales = [] } == .quantizationMissing(tensor: 0))
    #expect(
      fault { $0.tensors[2].scales = [2] }
        == .biasScale(node: 0, channel: 0, found: 2, expected: 1))
    #expect(
      fault {
        ($0.tensors[0].scales, $0.tensors[2].scales) = ([1e6], [1e6])
        $0.tensors[3].scales = [1e-6]
      } == .multiplierOutOfRange(node: 0, channel: 0))
    #expect(
      fault(.conv2D()) { $0.tensors[1].zeroPoints = [1] }
        == .weightZeroPoint(node: 0, channel: 0, found: 1))
    #expect(
      fault { $0.tensors[0].detailsType = 1 }
        == .quantizationUnsupported(tensor: 0, details: 1))
  }

  @Test func `check 15: sparse and variable tensors, types`() {
    #expect(fault { $0.tensors[1].isSparse = true } == .tensorSparse(tensor: 1))
    #expect(fault { $0.tensors[1].isVariable = true } == .tensorVariable(tensor: 1))
    #expect(
      fault { $0.tensors[0].type = ElementType.string.rawValue }
        == .tensorTypeUnsupported(tensor: 0, type: 5))
    #expect(
      fault { $0.tensors[0].type = ElementType.int32.rawValue }
        == .operandType(node: 0, tensor: 0, found: .int32))
    // Only constants may have packed elements, and only if the operator unpacks them.
    #expect(
      fault { $0.tensors[0].type = ElementType.int4.rawValue }
        == .tensorTypeUnsupported(tensor: 0, type: 17))
    #expect(
      fault {
        $0.tensors[1].type = ElementType.int4.rawValue
        $0.buffers[1] = [0x21, 0x43]
        $0.nodes[0].kind = .add
        ($0.nodes[0].optionsType, $0.nodes[0].inputs) = (0, [0, 1])
      } == .operandType(node: 0, tensor: 1, found: .int4))
    #expect(
      fault {
        $0.tensors.append(.init(shape: [2, 2]))
        ($0.inputs, $0.nodes[0].inputs[1]) = ([0, 4], 4)
      } == .operandNotConstant(node: 0, tensor: 4))
  }

  @Test func `check 16: a sum that could overflow`() {
    // 256 · (1 + 2) + |bias| must stay within Int32.
    let largest = Int32.max - 256 * 3
    func bias(_ value: Int32) -> ModelError? {
      fault { $0.buffers[2] = [value, 0].flatMap(Flat.littleEndian) }
    }
    #expect(bias(largest) == nil)
    #expect(bias(-largest) == nil)
    #expect(bias(largest + 1) == .accumulatorOverflow(node: 0, channel: 0))
    #expect(bias(.min) == .accumulatorOverflow(node: 0, channel: 0))
  }

  @Test func `check 18: an arena at its cap and one byte above`() {
    let bytes = ModelBuilder.fullyConnected().bytes()
    let needed = try! load(bytes).get().arenaBytes
    #expect(refusal(of: bytes, limits: .init(arenaBytesMax: needed)) == nil)
    #expect(
      refusal(of: bytes, limits: .init(arenaBytesMax: needed - 1))
        == .arenaTooLarge(bytes: needed, limit: needed - 1))
    #expect(refusal(of: bytes, limits: .init(fileBytesMax: bytes.count)) == nil)
    #expect(
      refusal(of: bytes, limits: .init(fileBytesMax: bytes.count - 1))
        == .fileTooLarge(bytes: bytes.count, limit: bytes.count - 1))
  }
}
