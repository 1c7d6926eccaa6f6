import Testing

@testable import EdgeRuntime

/// Goal: every way to stretch shapes reads the right elements, and an output may take an operand's
/// place if the operator says so.
/// Method: shapes with sizes of 1 and others, compared with NumPy's rule written out index by
/// index. Then the output has an operand's address.
@Suite struct BroadcastTests {
  @Test func `stretches any axes of either operand`() throws {
    var random = SeededRandom(seed: 1_592_590_343, for: "stretched shapes")
    for _ in 0..<200 {
      let rank = Int.random(in: 0...6, using: &random)
      let shape = (0..<rank).map { _ in Int.random(in: 1...4, using: &random) }
      func part() -> [Int] {
        let stretched = shape.map { Bool.random(using: &random) ? $0 : 1 }
        return Array(stretched.dropFirst(Int.random(in: 0...rank, using: &random)))
      }
      // One operand is whole, so that the common shape is known.
      let other = part()
      let (a, b) = Bool.random(using: &random) ? (shape, other) : (other, shape)
      let model = ModelBuilder.plain(
        .sub, [a.map { Int32($0) }, b.map { Int32($0) }], .int32, to: shape.map { Int32($0) })
      let aValues = (0..<a.reduce(1, *)).map { Int32($0) }
      let bValues = (0..<b.reduce(1, *)).map { Int32(1000 * $0) }
      let expected = (0..<shape.reduce(1, *)).map { place in
        aValues[Self.place(place, of: shape, in: a)] - bValues[Self.place(place, of: shape, in: b)]
      }
      #expect(try model.elements(aValues + bValues) == expected, "\(a) − \(b)")
    }
  }

  /// Where the `place`th element of `shape` is read in an operand that is stretched to it.
  private static func place(_ place: Int, of shape: [Int], in operand: [Int]) -> Int {
    var (rest, stride, result) = (place, 1, 0)
    for axis in shape.indices.reversed() {
      let own = axis - (shape.count - operand.count)
      if own >= 0 {
        if operand[own] != 1 { result += rest % shape[axis] * stride }
        stride *= operand[own]
      }
      rest /= shape[axis]
    }
    return result
  }

  @Test(
    arguments: [
      .add, .sub, .mul, .div, .maximum, .squaredDifference, .equal, .selectV2,
    ] as [OperatorKind])
  func `the output may take the place of an operand`(kind: OperatorKind) throws {
    let count = 203  // Whole vectors and a rest.
    var builder = ModelBuilder.pair(kind, count)
    if kind == .equal { builder.tensors[2].type = ElementType.bool.rawValue }
    if kind == .selectV2 {
      builder.inputs = [0, 1, 3].map { Int32($0) }
      builder.tensors.append(builder.tensors[0])
      builder.tensors[0].type = ElementType.bool.rawValue
      builder.nodes[0].inputs = [0, 1, 3]
    }
    let model = try load(builder.bytes()).get()
    let values = (0..<count * builder.inputs.count).map { UInt8(truncatingIfNeeded: 37 * $0 % 251) }
    let expected = try Interpreter(model).infer(values[...])
    let node = model.graph.nodes[0]
    let inPlace = try Operator.prepare(
      node, Setup(FlatBuffer(UnsafeRawBufferPointer(start: nil, count: 0)))
    )
    .inPlaceInputs
    #expect(inPlace == builder.inputs.count)
    for position in 0..<inPlace {
      var arenas = model.graph.tensors.map { _ in [UInt8](repeating: 0, count: count) }
      for (index, input) in node.inputs.enumerated() {
        arenas[input!.index] = Array(values[index * count..<(index + 1) * count])
      }
      let output = Self.eval(model, &arenas, output: node.inputs[position]!.index)
      #expect(output == expected, "in place of input \(position)")
    }
  }

  /// Runs the only operator with its output at the address of the tensor `output`.
  private static func eval(
    _ model: Model, _ arenas: inout [[UInt8]], output: Int
  ) -> [UInt8] {
    let count = arenas[0].count
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: arenas.count * count, alignment: 64)
    defer { bytes.deallocate() }
    var addresses = arenas.indices.map { bytes + $0 * count }
    for index in arenas.indices {
      addresses[index].copyMemory(from: arenas[index], byteCount: count)
    }
    addresses[model.graph.nodes[0].outputs[0].index] = addresses[output]
    addresses.withUnsafeBufferPointer {
      model.operators[0].eval(Memory(addresses: $0.baseAddress!, tensorCount: $0.count))
    }
    return Array(UnsafeRawBufferPointer(start: addresses[output], count: count))
  }

  @Test func `wider operands never give their place to a narrower output`() throws {
    let builder = ModelBuilder.plain(.less, [[4], [1]], .int32, to: [4], .bool)
    let node = try load(builder.bytes()).get().graph.nodes[0]
    let setup = Setup(FlatBuffer(UnsafeRawBufferPointer(start: nil, count: 0)))
    #expect(try Operator.prepare(node, setup).inPlaceInputs == 0)
  }
}
