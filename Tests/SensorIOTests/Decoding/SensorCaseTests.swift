import Testing

@testable import SensorIO
import TestSupport

/// Goal: what sensors really send becomes the samples that it means, and nothing is lost but what a
/// fault hit.
/// Method: the cases of the shared folder, each with the settings that its README asks for. The
/// frames are cut here, in the plainest way; rates, gaps, messages and alerts are judged elsewhere.
@Suite struct SensorCaseTests {
  private static let six = ["ax", "ay", "az", "wx", "wy", "wz"]
  private static let isThere = SharedMaterial.mayUse("cases")

  struct Run: Sendable, CustomTestStringConvertible {
    let name: String
    let input: String
    let decoding: DecodingSettings
    var fields: [FieldSettings]
    var end: UInt8 = 0x0A
    var testDescription: String { name }

    init(
      _ name: String, _ input: String, _ decoding: DecodingSettings, _ fields: [String],
      end: UInt8 = 0x0A
    ) {
      self.init(name, input, decoding, fields.map { FieldSettings(name: $0) }, end: end)
    }

    init(
      _ name: String, _ input: String, _ decoding: DecodingSettings, _ fields: [FieldSettings],
      end: UInt8 = 0x0A
    ) {
      (self.name, self.input, self.decoding) = (name, input, decoding)
      (self.fields, self.end) = (fields, end)
    }
  }

  private static func path(_ name: String, _ steps: JSONStep...) -> FieldSettings {
    FieldSettings(name: name, place: .path(steps))
  }

  private static let labelled = [
    FieldSettings(name: "temp", place: .label("Temp")),
    FieldSettings(name: "hum", place: .label("Hum")),
  ]

  static let runs: [Run] = [
    Run("unneeded-value/csv-nan", "input.csv", .csv(), six + ["t"]),
    Run("unneeded-value/json-nan", "input.jsonl", .json(), six),
    Run("unneeded-value/json-null", "input.jsonl", .json(), six + ["t"]),
    Run(
      "json-shapes/nested", "input.jsonl", .json(),
      [
        path("t", .member("SI7021"), .member("Temperature")),
        path("h", .member("SI7021"), .member("Humidity")),
      ]),
    Run("json-shapes/duplicate-refuse", "input.jsonl", .json(), ["t", "h"]),
    Run(
      "json-shapes/duplicate-last", "input.jsonl", .json(JSONSettings(duplicates: .last)),
      ["t", "h"]),
    Run(
      "json-shapes/strings", "input.jsonl", .json(JSONSettings(takesNumbersInStrings: true)),
      ["t", "h"]),
    Run("json-shapes/trailing-comma", "input.jsonl", .json(), ["t", "h"]),
    Run(
      "json-shapes/array", "input.jsonl", .json(),
      [
        path("x", .index(1), .index(0)), path("y", .index(1), .index(1)),
        path("z", .index(1), .index(2)),
      ]),
    Run(
      "label-value/tabs", "input.txt", .labels(LabelSettings(separator: .byte(0x09))), labelled),
    Run(
      "label-value/commas", "input.txt", .labels(LabelSettings(separator: .byte(0x2C))), labelled),
    Run("label-value/spaces", "input.txt", .labels(LabelSettings(separator: .blanks)), labelled),
    Run(
      "sentinels/lines", "input.csv", .csv(),
      ["roof", "floor"].map { FieldSettings(name: $0, invalid: [85, -127]) }),
    Run(
      "aligned-columns", "input.txt", .csv(CSVSettings(separator: .blanks)),
      [.init(name: "flow", place: .column(0)), .init(name: "temp", place: .column(1))]),
    Run(
      "tabs-repeated-header", "input.tsv",
      .csv(CSVSettings(separator: .byte(0x09), hasHeader: true)),
      [.init(name: "temp", place: .header("temp_C")), .init(name: "lux", place: .header("lux"))]),
    Run(
      "semicolon-decimal-comma", "input.csv",
      .csv(CSVSettings(separator: .byte(0x3B), hasDecimalComma: true)),
      ["temp", "pressure", "level"]),
    Run("esp-boot-log", "input.csv", .csv(), six),
    Run("line-ends/lf-cr", "input.csv", .csv(), six),
    Run("line-ends/cr-cr-lf", "input.csv", .csv(), six),
    Run("line-ends/nul", "input.csv", .csv(), six),
    Run("line-ends/bom", "input.csv", .csv(), six),
    Run("line-ends/flow-control", "input.csv", .csv(), six),
    Run("line-ends/cr-declared", "input.csv", .csv(), six, end: 0x0D),
  ]

