import Testing

@testable import EdgeRuntime

/// Goal: SOFTMAX, LOG_SOFTMAX and L2_NORMALIZATION of every type, row by row, and their refusals.
/// Method: rows whose results are known numbers; golden vectors do the rest.
@Suite struct RowWiseTests {
  private func softmax(
    _ type: ElementType, _ shape: [Int32], x: Float = 1, y: (scale: Float, zero: Int64),
    beta: Float = 1
  ) -> ModelBuilder {
    .unary(
      .softmax, type, shape, to: shape, x: (x, 0), y: y, options: Schema.Softmax.optionsType,
      [Schema.Softmax.beta: .float(beta)])
  }

  @Test func `SOFTMAX of uint8 is that of int8, moved`() throws {
    // 0.731 · 256 = 187.2 and 0.269 · 256 = 68.8.
    let model = softmax(.uint8, [2, 2], y: (1 / 256, 0))
    #expect(try model.run([1, 0, 255, 0] as [UInt8], to: UInt8.self) == [187, 69, 255, 0])
  }

  @Test func `SOFTMAX of int16 looks up exponential and reciprocal`() throws {
    // Ties of 1, 2 and 4: 1, ½ and ¼ of 32768, less the error of the tables.
    let model = softmax(.int16, [3, 4], x: 1 / 256, y: (1 / 32768, 0))
    let found = try model.run(
      [32767, -32768, -32768, -32768, 7, 7, -9000, -9000, 5, 5, 5, 5] as [Int16], to: Int16.self)
    #expect(found[0] >= 32760 && found[1...3].allSatisfy { $0 <= 2 })
    #expect(found[4] == found[5] && abs(Int(found[4]) - 16384) <= 4)
    #expect(found[8...].allSatisfy { $0 == found[8] && abs(Int($0) - 8192) <= 4 })
  }

  @Test func `SOFTMAX of float32, its beta, and NaN in one row only`() throws {
    let model = softmax(.float32, [2, 2], y: (1, 0), beta: 2)
    let found = try model.run([0.5, 0, .nan, 0] as [Float], to: Float.self)
    #expect(found[0] == 0.7310586 && found[1] == 0.26894143)
    #expect(found[2].isNaN && found[3].isNaN)
    let far = try model.run([1e30, -1e30, -.infinity, 3] as [Float], to: Float.self)
    #expect(far == [1, 0, 0, 1])
  }

