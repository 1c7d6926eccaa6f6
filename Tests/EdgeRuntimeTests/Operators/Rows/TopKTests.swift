import Testing

@testable import EdgeRuntime

/// Goal: TOPK_V2 finds and orders what its doc comment says.
/// Method: small rows worked by hand, ties and NaN among them; random rows against sorting.
@Suite struct TopKTests {
  /// x [rows, columns] → TOPK_V2: tensors x 0, k 1, values 2, indices 3.
  private func topK(
    _ type: ElementType, _ rows: Int32, _ columns: Int32, _ k: Int32
  ) -> ModelBuilder {
    var model = ModelBuilder()
    let x = model.plain([rows, columns], type)
    let count = model.constant([], int32: [k])
    let (values, indices) = (model.plain([rows, k], type), model.plain([rows, k], .int32))
    model.node(.topK, [x, count], [values, indices], type: Schema.TopK.optionsType)
    (model.inputs, model.outputs) = ([x], [values, indices])
    return model
  }

  @Test func `TOPK_V2 puts the largest first, and the first of equals`() throws {
    let words = topK(.int32, 2, 4, 3)
    #expect(
      try words.run([5, 9, 5, 9, -1, -2, -3, -4] as [Int32], to: Int32.self)
        == [9, 9, 5, -1, -2, -3, 1, 3, 0, 0, 1, 2])
    var reals = topK(.float32, 1, 4, 4)
    reals.outputs = [3]
    #expect(try reals.run([.nan, 1, .nan, 2] as [Float], to: Int32.self) == [3, 1, 0, 2])
  }

  @Test(arguments: [1, 2, 7, 16, 17] as [Int32])
  func `TOPK_V2 agrees with sorting`(k: Int32) throws {
    var random = SeededRandom(seed: 11, for: "TOPK_V2")
    func check<T: FixedWidthInteger & BitwiseCopyable>(_ type: ElementType, _ range: ClosedRange<T>)
      throws
    {
      let row = (0..<17).map { _ in T.random(in: range, using: &random) }
      let order = row.indices.sorted { (row[$1], $0) < (row[$0], $1) }.prefix(Int(k))
      var model = topK(type, 1, 17, k)
      model.outputs = [3]
      #expect(try model.run(row, to: Int32.self) == order.map { Int32($0) })
      model.outputs = [2]
      #expect(try model.run(row, to: T.self) == order.map { row[$0] })
    }
    try check(.int8, -3...3 as ClosedRange<Int8>)
    try check(.uint8, 0...255 as ClosedRange<UInt8>)
    try check(.int16, -300...300 as ClosedRange<Int16>)
  }

  @Test func `TOPK_V2 refuses more than there are, none, and other shapes`() {
    func fault(_ k: Int32, _ change: (inout ModelBuilder) -> Void = { _ in }) -> ModelError? {
      var model = topK(.int8, 1, 4, 3)
      model.buffers[1] = Flat.littleEndian(k)
      change(&model)
      return model.fault
    }
    for k in [0, -1, 5] as [Int32] {
      #expect(
        fault(k)
          == .optionOutOfRange(node: 0, option: .largestCount, found: Int(k), allowed: 1...4))
    }
    #expect(
      fault(2) == .operandDimension(node: 0, tensor: 2, axis: 1, found: 3, expected: 2))
    #expect(
      fault(3) { $0.tensors[3].shape = [1, 2] }
        == .operandDimension(node: 0, tensor: 3, axis: 1, found: 2, expected: 3))
    #expect(
      fault(3) { $0.tensors[3].type = ElementType.int16.rawValue }
        == .operandType(node: 0, tensor: 3, found: .int16))
    #expect(
      fault(3) { ($0.nodes[0].outputs, $0.outputs) = ([2], [2]) }
        == .outputCount(node: 0, found: 1, expected: 2))
    #expect(
      fault(3) { ($0.tensors[2].scales, $0.tensors[2].zeroPoints) = ([1], [0]) }
        == .quantizationMissing(tensor: 0))
  }
}
