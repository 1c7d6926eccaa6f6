import Testing

@testable import SensorIO

/// Goal: each type decodes in both byte orders and at any alignment, and no byte is left out or
/// added.
/// Method: extreme values, computed by hand.
@Suite struct PackedSampleDecoderTests {
  @Test(
    arguments: [
      (FieldType.int8, [0x80], -128), (.uint8, [0xFF], 255), (.int16, [0x80, 0x01], -32_767),
      (.uint16, [0xFF, 0xFE], 65_534), (.int32, [0x80, 0, 0, 0], -2_147_483_648),
      (.uint32, [0xFF, 0xFF, 0xFF, 0], 4_294_967_040), (.float32, [0x3F, 0xC0, 0, 0], 1.5),
      (.float64, [0xBF, 0xF8, 0, 0, 0, 0, 0, 0], -1.5),
    ] as [(FieldType, [UInt8], Float)])
  func `each type in both orders, aligned or not`(
    type: FieldType, bigEndian: [UInt8], expected: Float
  ) throws {
    for isBig in [true, false] {
      let field = FieldSettings(name: "v", type: type, isBigEndian: isBig)
      let pad = FieldSettings(name: "pad", type: .uint8)
      let bytes = isBig ? bigEndian : bigEndian.reversed()
      let alone = try SampleDecoder(.binary, fields: [field])
      #expect(alone.sample(of: bytes) == .success([expected]))
      let shifted = try SampleDecoder(.binary, fields: [pad, field])
      #expect(shifted.sample(of: [7] + bytes) == .success([7, expected]))
    }
  }

  @Test(arguments: [0, 1, 5, 7, 1024])
  func `a payload has exactly its fields' bytes`(count: Int) throws {
    let fields = [FieldSettings(name: "a", type: .int16), FieldSettings(name: "b", type: .int32)]
    let decoder = try SampleDecoder(.binary, fields: fields)
    #expect(
      decoder.sample(of: [UInt8](repeating: 0, count: count))
        == .failure(.payloadBytes(expected: 6, found: count)))
    #expect(decoder.sample(of: [1, 0, 2, 0, 0, 0]) == .success([1, 2]))
  }

  @Test(arguments: [[0, 0, 0xC0, 0x7F], [0, 0, 0x80, 0x7F], [0, 0, 0x80, 0xFF]] as [[UInt8]])
  func `a value that is none is refused`(bytes: [UInt8]) throws {
    let decoder = try SampleDecoder(.binary, fields: [FieldSettings(name: "v")])
    #expect(decoder.sample(of: bytes) == .failure(.notFinite(field: 0)))
  }
}
