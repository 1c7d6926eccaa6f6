import Testing

@testable import EdgeRuntime

/// Goal: BATCH_MATMUL multiplies every pair of matrices as they are stored, for every type.
/// Method: a product of two by two by hand, and random ones against plain loops.
@Suite struct BatchMatMulTests {
  /// a, b → y; tensors 0, 1, 2.
  private func product(
    _ type: ElementType, _ a: [Int32], _ b: [Int32], to y: [Int32], adjointX: Bool = false,
    adjointY: Bool = false, scale: Float = 1, zeros: (Int64, Int64, Int64) = (0, 0, 0)
  ) -> ModelBuilder {
    var model = ModelBuilder()
    let real = type == .float32
    let left = real ? model.plain(a, type) : model.tensor(a, type, zero: zeros.0)
    let right = real ? model.plain(b, type) : model.tensor(b, type, zero: zeros.1)
    let out = real ? model.plain(y, type) : model.tensor(y, type, scale: scale, zero: zeros.2)
    model.node(
      .batchMatMul, [left, right], [out], type: Schema.BatchMatMul.optionsType,
      [
        Schema.BatchMatMul.adjointX: .uint8(adjointX ? 1 : 0),
        Schema.BatchMatMul.adjointY: .uint8(adjointY ? 1 : 0),
      ])
    (model.inputs, model.outputs) = ([left, right], [out])
    return model
  }

  @Test func `two by two, as stored and transposed`() throws {
    // [1 2; 3 4] · [5 6; 7 8]
    func all<T: BitwiseCopyable & Equatable & ExpressibleByIntegerLiteral>(
      _ element: ElementType, _ type: T.Type
    ) throws {
      let (a, b) = ([1, 2, 3, 4] as [T], [5, 6, 7, 8] as [T])
      let (aTransposed, bTransposed) = ([1, 3, 2, 4] as [T], [5, 7, 6, 8] as [T])
      for (x, y) in [(false, false), (false, true), (true, false), (true, true)] {
        let model = product(
          element, [2, 2], [2, 2], to: [2, 2], adjointX: x, adjointY: y)
        let found = try model.run(x ? aTransposed : a, y ? bTransposed : b, to: T.self)
        #expect(found == [19, 22, 43, 50])
      }
    }
    try all(.int8, Int8.self)
    try all(.int16, Int16.self)
    try all(.float32, Float.self)
  }

  @Test func `zero points come off both, and scales count once`() throws {
    // (x − 1) · (w + 2): [0 1; 2 3] · [7 8; 9 10] = [9 10; 41 46], times ½, plus 3.
    let model = product(.int8, [2, 2], [2, 2], to: [2, 2], scale: 2, zeros: (1, -2, 3))
    #expect(try model.run([1, 2, 3, 4, 5, 6, 7, 8] as [Int8], to: Int8.self) == [8, 8, 24, 26])
  }

  @Test func `batches broadcast, and columns come in blocks`() throws {
    var random = SeededRandom(seed: 3, for: "BATCH_MATMUL")
    let (m, k, n) = (3, 5, 70)
    let a = (0..<4 * m * k).map { _ in Int8.random(in: -4...4, using: &random) }
    let b = (0..<2 * k * n).map { _ in Int8.random(in: -4...4, using: &random) }
    // a [2, 2, m, k], b [2, 1, k, n] and [2, k, n], which is [1, 2, k, n].
    for (shape, step) in [([2, 1, 5, 70], (1, 0)), ([2, 5, 70], (0, 1))] as [([Int32], (Int, Int))]
    {
      let model = product(.int8, [2, 2, 3, 5], shape, to: [2, 2, 3, 70], zeros: (1, 1, 0))
      let found = try model.run(a, b, to: Int8.self)
      for place in 0..<found.count {
        let (batch, row, column) = (place / (m * n), place / n % m, place % n)
        let matrix = batch / 2 * step.0 + batch % 2 * step.1
        var sum = 0
        for index in 0..<k {
          sum +=
            (Int(a[(batch * m + row) * k + index]) - 1)
            * (Int(b[(matrix * k + index) * n + column]) - 1)
        }
        #expect(Int(found[place]) == max(-128, min(127, sum)))
      }
    }
  }

  @Test func `a constant may be either operand`() throws {
    var model = product(.int8, [1, 2], [2, 1], to: [1, 1])
    model.buffers.append([3, 4])
    model.tensors[1].buffer = 1
    model.inputs = [0]
    #expect(try model.run([5, 6] as [Int8], to: Int8.self) == [39])
  }

  @Test func `refuses what does not fit, or could overflow`() {
    func fault(_ type: ElementType, _ change: (inout ModelBuilder) -> Void) -> ModelError? {
      var model = product(type, [2, 3], [3, 4], to: [2, 4])
      change(&model)
      return model.fault
    }
    #expect(
      fault(.int8) { $0.tensors[1].shape = [4, 4] }
        == .operandDimension(node: 0, tensor: 1, axis: 0, found: 4, expected: 3))
    #expect(
      fault(.int8) { $0.tensors[0].shape = [3] }
        == .operandRank(node: 0, tensor: 0, found: 1, expected: 2))
    #expect(
      fault(.int8) {
        ($0.tensors[0].shape, $0.tensors[1].shape) = ([3, 2, 3], [2, 3, 4])
      } == .operandDimension(node: 0, tensor: 1, axis: 0, found: 2, expected: 3))
    #expect(
      fault(.int8) { $0.tensors[2].shape = [2, 3] }
        == .operandDimension(node: 0, tensor: 2, axis: 1, found: 3, expected: 4))
    #expect(
      fault(.int8) { $0.tensors[1].type = ElementType.int16.rawValue }
        == .operandType(node: 0, tensor: 1, found: .int16))
    #expect(
      fault(.int8) { $0.tensors[2].scales = [1e-6] }
        == .multiplierOutOfRange(node: 0, channel: 0))
    for tensor in 0...2 {
      #expect(
        fault(.int16) { $0.tensors[tensor].zeroPoints = [1] }
          == .zeroPointOutOfRange(tensor: tensor, channel: 0, found: 1))
    }
    #expect(
      fault(.int16) { $0.tensors[2].scales = [1 / 256] }
        == .multiplierOutOfRange(node: 0, channel: 0))
    #expect(
      product(.int8, [1, 32768], [32768, 1], to: [1, 1]).fault
        == .accumulatorOverflow(node: 0, channel: 0))
    #expect(
      product(.int16, [1, 131072], [131072, 1], to: [1, 1]).fault
        == .accumulatorOverflow(node: 0, channel: 0))
  }

  @Test func `counts its multiplications`() throws {
    let model = try load(product(.int8, [2, 2, 3], [3, 4], to: [2, 2, 4]).bytes()).get()
    #expect(model.multiplyAccumulates == 2 * 2 * 3 * 4)
  }
}
