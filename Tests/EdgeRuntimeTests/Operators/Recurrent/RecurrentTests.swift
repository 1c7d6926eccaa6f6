import TestSupport
import Testing

@testable import EdgeRuntime

/// Goal: SVDF and LSTM remember exactly what the reference remembers.
/// Method: steps computed by hand, layouts compared with each other, and every refusal. Then the
/// golden vectors of all cases that need no other operator, by name.
@Suite struct RecurrentTests {
  private func fault(_ model: ModelBuilder, _ change: (inout ModelBuilder) -> Void) -> ModelError? {
    var model = model
    change(&model)
    return model.fault
  }

  private func run(_ interpreter: Interpreter, _ values: [Int8]) -> [Int8] {
    interpreter.infer(values.map { UInt8(bitPattern: $0) }[...]).map { Int8(bitPattern: $0) }
  }

  // MARK: SVDF

  @Test(arguments: [ElementType.int16, .int8])
  func `SVDF adds up what its filters gave now and before`(type: ElementType) throws {
    let interpreter = try Interpreter(load(ModelBuilder.svdf(type).bytes()).get())
    for _ in 0..<2 {
      // x − 1 = [1, 2]: filters give 3 and 2; 1 + 10 · 3 + 20 · 2
      #expect(run(interpreter, [2, 3]) == [71])
      // x − 1 = [0, −1]: filters give −1 and 0; 1 + 3 − 10 + 2 · 2
      #expect(run(interpreter, [1, 0]) == [-2])
      interpreter.resetState()
    }
  }

  @Test func `SVDF's state of 8 bits starts at its zero point and wraps beyond its clamp`() throws {
    var model = ModelBuilder.svdf(.int8)
    model.tensors[4].zeroPoints = [100]
    model.tensors[5].scales = [8]
    let interpreter = try Interpreter(load(model.bytes()).get())
    // Nothing before: 1 + 10 · 3 + 20 · 2 = 71, / 8 = 8.9.
    #expect(run(interpreter, [2, 3]) == [9])
    // x − 1 = [50, 60]: 110 and 100, stored as 210 − 256 and 200 − 256, which are −146 and −156
    // from the zero point: 1 + 3 − 1460 + 4 − 3120, / 8 = −571.5.
    #expect(run(interpreter, [51, 61]) == [-128])
    // 1 − 146 + 10 · 0 + 2 · −156 + 20 · 0 = −457, / 8 = −57.1
    #expect(run(interpreter, [1, 1]) == [-57])
  }

