import Testing

@testable import SensorIO

/// Goal: settings that cannot work are refused before the first frame, each with its own fault.
/// Method: each fault alone, beside the nearest settings that work.
@Suite struct DecodingChecksTests {
  private func fault(
    _ decoding: DecodingSettings, _ fields: [FieldSettings], _ clock: ClockSettings? = nil
  ) -> DecodingSetupError? {
    do throws(DecodingSetupError) {
      _ = try SampleDecoder(decoding, fields: fields, clock: clock)
      return nil
    } catch {
      return error
    }
  }

  private func fields(_ count: Int, _ type: FieldType = .int8) -> [FieldSettings] {
    (0..<count).map { FieldSettings(name: "f\($0)", type: type) }
  }

  @Test func `fields`() {
    let max = SensorLimits.fieldsMax
    #expect(fault(.csv(), []) == .fieldCount(found: 0, max: max))
    #expect(fault(.csv(), fields(max)) == nil)
    #expect(fault(.csv(), fields(max + 1)) == .fieldCount(found: max + 1, max: max))
    #expect(fault(.json(), [.init(name: "")]) == .nameEmpty(field: 0))
    #expect(fault(.json(), fields(2) + fields(1)) == .nameRepeated(field: 2))
    #expect(fault(.csv(), [.init(name: "a", scale: 0)]) == .scaleUnusable(field: 0))
    #expect(fault(.csv(), [.init(name: "a", scale: .nan)]) == .scaleUnusable(field: 0))
    #expect(fault(.csv(), [.init(name: "a", offset: .infinity)]) == .offsetNotFinite(field: 0))
    let invalid = [Double](repeating: 1, count: SensorLimits.invalidMax)
    #expect(fault(.csv(), [.init(name: "a", invalid: invalid)]) == nil)
    #expect(fault(.csv(), [.init(name: "a", invalid: invalid + [2])]) == .invalidUnusable(field: 0))
    #expect(fault(.csv(), [.init(name: "a", invalid: [.nan])]) == .invalidUnusable(field: 0))
    #expect(
      fault(.csv(), [.init(name: "a", warmUpNanoseconds: -1)]) == .durationUnusable(field: 0))
    #expect(
      fault(.csv(), [.init(name: "a", policy: .hold(nanoseconds: -1))])
        == .durationUnusable(field: 0))
  }

  @Test func `places`() {
    func place(_ place: FieldPlace, _ decoding: DecodingSettings) -> DecodingSetupError? {
      fault(decoding, [.init(name: "a", place: place, type: .int16)])
    }
    let header = DecodingSettings.csv(CSVSettings(hasHeader: true))
    #expect(place(.column(1023), .csv()) == nil)
    #expect(place(.header("t"), header) == nil)
    #expect(place(.label("t"), .labels()) == nil)
    #expect(place(.path([.index(0), .member("")]), .json()) == nil)
    #expect(place(.offset(1022), .binary()) == nil)
    let bits = FieldPlace.bits(start: 8191, length: 64, order: .intel, isSigned: true)
    #expect(place(bits, .binary()) == .payloadTooLong(bytes: 1032, max: 1024))
    #expect(place(.bits(start: 7, length: 64, order: .motorola, isSigned: true), .binary()) == nil)
    #expect(place(.column(40), .nmea()) == nil)
    #expect(place(.label("lat"), .nmea(.gga)) == nil)
    let unusable = DecodingSetupError.placeUnusable(field: 0)
    for (bad, decoding) in [
      (FieldPlace.column(1024), DecodingSettings.csv()), (.column(-1), .csv()),
      (.header("t"), .csv()), (.header(""), header), (.label(""), .labels()), (.label("t"), .csv()),
      (.path([]), .json()), (.path([.index(-1)]), .json()),
      (.path([JSONStep](repeating: .index(0), count: 17)), .json()), (.offset(-1), .binary()),
      (.offset(.max), .binary()), (.column(41), .nmea()), (.column(0), .json()), (bits, .labels()),
      (.bits(start: -1, length: 1, order: .intel, isSigned: false), .binary()),
      (.bits(start: .max, length: 1, order: .intel, isSigned: false), .binary()),
    ] {
      #expect(place(bad, decoding) == unusable, "\(bad)")
    }
    for length in [0, 65, .max] {
      let bits = FieldPlace.bits(start: 0, length: length, order: .intel, isSigned: true)
      #expect(place(bits, .binary()) == .bitsUnusable(field: 0))
    }
    #expect(
      fault(header, [.init(name: "a", place: .header("a")), .init(name: "b")])
        == .placeUnusable(field: 1))
    #expect(fault(.nmea(.gga), [.init(name: "latitude")]) == .nameUnknown(field: 0))
    #expect(fault(.nmea(.gga), [.init(name: "x", place: .label("y"))]) == .nameUnknown(field: 0))
    #expect(fault(.nmea(), [.init(name: "lat")]) == .nameUnknown(field: 0))
  }

  @Test func `packed fields`() {
    #expect(fault(.binary(), fields(128, .float64)) == nil)
    #expect(
      fault(.binary(), fields(129, .float64)) == .payloadTooLong(bytes: 1032, max: 1024))
    #expect(fault(.binary(), [.init(name: "a", type: .bit)]) == .bitsUnusable(field: 0))
    for type in FieldType.allCases where type != .bit {
      let hasWords = type.byteCount == 4 || type.byteCount == 8
      let swapped = FieldSettings(name: "a", type: type, isWordSwapped: true)
      #expect(fault(.binary(), [swapped]) == (hasWords ? nil : .wordsUnusable(field: 0)), "\(type)")
    }
    func samples(_ head: Int, _ count: Int) -> DecodingSetupError? {
      fault(.binary(BinarySettings(headBytes: head, samplesPerFrame: .count(count))), fields(3))
    }
    #expect(samples(1, 341) == nil)
    #expect(samples(2, 341) == .payloadTooLong(bytes: 1025, max: 1024))
    #expect(samples(0, .max) == .payloadTooLong(bytes: .max, max: 1024))
    #expect(samples(.max, 1) == .payloadTooLong(bytes: .max, max: 1024))
    #expect(samples(-1, 1) == .samplesUnusable && samples(0, 0) == .samplesUnusable)
  }

  @Test func `separators`() {
    func csv(_ settings: CSVSettings) -> DecodingSetupError? { fault(.csv(settings), fields(1)) }
    for byte in [0x09, 0x20, 0x3B, 0x7C] as [UInt8] {
      #expect(csv(CSVSettings(separator: .byte(byte))) == nil)
    }
    for byte in [0x0A, 0x0D, 0x00, 0x11, 0x2B, 0x2D, 0x2E, 0x31, 0x65, 0x7F, 0xA7] as [UInt8] {
      #expect(csv(CSVSettings(separator: .byte(byte))) == .separatorUnusable(byte))
      #expect(csv(CSVSettings(quote: byte)) == .separatorUnusable(byte))
    }
    #expect(csv(CSVSettings(hasDecimalComma: true)) == .separatorUnusable(0x2C))
    #expect(csv(CSVSettings(separator: .any, hasDecimalComma: true)) == nil)
    #expect(csv(CSVSettings(separator: .any, quote: 0x3B)) == .separatorUnusable(0x3B))
    #expect(csv(CSVSettings(quote: 0x23, comment: 0x23)) == .separatorUnusable(0x23))
    #expect(csv(CSVSettings(comment: 0x2C)) == .separatorUnusable(0x2C))
    let labels = LabelSettings(assignment: 0x3A, separator: .byte(0x3A))
    #expect(fault(.labels(labels), fields(1)) == .separatorUnusable(0x3A))
  }

  @Test func `clocks`() {
    func clock(_ settings: ClockSettings, _ decoding: DecodingSettings = .csv())
      -> DecodingSetupError?
    {
      fault(decoding, fields(1), settings)
    }
    for bits in [16, 24, 32, 64] { #expect(clock(.init(place: .column(0), bits: bits)) == nil) }
    for bits in [0, 8, 33, 65, -1] {
      #expect(clock(.init(place: .column(0), bits: bits)) == .clockUnusable)
    }
    #expect(clock(.init(place: .column(0), nanosecondsPerTick: 0)) == .clockUnusable)
    #expect(clock(.init(place: .label("t"))) == .clockUnusable)
    #expect(clock(.init(place: .column(0)), .nmea()) != nil)
    #expect(clock(.init(place: .offset(0)), .binary()) == nil)
    let header = DecodingSettings.csv(CSVSettings(hasHeader: true))
    #expect(clock(.init(place: .header("t")), header) == .clockUnusable)
    let placed = [FieldSettings(name: "a", place: .header("a"))]
    #expect(fault(header, placed, .init(place: .header("t"))) == nil)
  }
}
