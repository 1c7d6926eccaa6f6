import Testing

@testable import EdgeRuntime

/// Goal: GATHER, GATHER_ND and EMBEDDING_LOOKUP copy the elements that the indices name, and never
/// bytes outside their tensor.
/// Method: shapes small enough to write the result down; constant and computed indices, right and
/// wrong ones.
@Suite struct GatherTests {
  /// x → y with indices that the caller gives while the model runs.
  private func model(
    _ kind: OperatorKind, _ shape: [Int32], indices: [Int32], to output: [Int32],
    _ type: ElementType = .int32, _ options: [Int: Int32] = [:]
  ) -> ModelBuilder {
    var model = ModelBuilder()
    let (x, index) = (model.tensor(shape), model.tensor(indices, type))
    let y = model.tensor(output)
    model.node(
      kind, [x, index], [y], type: kind == .gather ? Schema.Gather.optionsType : 0,
      options.mapValues { .int32($0) })
    if kind == .embeddingLookup { model.nodes[0].inputs.swapAt(0, 1) }
    (model.inputs, model.outputs) = ([x, index], [y])
    return model
  }

  private func infer<T: FixedWidthInteger>(
    _ model: ModelBuilder, _ x: [Int8], _ indices: [T]
  ) throws -> [Int8] {
    let interpreter = try Interpreter(load(model.bytes()).get())
    let bytes = x.map { UInt8(bitPattern: $0) } + indices.flatMap { Flat.littleEndian($0) }
    return interpreter.infer(bytes[...]).map { Int8(bitPattern: $0) }
  }

  @Test func `GATHER along an axis, with batches`() throws {
    let rows = model(.gather, [3, 2], indices: [2], to: [2, 2])
    #expect(try infer(rows, [1, 2, 3, 4, 5, 6], [2, 0] as [Int32]) == [5, 6, 1, 2])
    let columns = model(
      .gather, [2, 3], indices: [2], to: [2, 2], .int64, [Schema.Gather.axis: -1])
    #expect(try infer(columns, [1, 2, 3, 4, 5, 6], [2, 0] as [Int64]) == [3, 1, 6, 4])
    let scalar = model(.gather, [3, 2], indices: [], to: [2])
    #expect(try infer(scalar, [1, 2, 3, 4, 5, 6], [1] as [Int32]) == [3, 4])
    let batches = model(
      .gather, [2, 2, 3], indices: [2, 1], to: [2, 2, 1], .int32,
      [Schema.Gather.axis: 2, Schema.Gather.batchAxes: -1])
    // Row by row of two batches: index 2 in the first, 0 in the second.
    #expect(
      try infer(batches, Array(0..<12), [2, 0] as [Int32]) == [2, 5, 6, 9])
  }

  @Test func `GATHER_ND takes a tuple of indices for each run`() throws {
    let elements = model(.gatherND, [2, 3], indices: [2, 2], to: [2])
    #expect(try infer(elements, Array(0..<6), [1, 2, 0, 1] as [Int32]) == [5, 1])
    let rows = model(.gatherND, [2, 3], indices: [1, 1], to: [1, 3])
    #expect(try infer(rows, Array(0..<6), [1] as [Int32]) == [3, 4, 5])
  }

  @Test func `EMBEDDING_LOOKUP takes rows`() throws {
    var lookup = model(.embeddingLookup, [3, 2], indices: [2], to: [2, 2])
    #expect(try infer(lookup, [1, 2, 3, 4, 5, 6], [2, 2] as [Int32]) == [5, 6, 5, 6])
    lookup.tensors[0].shape = [6]
    #expect(lookup.fault == .operandRank(node: 0, tensor: 0, found: 1, expected: 2))
    lookup.tensors[1].type = ElementType.int64.rawValue
    #expect(lookup.fault == .operandType(node: 0, tensor: 1, found: .int64))
  }

  @Test func `an index out of range means the nearest one while running`() throws {
    let rows = model(.gather, [3, 1], indices: [4], to: [4, 1])
    #expect(try infer(rows, [1, 2, 3], [-1, .min, 3, .max] as [Int32]) == [1, 1, 3, 3])
    let wide = model(.gather, [3, 1], indices: [2], to: [2, 1], .int64)
    #expect(try infer(wide, [1, 2, 3], [.min, .max] as [Int64]) == [1, 3])
    let tuples = model(.gatherND, [2, 3], indices: [1, 2], to: [1])
    #expect(try infer(tuples, Array(0..<6), [9, -9] as [Int32]) == [3])
  }

  @Test func `a constant index out of range is refused`() {
    for (bad, isRefused) in [(0, false), (2, false), (3, true), (-1, true)] as [(Int32, Bool)] {
      let model = ModelBuilder.unary(
        .gather, [3, 2], to: [1, 2], type: Schema.Gather.optionsType, integers: ([1], [bad]))
      let fault = ModelError.optionOutOfRange(
        node: 0, option: .index, found: Int(bad), allowed: 0...2)
      #expect(model.fault == (isRefused ? fault : nil))
    }
  }

  @Test func `other faults`() {
    func fault(_ axis: Int32, _ batches: Int32, to output: [Int32] = [2, 2]) -> ModelError? {
      model(
        .gather, [3, 2], indices: [2], to: output, .int32,
        [Schema.Gather.axis: axis, Schema.Gather.batchAxes: batches]
      ).fault
    }
    #expect(fault(0, 0) == nil)
    #expect(fault(2, 0) == .axisOutOfRange(node: 0, axis: 2, rank: 2))
    #expect(
      fault(0, 1) == .optionOutOfRange(node: 0, option: .batchAxes, found: 1, allowed: 0...0))
    #expect(
      fault(1, 1) == .operandDimension(node: 0, tensor: 1, axis: 0, found: 2, expected: 3))
    #expect(
      fault(0, 0, to: [2, 3])
        == .operandDimension(node: 0, tensor: 2, axis: 1, found: 3, expected: 2))
    #expect(
      model(.gather, [3, 2], indices: [2], to: [2, 2], .int8).fault
        == .operandType(node: 0, tensor: 1, found: .int8))
    #expect(
      model(.gatherND, [2], indices: [1, 2], to: [1]).fault
        == .axisOutOfRange(node: 0, axis: 1, rank: 1))
    #expect(
      model(.gatherND, [2], indices: [], to: [1]).fault
        == .axisOutOfRange(node: 0, axis: -1, rank: 0))
  }
}