  @Test func `SVDF without a bias, with RELU as its range`() throws {
    var model = ModelBuilder.svdf()
    model.nodes[0].inputs[3] = -1
    model.tensors[5].zeroPoints = [-128]
    model.nodes[0].options[Schema.SVDF.activation] = .uint8(1)
    #expect(try model.infer([2, 3]) == [-58])
    #expect(
      fault(model) { $0.tensors[5].zeroPoints = [-127] }
        == .activationUnsupported(node: 0, activation: 1))
    #expect(
      fault(model) { $0.nodes[0].options[Schema.SVDF.activation] = .uint8(4) }
        == .activationUnsupported(node: 0, activation: 4))
  }

  @Test func `SVDF of several batches keeps them apart`() throws {
    var model = ModelBuilder.svdf()
    model.tensors[0].shape = [2, 2]
    model.tensors[4].shape = [2, 4]
    model.tensors[5].shape = [2, 1]
    let interpreter = try Interpreter(load(model.bytes()).get())
    #expect(run(interpreter, [2, 3, 1, 1]) == [71, 1])
    #expect(run(interpreter, [1, 0, 2, 3]) == [-2, 71])
  }

  @Test func `SVDF refuses what it does not compute`() {
    func svdf(_ change: (inout ModelBuilder) -> Void) -> ModelError? { fault(.svdf(), change) }
    #expect(svdf { _ in } == nil)
    #expect(
      svdf { $0.nodes[0].inputs.removeLast() }
        == .inputCount(node: 0, found: 4, expected: 5...5))
    #expect(
      svdf { $0.tensors[4].isVariable = false } == .readBeforeWritten(node: 0, tensor: 4))
    #expect(
      svdf {
        $0.tensors[4].isVariable = false
        $0.inputs.append(4)
      } == .operandNotState(node: 0, tensor: 4))
    #expect(
      svdf { $0.tensors[4].type = ElementType.int8.rawValue }
        == .operandType(node: 0, tensor: 4, found: .int8))
    #expect(
      svdf { $0.tensors[4].zeroPoints = [1] }
        == .zeroPointOutOfRange(tensor: 4, channel: 0, found: 1))
    #expect(
      svdf { $0.tensors[0].type = ElementType.int16.rawValue }
        == .operandType(node: 0, tensor: 0, found: .int16))
    for (rank, node) in [(0, 0), (3, 0)] as [(Int32, Int)] {
      #expect(
        svdf { $0.nodes[0].options[Schema.SVDF.rank] = .int32(rank) }
          == .optionOutOfRange(node: node, option: .rank, found: Int(rank), allowed: 1...2))
    }
    #expect(
      svdf {
        $0.tensors[1].shape = [3, 1]
        $0.buffers[1] = [1, 1, 1]
      } == .operandDimension(node: 0, tensor: 1, axis: 0, found: 3, expected: 2))
    #expect(
      svdf { $0.tensors[0].shape = [1, 3] }
        == .operandDimension(node: 0, tensor: 1, axis: 1, found: 2, expected: 3))
    #expect(
      svdf { $0.tensors[4].shape = [1, 5] }
        == .operandDimension(node: 0, tensor: 4, axis: 1, found: 5, expected: 4))
    #expect(
      svdf { $0.tensors[5].shape = [1, 2] }
        == .operandDimension(node: 0, tensor: 5, axis: 1, found: 2, expected: 1))
    #expect(
      svdf { $0.tensors[3].scales = [2] }
        == .biasScale(node: 0, channel: 0, found: 2, expected: 1))
    #expect(
      svdf { $0.tensors[1].zeroPoints = [1] }
        == .weightZeroPoint(node: 0, channel: 0, found: 1))
    #expect(
      svdf { $0.tensors[2].zeroPoints = [1] }
        == .weightZeroPoint(node: 0, channel: 0, found: 1))
    #expect(
      svdf { ($0.tensors[4].scales, $0.tensors[0].scales) = ([1e-30], [1e6]) }
        == .biasScale(node: 0, channel: 0, found: 1, expected: 1e-30))
    #expect(
      svdf {
        $0.nodes[0].inputs[3] = -1
        ($0.tensors[4].scales, $0.tensors[0].scales) = ([1e-30], [1e6])
      } == .multiplierOutOfRange(node: 0, channel: 0))
  }

  @Test func `sums over inputs must fit 32 bits`() {
    // 256 · 128 · 65536 = 2³¹
    func weights(_ terms: Int) -> ModelError? {
      fault(.svdf()) {
        $0.tensors[0].shape = [1, Int32(terms)]
        $0.tensors[1].shape = [2, Int32(terms)]
        $0.buffers[1] = Array(repeating: 0x80, count: 2 * terms)
      }
    }
    #expect(weights(65535) == nil)
    #expect(weights(65536) == .accumulatorOverflow(node: 0, channel: 0))
  }

  // MARK: LSTM

  @Test func `LSTM halves, adds and squashes`() throws {
    // A bias of 0 opens a gate by half, and a bias of 8 drives tanh to 1:
    //     c = 0.5 · c + 0.5 · 1 = 0.5, then 0.75, in units of 2⁻¹¹ without remainder
    //     h = 0.5 · tanh(c) = 0.2311, then 0.3176, times 128, zero point −1
    let interpreter = try Interpreter(load(ModelBuilder.lstm().bytes()).get())
    for _ in 0..<2 {
      #expect(run(interpreter, [0, 0]) == [29, 40])
      // c = 0.875, 0.9375: h = 0.3519 and 0.3673
      #expect(run(interpreter, [0, 0]) == [44, 46])
      interpreter.resetState()
    }
  }

  @Test func `LSTM clips its cells`() throws {
    let clipped = ModelBuilder.lstm(options: [Schema.LSTM.cellClip: .float(0.5)])
    #expect(try clipped.infer([0, 0]) == [29, 29])
    let wide = ModelBuilder.lstm(options: [Schema.LSTM.cellClip: .float(.infinity)])
    #expect(try wide.infer([0, 0]) == [29, 40])
    let none = ModelBuilder.lstm(options: [Schema.LSTM.cellClip: .float(.nan)])
    #expect(try none.infer([0, 0]) == [29, 40])
  }

  @Test func `LSTM with narrow cells rounds them for tanh`() throws {
    var model = ModelBuilder.lstm()
    // c = 0.5 and 0.75 in units of 2⁻¹⁵: as before.
    model.tensors[14].scales = [0x1p-15]
    #expect(try model.infer([0, 0]) == [29, 40])
  }

  @Test func `LSTM takes batches alike in both orders of time`() throws {
    func weight(_ index: Int) -> Int8 { Int8(truncatingIfNeeded: index &* 37 &+ 11) }
    // 40 cells are more than one block of sums.
    let (batches, steps, inputs, cells) = (2, 3, 5, 40)
    let values = batches * steps * inputs
    var random = SeededRandom(seed: 0x5EED_0043, for: "LSTM layouts")
    let x: [Int8] = (0..<values).map { _ in Int8.random(in: -128...127, using: &random) }
    let biases: [Int32] = [100, -2000, 300, 4000]
    let byBatch = ModelBuilder.lstm(
      x: [2, 3, 5], cells: 40, batches: 2, biases: biases, weight: weight)
    let byTime = ModelBuilder.lstm(
      x: [3, 2, 5], cells: 40, batches: 2, biases: biases,
      options: [Schema.LSTM.timeMajor: .uint8(1)], weight: weight)
    func turned(_ values: [Int8], width: Int) -> [Int8] {
      var turned: [Int8] = []
      for step in 0..<steps {
        for batch in 0..<batches {
          let first = (batch * steps + step) * width
          turned += values[first..<first + width]
        }
      }
      return turned
    }
    let expected = try byBatch.infer(x)
    #expect(try byTime.infer(turned(x, width: inputs)) == turned(expected, width: cells))
    // A batch alone gives the same as beside another batch.
    let alone = ModelBuilder.lstm(x: [1, 3, 5], cells: 40, biases: biases, weight: weight)
    #expect(try alone.infer(Array(x[..<15])) == Array(expected[..<120]))
    #expect(Set(expected).count > 20)
  }

  @Test func `LSTM's intermediates may be empty, and nothing may use them`() {
    func lstm(_ change: (inout ModelBuilder) -> Void) -> ModelError? { fault(.lstm(), change) }
    let empty = ModelBuilder.Tensor(shape: [0], type: ElementType.float32.rawValue)
    #expect(
      lstm { $0.tensors.append(empty) }
        == .dimensionOutOfRange(tensor: 16, axis: 0, found: 0, limit: 1 << 20))
    func withIntermediate(_ change: (inout ModelBuilder) -> Void) -> ModelError? {
      lstm {
        $0.tensors.append(empty)
        $0.nodes[0].intermediates = [16]
        change(&$0)
      }
    }
    let refusal = ModelError.dimensionOutOfRange(tensor: 16, axis: 0, found: 0, limit: 1 << 20)
    #expect(withIntermediate { _ in } == nil)
    #expect(withIntermediate { $0.nodes[0].inputs[0] = 16 } == refusal)
    #expect(withIntermediate { $0.nodes[0].outputs[0] = 16 } == refusal)
    #expect(withIntermediate { $0.inputs.append(16) } == refusal)
    #expect(withIntermediate { $0.outputs.append(16) } == refusal)
    #expect(withIntermediate { $0.tensors[16].shape = [0, 1] } == refusal)
    #expect(
      withIntermediate { $0.nodes[0].intermediates = [17] }
        == .tensorIndexOutOfRange(node: 0, index: 17, count: 17))
  }

  @Test func `LSTM refuses its variants by name`() {
    func variant(_ change: (inout ModelBuilder) -> Void) -> ModelError? { fault(.lstm(), change) }
    for position in 9..<12 {
      #expect(
        variant { $0.nodes[0].inputs[position] = $0.nodes[0].inputs[13] }
          == .recurrentVariant(node: 0, .peepholes))
    }
    for position in 16..<18 {
      #expect(
        variant { $0.nodes[0].inputs[position] = $0.nodes[0].inputs[13] }
          == .recurrentVariant(node: 0, .projection))
    }
    for position in 20..<24 {
      #expect(
        variant { $0.nodes[0].inputs[position] = $0.nodes[0].inputs[13] }
          == .recurrentVariant(node: 0, .layerNormalization))
    }
    for position in [1, 5, 12] {
      #expect(
        variant { $0.nodes[0].inputs[position] = -1 }
          == .recurrentVariant(node: 0, .coupledGates))
    }
    #expect(
      variant { $0.nodes[0].options[Schema.LSTM.diagonalRecurrence] = .uint8(1) }
        == .recurrentVariant(node: 0, .diagonalRecurrence))
    #expect(
      variant { $0.nodes[0].options[Schema.LSTM.activation] = .uint8(1) }
        == .activationUnsupported(node: 0, activation: 1))
  }

  @Test func `LSTM refuses what it does not compute`() {
    func lstm(_ change: (inout ModelBuilder) -> Void) -> ModelError? { fault(.lstm(), change) }
    let (x, w, r, bias, h, c, y) = (0, 1, 5, 9, 13, 14, 15)
    #expect(lstm { _ in } == nil)
    #expect(
      lstm { $0.nodes[0].inputs.removeLast() }
        == .inputCount(node: 0, found: 23, expected: 24...24))
    #expect(lstm { $0.nodes[0].inputs[2] = -1 } == .operandMissing(node: 0, input: 2))
    #expect(
      lstm { $0.tensors[x].type = ElementType.int16.rawValue }
        == .operandType(node: 0, tensor: x, found: .int16))
    #expect(
      lstm { $0.tensors[c].type = ElementType.int8.rawValue }
        == .operandType(node: 0, tensor: c, found: .int8))
    #expect(
      lstm { $0.nodes[0].inputs[18] = $0.nodes[0].inputs[19] } == .tensorVariable(tensor: c))
    #expect(
      lstm { $0.tensors[x].shape = [1, 2] }
        == .operandRank(node: 0, tensor: x, found: 2, expected: 3))
    #expect(
      lstm { $0.tensors[y].shape = [1, 1, 2] }
        == .operandDimension(node: 0, tensor: y, axis: 1, found: 1, expected: 2))
    #expect(
      lstm { $0.tensors[h].shape = [1, 2] }
        == .operandCount(node: 0, tensor: h, found: 2, expected: 1))
    #expect(
      lstm { $0.tensors[c].shape = [2] }
        == .operandCount(node: 0, tensor: c, found: 2, expected: 1))
    #expect(
      lstm { $0.tensors[y].zeroPoints = [0] } == .quantizationDiffers(node: 0, tensor: y))
    #expect(
      lstm { $0.tensors[c].zeroPoints = [1] }
        == .zeroPointOutOfRange(tensor: c, channel: 0, found: 1))
    for scale in [0.0011, 0.0015, 0x1p-25, 2] as [Float] {
      #expect(
        lstm { $0.tensors[c].scales = [scale] } == .multiplierOutOfRange(node: 0, channel: 0))
    }
    for scale in [0x1.ffep-12, 0x1.001p-11, 0x1p-24, 1] as [Float] {
      #expect(lstm { $0.tensors[c].scales = [scale] } == nil)
    }
    #expect(
      lstm {
        $0.tensors[w].shape = [1, 2]
        $0.buffers[1] = [0, 0]
      } == .operandDimension(node: 0, tensor: w, axis: 1, found: 2, expected: 1))
    #expect(
      lstm {
        $0.tensors[r].shape = [1, 2]
        $0.buffers[5] = [0, 0]
      } == .operandDimension(node: 0, tensor: r, axis: 1, found: 2, expected: 1))
    #expect(
      lstm { $0.tensors[bias].shape = [1, 1] }
        == .operandRank(node: 0, tensor: bias, found: 2, expected: 1))
    #expect(
      lstm { $0.tensors[w].zeroPoints = [1] }
        == .weightZeroPoint(node: 0, channel: 0, found: 1))
    #expect(
      lstm { $0.tensors[bias].buffer = 0 } == .readBeforeWritten(node: 0, tensor: bias))
    #expect(
      lstm { $0.nodes[0].version = 5 }
        == .operatorUnsupported(node: 0, builtinCode: 44, version: 5))
  }

  // MARK: Tables

  @Test func `sigmoid and tanh of 16 bits at 0, at one, and at their ends`() {
    let table = SigmoidTable()
    let one: Int32 = 3 << 12
    // 2¹⁵ · 0.73106 = 23955.4, and · 0.26894 = 8812.6; of tanh 24955.8
    #expect([0, one, -one].map(table.sigmoid) == [16384, 23956, 8812])
    #expect([0, one, -one].map(table.tanh) == [0, 24956, -24956])
    #expect([Int32.max, -.max].map(table.sigmoid) == [32767, 1])
    #expect([Int32.max, -.max].map(table.tanh) == [32767, -32767])
  }

  // MARK: Golden vectors

  @Test(.enabled(if: SharedMaterial.mayUse("models"), SharedMaterial.comment))
  func `all cases of SVDF and LSTM match byte for byte`() throws {
    let layers = ["01", "03", "05", "07", "09", "10", "11"]
    let svdf = ["", "8bit_"].flatMap { bits in
      layers.map { "real_keyword_scrambled_\(bits)\($0)_svdf" }
    }
    let lstm = [
      "dtln_noise_suppression_00", "dtln_noise_suppression_01", "micro_speech_lstm_00",
      "trained_lstm_int8_00",
    ].map { "real_\($0)_unidirectional_sequence_lstm" }
    for name in svdf + lstm + ["lstm_b_t10f8u16"] { try expectGolden("ops", name) }
    for name in ["trained_lstm_int8", "keyword_scrambled"] { try expectGolden("models", name) }
  }

  /// It runs twice, to check that a reset forgets everything.
  private func expectGolden(_ folder: String, _ name: String) throws {
    let interpreter = try Interpreter(load(SharedMaterial.bytes(folder, name + ".tflite")).get())
    let inputs = try SharedMaterial.bytes(folder, name + ".in.bin")
    let golden = try SharedMaterial.bytes(folder, name + ".out.bin")
    let bytes = interpreter.model.inputs[0].byteCount
    for _ in 0..<2 {
      let found = stride(from: 0, to: inputs.count, by: bytes).flatMap {
        interpreter.infer(inputs[$0..<$0 + bytes])
      }
      #expect(found == golden, "\(name)")
      interpreter.resetState()
    }
  }
}
