import Testing

@testable import EdgeRuntime

/// Goal: ARG_MAX and ARG_MIN find what their doc comment says.
/// Method: small rows worked by hand, ties and NaN among them.
@Suite struct ArgMaxMinTests {
  /// x → ARG_… along `axis`.
  private func arg(
    _ kind: OperatorKind, _ type: ElementType, _ shape: [Int32], axis: Int32, to: [Int32],
    _ output: ElementType = .int32
  ) -> ModelBuilder {
    var model = ModelBuilder()
    let x = type == .float32 ? model.plain(shape, type) : model.tensor(shape, type)
    let axis = model.constant([], int32: [axis])
    let y = model.plain(to, output)
    model.node(
      kind, [x, axis], [y],
      type: kind == .argMax ? Schema.Arg.maxOptionsType : Schema.Arg.minOptionsType)
    (model.inputs, model.outputs) = ([x], [y])
    return model
  }

  @Test func `ARG_MAX and ARG_MIN name the first of equals, along any axis`() throws {
    let values: [Int8] = [1, 5, 5, -3, -3, 0]
    let max = arg(.argMax, .int8, [2, 3], axis: -1, to: [2])
    #expect(try max.run(values, to: Int32.self) == [1, 2])
    let min = arg(.argMin, .int8, [2, 3], axis: 1, to: [2], .int64)
    #expect(try min.run(values, to: Int64.self) == [0, 0])
    let columns = arg(.argMax, .int8, [2, 3], axis: 0, to: [3])
    #expect(try columns.run(values, to: Int32.self) == [0, 0, 0])
    #expect(
      try arg(.argMin, .uint8, [3], axis: 0, to: []).run(
        [200, 100, 101] as [UInt8], to: Int32.self)
        == [1])
    #expect(
      try arg(.argMax, .int16, [3], axis: 0, to: []).run([-9, 300, 1] as [Int16], to: Int32.self)
        == [1])
    #expect(
      try arg(.argMin, .int32, [3], axis: 0, to: []).run([1, 70000, -1] as [Int32], to: Int32.self)
        == [2])
    // A NaN wins if it is first; elsewhere it is ignored.
    let reals = arg(.argMax, .float32, [2, 3], axis: 1, to: [2])
    #expect(try reals.run([.nan, 1, 2, 0, .nan, 0.5] as [Float], to: Int32.self) == [0, 2])
  }

  @Test func `ARG_MAX refuses other types, shapes and axes`() {
    func fault(_ change: (inout ModelBuilder) -> Void) -> ModelError? {
      var model = arg(.argMax, .int8, [2, 3], axis: 1, to: [2])
      change(&model)
      return model.fault
    }
    #expect(fault { $0.buffers[1] = [2, 0, 0, 0] } == .axisOutOfRange(node: 0, axis: 2, rank: 2))
    #expect(
      fault { $0.tensors[2].type = ElementType.int16.rawValue }
        == .operandType(node: 0, tensor: 2, found: .int16))
    #expect(
      fault { $0.tensors[0].type = ElementType.bool.rawValue }
        == .operandType(node: 0, tensor: 0, found: .bool))
    #expect(
      fault { $0.tensors[2].shape = [3] }
        == .operandDimension(node: 0, tensor: 2, axis: 0, found: 3, expected: 2))
    #expect(
      fault {
        $0.tensors[1].shape = [2]
        $0.buffers[1] = [0, 0, 0, 0, 1, 0, 0, 0]
      } == .operandCount(node: 0, tensor: 1, found: 2, expected: 1))
  }
}
