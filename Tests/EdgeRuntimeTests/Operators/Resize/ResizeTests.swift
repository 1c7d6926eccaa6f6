import Testing

@testable import EdgeRuntime

/// Goal: RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR read the cells that their options say.
/// Method: one row of pixels stretched and shrunk by hand, for every type and option.
@Suite struct ResizeTests {
  /// One row of `inputs` pixels → one of `outputs`.
  private func row(
    _ kind: OperatorKind, _ type: ElementType, _ inputs: Int32, _ outputs: Int32,
    corners: Bool = false, centers: Bool = false
  ) -> ModelBuilder {
    let fields =
      kind == .resizeBilinear
      ? Schema.ResizeBilinear.fields : Schema.ResizeNearestNeighbor.fields
    return .unary(
      kind, type, [1, 1, inputs, 1], to: [1, 1, outputs, 1], integers: ([2], [1, outputs]),
      options: fields.optionsType,
      [
        fields.alignCorners: .uint8(corners ? 1 : 0),
        fields.halfPixelCenters: .uint8(centers ? 1 : 0),
      ])
  }

  @Test func `RESIZE_NEAREST_NEIGHBOR copies cells of any type`() throws {
    let bytes: [Int8] = [1, 2, 3]
    let plain = row(.resizeNearestNeighbor, .int8, 3, 5)
    // ⌊i · 0.6⌋
    #expect(try plain.run(bytes, to: Int8.self) == [1, 1, 2, 2, 3])
    // round(i · 0.5), ties away from zero
    let corners = row(.resizeNearestNeighbor, .int8, 3, 5, corners: true)
    #expect(try corners.run(bytes, to: Int8.self) == [1, 2, 2, 3, 3])
    // ⌊(i + ½) · 0.6⌋
    let centers = row(.resizeNearestNeighbor, .int8, 3, 5, centers: true)
    #expect(try centers.run(bytes, to: Int8.self) == [1, 1, 2, 3, 3])
    // Both: round((i + ½) · 0.5), at most the last.
    let both = row(.resizeNearestNeighbor, .int8, 3, 5, corners: true, centers: true)
    #expect(try both.run(bytes, to: Int8.self) == [1, 2, 2, 3, 3])
    let words = row(.resizeNearestNeighbor, .int16, 2, 1)
    #expect(try words.run([300, 400] as [Int16], to: Int16.self) == [300])
    let reals = row(.resizeNearestNeighbor, .float32, 1, 3, corners: true)
    #expect(try reals.run([0.5] as [Float], to: Float.self) == [0.5, 0.5, 0.5])
  }

  @Test func `RESIZE_BILINEAR weighs neighbours in steps of a 1024th`() throws {
    let bytes: [Int8] = [0, 10, -20]
    // Scale 3/6: places 0, ½, 1, 1½, 2 and 2½, which is at the edge.
    let plain = row(.resizeBilinear, .int8, 3, 6)
    #expect(try plain.run(bytes, to: Int8.self) == [0, 5, 10, -5, -20, -20])
    let corners = row(.resizeBilinear, .int8, 3, 5, corners: true)
    #expect(try corners.run(bytes, to: Int8.self) == [0, 5, 10, -5, -20])
    // Places −¼, ¼, ¾, 1¼, 1¾, 2¼: 2.5 and 7.5, 2.5 and −12.5, ties away from zero.
    let centers = row(.resizeBilinear, .int8, 3, 6, centers: true)
    #expect(try centers.run(bytes, to: Int8.self) == [0, 3, 8, 3, -13, -20])
    let words = row(.resizeBilinear, .int16, 2, 4)
    #expect(
      try words.run([-32768, 32767] as [Int16], to: Int16.self) == [-32768, -1, 32767, 32767])
  }

  @Test func `RESIZE_BILINEAR of uint8 and float32 computes in float32`() throws {
    let bytes = row(.resizeBilinear, .uint8, 2, 4)
    #expect(try bytes.run([254, 255] as [UInt8], to: UInt8.self) == [254, 255, 255, 255])
    let reals = row(.resizeBilinear, .float32, 2, 4, centers: true)
    #expect(try reals.run([1, 2] as [Float], to: Float.self) == [1, 1.25, 1.75, 2])
  }

  @Test func `outputs many times larger read nothing beyond the edge`() throws {
    for kind in [OperatorKind.resizeBilinear, .resizeNearestNeighbor] {
      for (corners, centers) in [(false, false), (true, false), (false, true)] {
        let model = row(kind, .int8, 1, 3000, corners: corners, centers: centers)
        #expect(try model.run([7] as [Int8], to: Int8.self).allSatisfy { $0 == 7 })
        let large = row(kind, .float32, 70000, 70001, corners: corners, centers: centers)
        let found = try large.run([Float](repeating: 0.25, count: 70000), to: Float.self)
        #expect(found.allSatisfy { abs($0 - 0.25) < 0.01 })
      }
    }
  }

  @Test func `refuses sizes, types and options that do not fit`() {
    func fault(_ change: (inout ModelBuilder) -> Void) -> ModelError? {
      var model = row(.resizeBilinear, .int8, 2, 4)
      change(&model)
      return model.fault
    }
    #expect(
      fault { $0.tensors[1].shape = [1, 1, 5, 1] }
        == .operandDimension(node: 0, tensor: 1, axis: 2, found: 5, expected: 4))
    #expect(
      fault { $0.buffers[1] = [Int32(-1), 4].flatMap(Flat.littleEndian) }
        == .operandDimension(node: 0, tensor: 1, axis: 1, found: 1, expected: -1))
    #expect(
      fault { $0.tensors[0].shape = [1, 2, 1] }
        == .operandRank(node: 0, tensor: 0, found: 3, expected: 4))
    #expect(
      fault { $0.tensors[1].scales = [2] } == .quantizationDiffers(node: 0, tensor: 1))
    #expect(
      fault { model in
        for tensor in 0...1 { model.tensors[tensor].type = ElementType.int32.rawValue }
      } == .operandType(node: 0, tensor: 0, found: .int32))
    #expect(
      row(.resizeBilinear, .int8, 2, 4, corners: true, centers: true).fault
        == .optionOutOfRange(node: 0, option: .halfPixelCenters, found: 1, allowed: 0...0))
  }
}
