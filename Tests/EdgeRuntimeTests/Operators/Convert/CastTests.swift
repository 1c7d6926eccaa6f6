import Testing

@testable import EdgeRuntime

/// Goal: CAST, QUANTIZE and DEQUANTIZE between every two types they take.
/// Method: values at the edges of the types, worked by hand.
@Suite struct CastTests {
  private func cast<X: BitwiseCopyable, Y: BitwiseCopyable>(
    _ x: [X], _ from: ElementType, _ to: ElementType, as type: Y.Type
  ) throws -> [Y] {
    try ModelBuilder.elementwise(.cast, x.count, .plain(from), .plain(to)).run(x)
  }

  @Test func `integers keep their lowest bits`() throws {
    let wide: [Int64] = [-1, 255, 256, 1 << 40, -129, 40_000]
    #expect(try cast(wide, .int64, .int8, as: Int8.self) == [-1, -1, 0, 0, 127, 64])
    #expect(try cast(wide, .int64, .uint8, as: UInt8.self) == [255, 255, 0, 0, 127, 64])
    #expect(try cast(wide, .int64, .int16, as: Int16.self) == [-1, 255, 256, 0, -129, -25_536])
    #expect(try cast(wide, .int64, .int32, as: Int32.self) == [-1, 255, 256, 0, -129, 40_000])
    #expect(try cast(wide, .int64, .int64, as: Int64.self) == wide)
    #expect(try cast(wide, .int64, .bool, as: UInt8.self) == [1, 1, 1, 1, 1, 1])
    #expect(
      try cast(wide, .int64, .float32, as: Float.self) == [-1, 255, 256, 0x1p40, -129, 40_000])
  }

  @Test func `narrow integers widen`() throws {
    #expect(try cast([-128, 127] as [Int8], .int8, .int64, as: Int64.self) == [-128, 127])
    #expect(try cast([0, 255] as [UInt8], .uint8, .int16, as: Int16.self) == [0, 255])
    #expect(try cast([.min, 7] as [Int16], .int16, .int32, as: Int32.self) == [-32_768, 7])
    #expect(try cast([.max] as [Int32], .int32, .float32, as: Float.self) == [0x1p31])
    #expect(try cast([0, 1, 7] as [UInt8], .bool, .int8, as: Int8.self) == [0, 1, 1])
    #expect(try cast([0, 1, 7] as [UInt8], .bool, .bool, as: UInt8.self) == [0, 1, 1])
  }

  @Test func `Float32 is cut toward zero and stops at the limits`() throws {
    let x: [Float] = [1.9, -1.9, 1e30, -1e30, .nan, .infinity, -.infinity]
    #expect(
      try cast(x, .float32, .int8, as: Int8.self) == [1, -1, 127, -128, 127, 127, -128])
    #expect(try cast(x, .float32, .uint8, as: UInt8.self) == [1, 0, 255, 0, 255, 255, 0])
    #expect(
      try cast(x, .float32, .int32, as: Int32.self) == [1, -1, .max, .min, .max, .max, .min])
    #expect(
      try cast(x, .float32, .int64, as: Int64.self) == [1, -1, .max, .min, .max, .max, .min])
    #expect(try cast([0.1, 0, -0.0] as [Float], .float32, .bool, as: UInt8.self) == [1, 0, 0])
    #expect(try cast([0.1, -3] as [Float], .float32, .float32, as: Float.self) == [0.1, -3])
  }

  @Test func `more elements than a block, narrowed where they stand`() throws {
    let x = (0..<100).map { Int32($0) }
    #expect(try cast(x, .int32, .int8, as: Int8.self) == x.map { Int8($0) })
    #expect(try cast(x, .int32, .int64, as: Int64.self) == x.map { Int64($0) })
    #expect(try cast(x, .int32, .float32, as: Float.self) == x.map { Float($0) })
  }

  @Test func `CAST refuses shapes that differ`() {
    var model = ModelBuilder.elementwise(.cast, 2, .reals, .plain(.int32))
    model.tensors[1].shape = [3]
    #expect(
      model.fault == .operandDimension(node: 0, tensor: 1, axis: 0, found: 3, expected: 2))
  }

  @Test func `QUANTIZE between integers of all widths`() throws {
    func run<X: BitwiseCopyable, Y: BitwiseCopyable>(
      _ from: Elements, _ to: Elements, _ x: [X], _: Y.Type
    ) throws -> [Y] {
      try ModelBuilder.elementwise(.quantize, x.count, from, to).run(x)
    }
    #expect(
      try run(.int8(1), .uint8(1, 128), [-128, 0, 127] as [Int8], UInt8.self) == [0, 128, 255])
    #expect(try run(.uint8(1, 128), .int8(2), [0, 129, 131] as [UInt8], Int8.self) == [-64, 1, 2])
    #expect(try run(.uint8(1), .int16(0.5), [255] as [UInt8], Int16.self) == [510])
    #expect(try run(.int16(1), .int8(256), [.min, .max] as [Int16], Int8.self) == [-128, 127])
    #expect(try run(.int16(1), .int16(1, -1), [.min, 5] as [Int16], Int16.self) == [.min, 4])
    #expect(try run(.int16(1), .int32(0.25), [.min, 5] as [Int16], Int32.self) == [-131_072, 20])
    #expect(
      try run(.int32(1), .int8(1), [.min, -7, .max] as [Int32], Int8.self) == [-128, -7, 127])
    #expect(
      try run(.int32(1), .int16(0.5), [.min, -7, .max] as [Int32], Int16.self) == [.min, -14, .max])
    let model = ModelBuilder.elementwise(.quantize, 2, .reals, .int32(1))
    #expect(model.fault == .operandType(node: 0, tensor: 1, found: .int32))
    let wide = ModelBuilder.elementwise(.quantize, 2, .int32(1), .int32(2))
    #expect(wide.fault == .operandType(node: 0, tensor: 1, found: .int32))
    let flags = ModelBuilder.elementwise(.quantize, 2, .plain(.bool), .int8(1))
    #expect(flags.fault == .operandType(node: 0, tensor: 0, found: .bool))
  }

  @Test func `QUANTIZE and DEQUANTIZE of Float32`() throws {
    let x: [Float] = [0.5, -0.5, 1e9]
    #expect(
      try ModelBuilder.elementwise(.quantize, 3, .reals, .uint8(1, 128)).run(x)
        == [129, 127, 255] as [UInt8])
    #expect(
      try ModelBuilder.elementwise(.quantize, 3, .reals, .int16(1)).run(x)
        == [1, -1, 32_767] as [Int16])
    #expect(
      try ModelBuilder.elementwise(.dequantize, 2, .uint8(0.5, 128), .reals).run(
        [0, 129] as [UInt8])
        == [-64, 0.5] as [Float])
    #expect(
      try ModelBuilder.elementwise(.dequantize, 2, .int16(0.5), .reals).run([.min, 1] as [Int16])
        == [-16_384, 0.5] as [Float])
    #expect(
      try ModelBuilder.elementwise(.dequantize, 2, .int32(0.5, -1), .reals).run(
        [.max, 1] as [Int32])
        == [0x1p30, 1] as [Float])
    let flags = ModelBuilder.elementwise(.dequantize, 2, .plain(.bool), .reals)
    #expect(flags.fault == .operandType(node: 0, tensor: 0, found: .bool))
    let bytes = ModelBuilder.elementwise(.dequantize, 2, .int8(1), .int8(1))
    #expect(bytes.fault == .operandType(node: 0, tensor: 1, found: .int8))
  }
}