  @Test(.enabled(if: isThere, SharedMaterial.comment), arguments: runs)
  func `lines of text`(run: Run) throws {
    let expected = try SensorCase(run.name)
    let decoder = try SampleDecoder(run.decoding, fields: run.fields)
    decoder.connected(at: 0)
    var samples: [[Float?]] = []
    for line in lines(try expected.input(run.input), end: run.end) {
      if case .success(let sample)? = decoder.sample(of: line) { samples.append(sample) }
    }
    let names = run.fields.map { $0.name }
    expected.check(
      decoder, fields: names, samples: samples, expected: expected.expected(fields: names))
    #expect(try expected.badFrames().contains(Int(decoder.counters.faults)), "\(decoder.counters)")
    for (field, name) in names.enumerated() {
      for kind in FieldFault.allCases {
        guard let count = expected.faults(name, kind) else { continue }
        #expect(decoder.fieldCounters[field, kind] == UInt64(count), "\(name) \(kind)")
      }
    }
  }

  @Test(.enabled(if: isThere, SharedMaterial.comment))
  func `packed numbers with a value that means none`() throws {
    let expected = try SensorCase("sentinels/packed")
    let fields = ["a", "b", "c"].map {
      FieldSettings(name: $0, type: .int16, scale: 0.01, invalid: [-32_768])
    }
    let decoder = try SampleDecoder(.binary(), fields: fields)
    let reader = FrameReader(
      .packet(.lengthPrefixed(prefixBytes: 1, check: FrameCheck(.crc16Modbus))))
    var samples: [[Float?]] = []
    for frame in reader.frames(of: try expected.input("input.bin")) {
      if case .success(let sample)? = decoder.sample(of: frame) { samples.append(sample) }
    }
    let names = fields.map { $0.name }
    expected.check(
      decoder, fields: names, samples: samples, expected: expected.expected(fields: names))
    for (field, name) in names.enumerated() {
      #expect(
        decoder.fieldCounters[field, .invalid]
          == UInt64(try #require(expected.faults(name, .invalid))))
    }
    #expect(decoder.counters.faults == 0)
  }

  @Test(.enabled(if: isThere, SharedMaterial.comment))
  func `a dust sensor warms up`() throws {
    let expected = try SensorCase("warm-up")
    let decoder = try SampleDecoder(
      .csv(),
      fields: [.init(name: "temp"), .init(name: "dust", warmUpNanoseconds: 3_000_000_000)])
    let input = try expected.input("input.csv")
    decoder.connected(at: 0)
    var samples: [[Float?]] = []
    for piece in lines(try expected.input("input.times.csv")).dropFirst() {
      let numbers = text(of: piece).split(separator: ",").compactMap { Int($0) }
      for line in lines(Array(input[numbers[1]..<numbers[2]])) {
        let time = Int64(numbers[0]) * 1_000_000
        if case .success(let sample)? = decoder.sample(of: line, at: time) {
          samples.append(sample)
        }
      }
    }
    let names = ["temp", "dust"]
    expected.check(
      decoder, fields: names, samples: samples, expected: expected.expected(fields: names))
    #expect(decoder.fieldCounters[1, .warmUp] == 25 && decoder.counters.faults == 0)
  }

  @Test(.enabled(if: isThere, SharedMaterial.comment))
  func `a device's clock is the time of its samples`() throws {
    let expected = try SensorCase("timestamp-first")
    let decoder = try SampleDecoder(
      .csv(), fields: [.init(name: "x"), .init(name: "y")],
      clock: ClockSettings(place: .column(0), nanosecondsPerTick: 1_000_000, bits: 32))
    let input = try expected.input("input.csv")
    var (samples, times) = ([[Float?]](), [Int64]())
    for piece in lines(try expected.input("input.times.csv")).dropFirst() {
      let numbers = text(of: piece).split(separator: ",").compactMap { Int($0) }
      for line in lines(Array(input[numbers[1]..<numbers[2]])) {
        guard
          case .success(let found) = decoder.samples(of: line, at: Int64(numbers[0]) * 1_000_000),
          let sample = found.first
        else { continue }
        samples.append(sample.values)
        times.append(try #require(sample.deviceTime))
      }
    }
    expected.check(
      decoder, fields: ["x", "y"], samples: samples,
      expected: expected.expected(fields: ["x", "y"]))
    let steps = zip(times.dropFirst(), times).map { ($0 - $1) / 1_000_000 }
    let rows = steps.indices.map { $0 == 199 ? Int64(1520) : 20 }
    #expect(steps == rows)
  }

  @Test(
    .enabled(if: isThere, SharedMaterial.comment),
    arguments: [
      (NMEASentence.gga, ["lat", "lon", "quality", "sats", "hdop", "alt"]),
      (.rmc, ["lat", "lon", "speed", "course"]),
    ] as [(NMEASentence, [String])])
  func `sentences of a receiver`(sentence: NMEASentence, fields: [String]) throws {
    let expected = try SensorCase("nmea-gga-rmc")
    let decoder = try SampleDecoder(
      .nmea(sentence), fields: fields.map { FieldSettings(name: $0) })
    var samples: [[Float?]] = []
    for body in Self.sentences(try expected.input("input.nmea")) {
      if case .success(let sample)? = decoder.sample(of: body) { samples.append(sample) }
    }
    expected.check(
      decoder, fields: fields, samples: samples,
      expected: expected.expected(frame: sentence.rawValue, fields: fields))
    #expect(decoder.counters.faults == 0)
    // The case counts both sentences together.
    let counts = fields.indices.map { decoder.fieldCounters[$0, .empty] }
    #expect(counts == (sentence == .gga ? [8, 8, 0, 0, 0, 8] : [8, 8, 8, 19]))
  }

  /// The bodies of the sentences whose checksum is right, after the last `$` of their line.
  private static func sentences(_ bytes: [UInt8]) -> [[UInt8]] {
    lines(bytes).compactMap { line in
      guard let start = line.lastIndex(of: 0x24), let end = line.lastIndex(of: 0x2A), start < end
      else { return nil }
      let body = Array(line[(start + 1)..<end])
      let sum = UInt8(text(of: Array(line[(end + 1)...].prefix(2))), radix: 16)
      return sum == body.reduce(0, ^) ? body : nil
    }
  }

  @Test(.enabled(if: isThere, SharedMaterial.comment), arguments: ["ENGINE", "WHEELS"])
  func `signals of a CAN bus`(message: String) throws {
    let expected = try SensorCase("can-signals")
    var fields: [FieldSettings] = []
    var identifier: UInt32 = 0
    for line in lines(try expected.input("signals.csv")).dropFirst() {
      let cells = text(of: line).split(separator: ",", omittingEmptySubsequences: false)
      guard cells[0] == message else { continue }
      identifier = UInt32(cells[1], radix: 16)! | (cells[2] == "1" ? 0x8000_0000 : 0)
      fields.append(
        FieldSettings(
          name: String(cells[3]),
          place: .bits(
            start: Int(cells[4])!, length: Int(cells[5])!,
            order: cells[6] == "intel" ? .intel : .motorola, isSigned: cells[7] == "signed"),
          scale: Double(cells[8])!, offset: Double(cells[9])!))
    }
    let decoder = try SampleDecoder(.binary(), fields: fields)
    var samples: [[Float?]] = []
    let input = try expected.input("input.bin")
    for start in stride(from: 0, to: input.count, by: 16) {
      let frame = Array(input[start..<start + 16])
      let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(frame[$1]) << UInt32(8 * $1) }
      guard word == identifier else { continue }
      let data = Array(frame[8..<8 + Int(frame[4])])
      if case .success(let sample)? = decoder.sample(of: data) { samples.append(sample) }
    }
    let names = fields.map { $0.name }
    expected.check(
      decoder, fields: names, samples: samples,
      expected: expected.expected(frame: message, fields: names))
    #expect(decoder.counters.faults == 0)
    for (field, name) in names.enumerated() {
      #expect(
        decoder.fieldCounters[field, .missing] == UInt64(expected.faults(name, .missing) ?? 0))
    }
  }
}
