import Testing

@testable import SensorIO
import TestSupport

/// Goal: each type decodes in every order and at any alignment, and no byte is left out or added.
/// Method: extreme values by hand, seeded values through encoder and decoder, and bits against a
/// model that goes bit by bit.
@Suite struct PackedSampleDecoderTests {
  @Test(
    arguments: [
      (FieldType.int8, [0x80], -128), (.uint8, [0xFF], 255), (.int16, [0x80, 0x01], -32_767),
      (.uint16, [0xFF, 0xFE], 65_534), (.int24, [0x80, 0, 1], -8_388_607),
      (.uint24, [0xFF, 0xFF, 0xFE], 16_777_214), (.int32, [0x80, 0, 0, 0], -2_147_483_648),
      (.uint32, [0xFF, 0xFF, 0xFF, 0], 4_294_967_040),
      (.int64, [0x80, 0, 0, 0, 0, 0, 0, 0], -0x1p63),
      (.uint64, [0x80, 0, 0, 0, 0, 0, 0, 0], 0x1p63),
      (.float16, [0xC1, 0], -2.5), (.float16, [0, 1], 0x1p-24), (.float16, [0x7B, 0xFF], 65_504),
      (.float32, [0x3F, 0xC0, 0, 0], 1.5), (.float64, [0xBF, 0xF8, 0, 0, 0, 0, 0, 0], -1.5),
    ] as [(FieldType, [UInt8], Float)])
  func `each type in both orders, aligned or not`(
    type: FieldType, bigEndian: [UInt8], expected: Float
  ) throws {
    for isBig in [true, false] {
      let field = FieldSettings(name: "v", type: type, isBigEndian: isBig)
      let pad = FieldSettings(name: "pad", type: .uint8)
      let bytes = isBig ? bigEndian : bigEndian.reversed()
      let alone = try SampleDecoder(.binary(), fields: [field])
      #expect(alone.sample(of: bytes) == .success([expected]))
      let shifted = try SampleDecoder(.binary(), fields: [pad, field])
      #expect(shifted.sample(of: [7] + bytes) == .success([7, expected]))
    }
  }

