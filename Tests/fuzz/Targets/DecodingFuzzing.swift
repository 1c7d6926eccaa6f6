@testable import SensorIO

/// Bytes as the frames of one sensor, with any decoding.
///
/// Goal: no bytes crash. Each frame becomes samples, a fault or nothing, and is counted as that.
/// Values are finite, or NaN where a field has none. Two decoders do the same with the same frames.
/// Method: the first byte chooses the decoder. The rest is cut into frames at each LF; for packed
/// fields the LF is a byte like others, and the frames have 1 to 32 bytes by their own first byte.
enum DecodingFuzzing {
  static func run(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let setup = setups[Int(choice) % setups.count]
    let rest = Array(bytes.dropFirst())
    let frames = setup.decoding.isText ? lines(rest) : pieces(rest)
    let (first, second) = (decoder(setup), decoder(setup))
    var time: Int64 = 0
    for frame in frames {
      time += 7
      let taken = decode(frame, first, at: time)
      precondition(taken == decode(frame, second, at: time), "two decoders differ")
    }
    precondition(first.counters == second.counters)
    first.connected(at: time)
  }

  private typealias Setup = (
    decoding: DecodingSettings, fields: [FieldSettings], clock: ClockSettings?
  )

  private static func decoder(_ setup: Setup) -> SampleDecoder {
    guard
      let decoder = try? SampleDecoder(setup.decoding, fields: setup.fields, clock: setup.clock)
    else { preconditionFailure("these settings are sound") }
    return decoder
  }

  private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
    bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
  }

  private static func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
    var (pieces, rest) = ([[UInt8]](), bytes[...])
    while let first = rest.first {
      let count = 1 + Int(first % 32)
      pieces.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return pieces
  }

  /// - Returns: the bits of all values, and the device's times.
  private static func decode(_ frame: [UInt8], _ decoder: SampleDecoder, at time: Int64) -> [UInt64]
  {
    var taken: [UInt64] = []
    let before = decoder.counters
    var values = [Float](repeating: 0, count: decoder.fieldCount)
    var samples: UInt64 = 0
    values.withUnsafeMutableBufferPointer { values in
      frame.withUnsafeBytes { frame in
        try? decoder.decode(frame, at: time, into: values) { deviceTime in
          samples += 1
          for value in values {
            precondition(value.isFinite || value.isNaN, "an infinity came through")
            taken.append(value.isNaN ? .max : UInt64(value.bitPattern))
          }
          taken.append(UInt64(bitPattern: deviceTime ?? -1))
        }
      }
    }
    let after = decoder.counters
    precondition(after.samples == before.samples + samples)
    let others = after.faults + after.passedOver - before.faults - before.passedOver
    precondition(others == (samples == 0 ? 1 : 0), "a frame is counted once")
    return taken
  }

  private static let fields: [FieldSettings] = [
    FieldSettings(name: "a"),
    FieldSettings(
      name: "b", type: .int16, isHexadecimal: true, scale: 0.5, offset: 1, invalid: [-1],
      range: -100...100),
    FieldSettings(name: "c", warmUpNanoseconds: 20, policy: .hold(nanoseconds: 30)),
    FieldSettings(name: "d", type: .uint8, policy: .drop),
  ]

  private static func placed(_ places: [FieldPlace?]) -> [FieldSettings] {
    zip(fields, places).map { field, place in
      var field = field
      field.place = place
      return field
    }
  }

  private static let setups: [Setup] = {
    let clock = ClockSettings(place: .column(0), bits: 16)
    let separators: [CellSeparator] = [.byte(0x2C), .byte(0x09), .blanks, .any]
    let paths: [FieldPlace?] = [
      nil, .path([.member("o"), .member("b")]), .path([.member("o"), .member("l"), .index(1)]),
      .path([.member("d")]),
    ]
    let roots: [FieldPlace?] = [
      .path([.index(0)]), .path([.index(2), .index(1)]), .path([.index(2), .index(3)]),
      .path([.index(2), .member("d")]),
    ]
    var setups: [Setup] = []
    for separator in separators {
      setups.append((.csv(CSVSettings(separator: separator)), Array(fields.prefix(2)), nil))
      setups.append(
        (
          .csv(CSVSettings(separator: separator, quote: 0x22, hasHeader: true, comment: 0x23)),
          placed([.header("a"), .column(1), .header("c"), .header("a")]), clock
        ))
      setups.append((.labels(LabelSettings(separator: separator)), fields, nil))
    }
    setups.append(
      (.csv(CSVSettings(separator: .byte(0x3B), hasDecimalComma: true)), fields, clock))
    setups.append((.labels(LabelSettings(assignment: 0x3D)), fields, .init(place: .label("t"))))
    setups.append((.json(), placed(paths), .init(place: .path([.member("t")]), bits: 64)))
    setups.append(
      (.json(JSONSettings(takesNumbersInStrings: true, duplicates: .last)), placed(roots), nil))
    setups.append((.binary(), fields, .init(place: .offset(0), bits: 24)))
    setups.append(
      (.binary(BinarySettings(headBytes: 1, samplesPerFrame: .asManyAsFit)), fields, nil))
    let bits: [FieldPlace?] = [
      .bits(start: 3, length: 64, order: .intel, isSigned: true),
      .bits(start: 62, length: 61, order: .motorola, isSigned: false), .offset(0), nil,
    ]
    setups.append((.binary(BinarySettings(samplesPerFrame: .count(2))), placed(bits), nil))
    for sentence in NMEASentence.allCases {
      let names = sentence.names.map { FieldSettings(name: $0, policy: .hold(nanoseconds: 9)) }
      setups.append((.nmea(sentence), names, nil))
    }
    setups.append((.nmea(), [FieldSettings(name: "a", place: .column(40))], nil))
    return setups
  }()
}
