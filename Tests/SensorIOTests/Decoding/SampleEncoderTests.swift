import Testing

@testable import SensorIO
import TestSupport

/// Goal: an encoded sample decodes to the same values, in every decoding and framing.
/// Method: seeded random samples go through encoder, reader and decoder.
@Suite struct SampleEncoderTests {
  private static let everyFraming: [FramingSettings] = [
    .line(LineSettings()), .packet(.lengthPrefixed(prefixBytes: 1, check: nil)),
    .packet(.lengthPrefixed(prefixBytes: 2, check: FrameCheck(.crc16Modbus))),
    .cobs(FrameCheck(.crc16CCITT)),
  ]
  private static let fields = [
    FieldSettings(name: "ax", type: .float32), FieldSettings(name: "größe", type: .float64),
    FieldSettings(name: "raw", type: .int16, isBigEndian: true, scale: 0.25, offset: -7),
    FieldSettings(name: "level", type: .uint8),
  ]

  private func wire(_ encoder: SampleEncoder, _ values: [Float]) throws(SampleEncodingError)
    -> [UInt8]
  {
    var wire: [UInt8] = []
    let fault: SampleEncodingError? = values.withUnsafeBufferPointer { values in
      do throws(SampleEncodingError) {
        try encoder.encode(values, to: &wire)
        return nil
      } catch {
        return error
      }
    }
    if let fault { throw fault }
    return wire
  }

  @Test(arguments: everyFraming, [DecodingSettings.csv(), .json(), .binary(), .labels()])
  func `samples come back`(framing: FramingSettings, decoding: DecodingSettings) throws {
    if case .line = framing, !decoding.isText { return }  // refused, see below
    var random = SeededGenerator("samples, \(framing), \(decoding)")
    let encoder = try SampleEncoder(decoding, fields: Self.fields, framing: framing)
    let decoder = try SampleDecoder(decoding, fields: Self.fields)
    let reader = FrameReader(framing)
    for _ in 0..<200 {
      let sample: [Float] = [
        .random(in: -4...4, using: &random), .random(in: -1e9...1e9, using: &random),
        Float(Int.random(in: -32_768...32_767, using: &random)) * 0.25 - 7,
        Float(Int.random(in: 0...255, using: &random)),
      ]
      let frames = reader.frames(of: try wire(encoder, sample))
      #expect(frames.map { decoder.sample(of: $0) } == [.success(sample.map { $0 })])
    }
  }

  @Test func `names the value that has no place`() throws {
    let fields = [FieldSettings(name: "a", type: .int8), FieldSettings(name: "b", type: .uint8)]
    let encoder = try SampleEncoder(.binary(), fields: fields, framing: .cobs(nil))
    #expect(throws: SampleEncodingError.outOfRange(field: 0)) { try wire(encoder, [128, 0]) }
    #expect(throws: SampleEncodingError.outOfRange(field: 1)) { try wire(encoder, [127, -1]) }
    #expect(throws: SampleEncodingError.notFinite(field: 1)) { try wire(encoder, [0, .nan]) }
    #expect(try wire(encoder, [-128, 255]) == [3, 0x80, 0xFF, 0])
  }