  @Test(
    arguments: [
      ([1, 2, 3, 4], true, false), ([3, 4, 1, 2], true, true), ([4, 3, 2, 1], false, false),
      ([2, 1, 4, 3], false, true),
    ] as [([UInt8], Bool, Bool)])
  func `the four orders of two words`(bytes: [UInt8], isBig: Bool, isSwapped: Bool) throws {
    let field = FieldSettings(
      name: "v", type: .uint32, isBigEndian: isBig, isWordSwapped: isSwapped)
    #expect(
      try SampleDecoder(.binary(), fields: [field]).sample(of: bytes) == .success([0x0102_0304]))
  }

  @Test func `four words are swapped as a whole`() throws {
    let field = FieldSettings(name: "v", type: .uint64, isBigEndian: true, isWordSwapped: true)
    #expect(
      try SampleDecoder(.binary(), fields: [field]).sample(of: [0, 7, 0, 0, 0, 0, 0, 0])
        == .success([7]))
  }

  @Test(arguments: [0, 1, 5, 7, 1024])
  func `without places a payload has exactly its fields' bytes`(count: Int) throws {
    let fields = [FieldSettings(name: "a", type: .int16), FieldSettings(name: "b", type: .int32)]
    let decoder = try SampleDecoder(.binary(), fields: fields)
    #expect(
      decoder.sample(of: [UInt8](repeating: 0, count: count))
        == .failure(.payloadBytes(expected: 6, found: count)))
    #expect(decoder.sample(of: [1, 0, 2, 0, 0, 0]) == .success([1, 2]))
    #expect(decoder.contentBytes == 6...6)
  }

  @Test(
    arguments: [
      ([0, 0, 0xC0, 0x7F], .nan), ([0, 0, 0x80, 0x7F], .infinite), ([0, 0, 0x80, 0xFF], .infinite),
      ([0xCD, 0xCC, 0xC7, 0xC2], .invalid),
    ] as [([UInt8], FieldFault)])
  func `a value that is none is absent`(bytes: [UInt8], kind: FieldFault) throws {
    let decoder = try SampleDecoder(
      .binary(), fields: [.init(name: "v", invalid: [-99.9]), .init(name: "w", type: .uint8)])
    #expect(decoder.sample(of: bytes + [1]) == .success([nil, 1]))
    #expect(decoder.fieldCounters[0, kind] == 1)
  }

  @Test func `with places a frame may be longer, and what is beyond it is missing`() throws {
    let decoder = try SampleDecoder(
      .binary(),
      fields: [
        .init(name: "a", place: .offset(2), type: .uint16), .init(name: "b", type: .uint8),
        .init(name: "c", place: .bits(start: 12, length: 4, order: .intel, isSigned: false)),
      ])
    #expect(decoder.sample(of: [9, 0x5F, 1, 0, 7, 9, 9]) == .success([1, 7, 5]))
    #expect(decoder.sample(of: [9, 0x5F, 1, 0]) == .success([1, nil, 5]))
    #expect(decoder.sample(of: [9, 0x5F, 1]) == .success([nil, nil, 5]))
    #expect(decoder.sample(of: [9]) == .failure(.noValue(.missing)))
    #expect(decoder.fieldCounters[0, .missing] == 1 && decoder.fieldCounters[1, .missing] == 2)
    #expect(decoder.contentBytes == 2...1024)
  }

  @Test func `several samples in a frame, with a head before them`() throws {
    let fields = [
      FieldSettings(name: "battery", place: .offset(1), type: .uint8),
      FieldSettings(name: "x", place: .offset(2), type: .int8),
      FieldSettings(name: "y", type: .int8),
    ]
    let decoder = try SampleDecoder(
      .binary(BinarySettings(headBytes: 2, samplesPerFrame: .asManyAsFit)), fields: fields,
      clock: ClockSettings(place: .offset(4), bits: 16))
    guard
      case .success(let samples) = decoder.samples(of: [0, 90, 1, 2, 5, 0, 3, 0xFF, 6, 0, 4])
    else {
      Issue.record("two samples")
      return
    }
    let expected: [[Float?]] = [[90, 1, 2], [90, 3, -1]]
    #expect(samples.map { $0.values } == expected)
    #expect(samples.map { $0.deviceTime } == [5_000_000, 6_000_000])
    #expect(decoder.counters.samples == 2)
  }

  @Test func `as many samples as declared, or as fit`() throws {
    let fields = [FieldSettings(name: "a", type: .int16)]
    func decoder(_ samples: BinarySettings.SamplesPerFrame) throws -> SampleDecoder {
      try SampleDecoder(
        .binary(BinarySettings(headBytes: 1, samplesPerFrame: samples)), fields: fields)
    }
    let (three, any) = (try decoder(.count(3)), try decoder(.asManyAsFit))
    for (decoder, count) in [(three, 3), (any, 1), (any, 3), (any, 511)] {
      let frame: [UInt8] = [9] + (0..<count).flatMap { [UInt8($0 & 0x7F), 0] }
      guard case .success(let samples) = decoder.samples(of: frame) else {
        Issue.record("\(count) samples")
        continue
      }
      #expect(samples.map { $0.values } == (0..<count).map { [Float($0 & 0x7F)] })
    }
    #expect(three.sample(of: [9, 1, 0]) == .failure(.payloadBytes(expected: 7, found: 3)))
    #expect(any.sample(of: [9, 1, 0, 2]) == .failure(.payloadBytes(expected: 3, found: 4)))
    #expect(any.sample(of: [9]) == .failure(.payloadBytes(expected: 3, found: 1)))
    #expect(any.sample(of: []) == .failure(.payloadBytes(expected: 3, found: 0)))
    #expect(three.contentBytes == 7...7 && any.contentBytes == 3...1023)
  }

  @Test func `a bad sample costs no other one of its frame`() throws {
    let decoder = try SampleDecoder(
      .binary(BinarySettings(samplesPerFrame: .asManyAsFit)),
      fields: [.init(name: "a", type: .uint8, invalid: [0], policy: .drop)])
    guard case .success(let samples) = decoder.samples(of: [1, 0, 3]) else {
      Issue.record("two samples")
      return
    }
    #expect(samples.map { $0.values } == [[1], [3]])
    #expect(decoder.counters.samplesDropped == 1 && decoder.counters.faults == 0)
    #expect(decoder.sample(of: [0, 0]) == .failure(.dropped(field: 0, .invalid)))
    #expect(decoder.counters.samplesDropped == 3 && decoder.counters.dropped == 1)
  }

  @Test func `every type comes back in every order`() throws {
    var random = SeededGenerator("packed types")
    for type in FieldType.allCases where type != .bit {
      for _ in 0..<500 {
        let hasWords = type.byteCount == 4 || type.byteCount == 8
        let field = FieldSettings(
          name: "v",
          place: Bool.random(using: &random) ? nil : .offset(.random(in: 0...9, using: &random)),
          type: type, isBigEndian: .random(using: &random),
          isWordSwapped: hasWords && Bool.random(using: &random))
        let value = Self.value(of: type, &random)
        let settings = DecodingSettings.binary(
          BinarySettings(headBytes: .random(in: 0...3, using: &random)))
        let encoder = try SampleEncoder(
          settings, fields: [field], framing: .packet(.lengthPrefixed(prefixBytes: 1, check: nil)))
        var wire: [UInt8] = []
        try withUnsafeTemporaryAllocation(of: Float.self, capacity: 1) { values in
          values.initialize(repeating: value)
          try encoder.encode(UnsafeBufferPointer(values), to: &wire)
        }
        let decoder = try SampleDecoder(settings, fields: [field])
        #expect(
          decoder.sample(of: Array(wire.dropFirst())) == .success([value]), "\(field) \(value)")
      }
    }
  }

  /// A value that the type has, and a Float, too.
  private static func value(of type: FieldType, _ random: inout SeededGenerator) -> Float {
    switch type {
    case .float32, .float64: return .random(in: -1e9...1e9, using: &random)
    case .float16: return Float(Int.random(in: -2047...2047, using: &random)) * 0x1p-9
    default:
      let bits = min(8 * type.byteCount, 24) - (type.isSigned ? 1 : 0)
      let magnitude = Float(Int.random(in: 0..<1 << bits, using: &random))
      return type.isSigned && Bool.random(using: &random) ? -magnitude : magnitude
    }
  }

  // MARK: bits

  /// Bit by bit, as the DBC format says it.
  private static func model(
    _ frame: [UInt8], start: Int, length: Int, order: BitOrder, isSigned: Bool
  ) -> Double? {
    func bit(_ number: Int) -> Int? {
      number / 8 < frame.count ? Int(frame[number / 8] >> (number % 8) & 1) : nil
    }
    var bits: [Int] = []  // the highest first
    var number = start
    for _ in 0..<length {
      guard let bit = bit(number) else { return nil }
      switch order {
      case .intel:
        bits.insert(bit, at: 0)
        number += 1
      case .motorola:
        bits.append(bit)
        number += number % 8 == 0 ? 15 : -1
      }
    }
    var value = isSigned ? -Double(bits[0]) : Double(bits[0])
    // A Double holds all sums of at most 53 bits exactly, and rounds those of 64 only at the end
    // when the high and the low half are added.
    var (high, low) = (value, 0.0)
    for (index, bit) in bits.enumerated().dropFirst() {
      if bits.count - index > 32 {
        high = high * 2 + Double(bit)
      } else {
        low = low * 2 + Double(bit)
      }
    }
    let lowBits = min(32, bits.count - 1)
    for _ in 0..<lowBits { high *= 2 }
    value = high + low
    return value
  }

  @Test func `bits are where the model has them`() throws {
    var random = SeededGenerator("bits")
    for _ in 0..<6000 {
      let frame = random.bytes(.random(in: 1...12, using: &random))
      let start = Int.random(in: 0..<96, using: &random)
      let length = Int.random(in: 1...64, using: &random)
      let order: BitOrder = Bool.random(using: &random) ? .intel : .motorola
      let isSigned = Bool.random(using: &random)
      let decoder = try SampleDecoder(
        .binary(),
        fields: [
          .init(
            name: "v",
            place: .bits(start: start, length: length, order: order, isSigned: isSigned)),
          .init(name: "w", place: .offset(0), type: .uint8),
        ])
      let expected = Self.model(
        frame, start: start, length: length, order: order, isSigned: isSigned)
      #expect(
        decoder.sample(of: frame) == .success([expected.map { Float($0) }, Float(frame[0])]),
        "\(frame) \(start) \(length) \(order) \(isSigned)")
    }
  }

  @Test func `bits come back from the encoder, and nothing beside them changes`() throws {
    var random = SeededGenerator("encoded bits")
    for _ in 0..<2000 {
      let start = Int.random(in: 0..<64, using: &random)
      let length = Int.random(in: 1...24, using: &random)
      let order: BitOrder = Bool.random(using: &random) ? .intel : .motorola
      let field = FieldSettings(
        name: "v", place: .bits(start: start, length: length, order: order, isSigned: true))
      let half = 1 << (length - 1)
      let value = Float(Int.random(in: -half..<half, using: &random))
      let encoder = PackedSampleEncoder(BinarySettings(), [field])
      let payload = UnsafeMutableRawBufferPointer.allocate(byteCount: 32, alignment: 8)
      defer { payload.deallocate() }
      let frame = try withUnsafeTemporaryAllocation(of: Float.self, capacity: 1) { values in
        values.initialize(repeating: value)
        return Array(try encoder.encode(UnsafeBufferPointer(values), into: payload))
      }
      #expect(try SampleDecoder(.binary(), fields: [field]).sample(of: frame) == .success([value]))
      let ones = frame.reduce(0) { $0 + $1.nonzeroBitCount }
      #expect(ones <= length)
    }
  }
}