  @Test func `SOFTMAX refuses other outputs, zero points and scales`() {
    func fault(_ type: ElementType, _ change: (inout ModelBuilder) -> Void) -> ModelError? {
      var model = softmax(type, [1, 4], y: type == .int16 ? (1 / 32768, 0) : (1 / 256, 0))
      change(&model)
      return model.fault
    }
    #expect(fault(.uint8) { _ in } == nil)
    #expect(
      fault(.uint8) { $0.tensors[1].zeroPoints = [128] }
        == .quantizationDiffers(node: 0, tensor: 1))
    #expect(
      fault(.uint8) { $0.tensors[1].type = ElementType.int16.rawValue }
        == .operandType(node: 0, tensor: 1, found: .int16))
    #expect(
      fault(.uint8) { $0.tensors[0].scales = [1e-9] }
        == .multiplierOutOfRange(node: 0, channel: 0))
    #expect(fault(.int16) { _ in } == nil)
    #expect(
      fault(.int16) { $0.tensors[0].zeroPoints = [1] }
        == .zeroPointOutOfRange(tensor: 0, channel: 0, found: 1))
    #expect(
      fault(.int16) { $0.tensors[0].scales = [6] } == .multiplierOutOfRange(node: 0, channel: 0))
    #expect(
      fault(.int16) { model in
        for tensor in 0...1 { model.tensors[tensor].shape = [1, 65537] }
      } == .accumulatorOverflow(node: 0, channel: 0))
    #expect(
      fault(.float32) { $0.nodes[0].options[Schema.Softmax.beta] = .float(.infinity) }
        == .multiplierOutOfRange(node: 0, channel: 0))
    #expect(
      fault(.float32) { model in
        for tensor in 0...1 { model.tensors[tensor].shape = [] }
      } == .operandRank(node: 0, tensor: 0, found: 0, expected: 1))
  }

  private func logSoftmax(_ type: ElementType, _ zero: Int64) -> ModelBuilder {
    .unary(
      .logSoftmax, type, [2, 2], to: [2, 2], x: (0.5, 0), y: (1 / 16, zero),
      options: Schema.LogSoftmax.optionsType)
  }

  @Test func `LOG_SOFTMAX of two`() throws {
    // ln ½ = −0.693 → −11.1 steps; 40 · ½ below: −20, which is beyond −16 for both limits.
    #expect(
      try logSoftmax(.int8, 127).run([3, 3, 40, 0] as [Int8], to: Int8.self)
        == [116, 116, 127, -128])
    #expect(
      try logSoftmax(.uint8, 255).run([3, 3, 255, 0] as [UInt8], to: UInt8.self)
        == [244, 244, 255, 0])
    let found = try logSoftmax(.float32, 0).run([1, 1, 0, 100] as [Float], to: Float.self)
    #expect(found == [-0.6931472, -0.6931472, -100, 0])
  }

  @Test func `LOG_SOFTMAX refuses other outputs and scales`() {
    func fault(_ change: (inout ModelBuilder) -> Void) -> ModelError? {
      var model = logSoftmax(.int8, 127)
      change(&model)
      return model.fault
    }
    #expect(
      fault { $0.tensors[1].scales = [1 / 8] } == .quantizationDiffers(node: 0, tensor: 1))
    #expect(
      fault { $0.tensors[1].zeroPoints = [0] } == .quantizationDiffers(node: 0, tensor: 1))
    #expect(
      fault { $0.tensors[0].scales = [1e-9] } == .multiplierOutOfRange(node: 0, channel: 0))
    #expect(
      fault { $0.tensors[0].type = ElementType.int16.rawValue }
        == .operandType(node: 0, tensor: 0, found: .int16))
  }

  private func normalization(_ type: ElementType, _ zero: Int64) -> ModelBuilder {
    .unary(
      .l2Normalization, type, [2, 2], to: [2, 2], x: (1, 1), y: (1 / 128, zero),
      options: Schema.L2Normalization.optionsType)
  }

  @Test func `L2_NORMALIZATION of 3 and 4, and of nothing`() throws {
    // 3/5 · 128 = 76.8, 4/5 · 128 = 102.4.
    #expect(
      try normalization(.int8, 0).run([4, -3, 1, 1] as [Int8], to: Int8.self) == [77, -102, 0, 0])
    #expect(
      try normalization(.uint8, 128).run([4, 5, 1, 0] as [UInt8], to: UInt8.self)
        == [205, 230, 128, 0])
    let found = try normalization(.float32, 0).run([3, -4, 0, 1e-9] as [Float], to: Float.self)
    #expect(found == [0.6, -0.8, 0, 1e-9 / 1e-6])
  }

  @Test func `L2_NORMALIZATION refuses activations, other outputs and rows too long`() {
    func fault(_ change: (inout ModelBuilder) -> Void) -> ModelError? {
      var model = normalization(.int8, 0)
      change(&model)
      return model.fault
    }
    #expect(
      fault { $0.nodes[0].options[Schema.L2Normalization.activation] = .uint8(1) }
        == .activationUnsupported(node: 0, activation: 1))
    #expect(
      fault { $0.tensors[1].zeroPoints = [1] } == .quantizationDiffers(node: 0, tensor: 1))
    #expect(
      fault { model in
        for tensor in 0...1 { model.tensors[tensor].shape = [1, 33026] }
      } == .accumulatorOverflow(node: 0, channel: 0))
  }
}