  @Test func `packed numbers do not go into lines`() {
    #expect(throws: DecodingSetupError.binaryInLines) {
      try SampleEncoder(.binary(), fields: Self.fields, framing: .line(LineSettings()))
    }
  }

  @Test func `a sample longer than a line is refused`() throws {
    let fields = (0..<256).map { FieldSettings(name: "f\($0)") }
    let encoder = try SampleEncoder(.csv(), fields: fields, framing: .line(LineSettings()))
    #expect(throws: SampleEncodingError.frame(.payloadTooLong(bytes: 1023))) {
      try wire(encoder, [Float](repeating: 1, count: 256))
    }
    let long = try SampleEncoder(.json(), fields: fields, framing: .line(LineSettings()))
    #expect(throws: SampleEncodingError.frame(.payloadTooLong(bytes: 1027))) {
      try wire(long, [Float](repeating: 1, count: 256))
    }
  }

  @Test func `the spelling is plain`() throws {
    let fields = [FieldSettings(name: "x"), FieldSettings(name: "y", scale: 0.5)]
    let csv = try SampleEncoder(.csv(), fields: fields, framing: .line(LineSettings()))
    #expect(String(decoding: try wire(csv, [0.1, 2]), as: UTF8.self) == "0.1,4.0\n")
    let json = try SampleEncoder(.json(), fields: fields, framing: .line(LineSettings()))
    #expect(String(decoding: try wire(json, [0.1, 2]), as: UTF8.self) == "{\"x\":0.1,\"y\":4.0}\n")
  }

  @Test(
    arguments: [
      (
        CSVSettings(separator: .byte(0x3B), hasDecimalComma: true), [nil, nil, nil, nil], "1,5;2,0"
      ),
      (
        CSVSettings(separator: .blanks), [.column(1), nil, .column(0), .column(3)],
        "3.0 1.5 2.0 4.0"
      ),
      (CSVSettings(separator: .any), [.column(1), nil, .column(4), nil], "0,1.5,2.0,0,3.0,4.0"),
      (
        CSVSettings(hasHeader: true), [.header("h"), .column(1), .column(0), .header("i")],
        "raw,größe,h,i"
      ),
    ] as [(CSVSettings, [FieldPlace?], String)])
  func `columns are where their places say`(
    settings: CSVSettings, places: [FieldPlace?], beginning: String
  ) throws {
    let fields = zip(["ax", "größe", "raw", "level"], places).map {
      FieldSettings(name: $0, place: $1)
    }
    let encoder = try SampleEncoder(.csv(settings), fields: fields, framing: .line(LineSettings()))
    let decoder = try SampleDecoder(.csv(settings), fields: fields)
    let reader = FrameReader(.line(LineSettings()))
    let wire = try wire(encoder, [1.5, 2, 3, 4]) + wire(encoder, [5, 6, 7, 8])
    #expect(String(decoding: wire, as: UTF8.self).hasPrefix(beginning))
    #expect(
      reader.frames(of: wire).compactMap { decoder.sample(of: $0) } == [
        .success([1.5, 2, 3, 4]), .success([5, 6, 7, 8]),
      ])
  }

  @Test func `labels and flat paths keep their names`() throws {
    let fields = [FieldSettings(name: "x", place: .label("Temp")), FieldSettings(name: "y")]
    let labels = try SampleEncoder(.labels(), fields: fields, framing: .line(LineSettings()))
    #expect(String(decoding: try wire(labels, [1, 2]), as: UTF8.self) == "Temp:1.0,y:2.0\n")
    let paths = [FieldSettings(name: "x", place: .path([.member("T")])), FieldSettings(name: "y")]
    let json = try SampleEncoder(.json(), fields: paths, framing: .line(LineSettings()))
    #expect(String(decoding: try wire(json, [1, 2]), as: UTF8.self) == "{\"T\":1.0,\"y\":2.0}\n")
  }

  @Test func `what is only read is refused`() {
    func refuses(_ decoding: DecodingSettings, _ field: FieldSettings) -> Bool {
      do throws(DecodingSetupError) {
        _ = try SampleEncoder(decoding, fields: [field], framing: .cobs(nil))
        return false
      } catch {
        return error == .notEncodable
      }
    }
    #expect(refuses(.nmea(.gga), .init(name: "lat")))
    #expect(refuses(.json(), .init(name: "a", place: .path([.index(0)]))))
    #expect(refuses(.json(), .init(name: "a", place: .path([.member("a"), .member("b")]))))
    #expect(refuses(.csv(), .init(name: "a", isHexadecimal: true)))
    #expect(refuses(.binary(.init(samplesPerFrame: .count(2))), .init(name: "a")))
    #expect(!refuses(.binary(.init(samplesPerFrame: .asManyAsFit)), .init(name: "a")))
  }
}
