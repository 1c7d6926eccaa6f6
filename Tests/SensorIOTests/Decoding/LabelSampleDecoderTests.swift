import Testing

@testable import SensorIO

/// Goal: values are found by their labels, in any order and with anything around them.
/// Method: lines of sketches, right and wrong.
@Suite struct LabelSampleDecoderTests {
  private let fields = [
    FieldSettings(name: "temp", place: .label("Temp")), FieldSettings(name: "Hum"),
  ]

  @Test(arguments: [
    (CellSeparator.any, "Temp:1,Hum:2"), (.any, "Temp: 1, Hum: 2\r"), (.any, "Hum:2 Temp:1"),
    (.any, " Temp : 1 ; Hum : 2"), (.any, "Hum:2\tTemp:1"), (.blanks, "Temp:1 Lux:7 Hum:2"),
    (.blanks, "Sensor Temp: 1\tHum: 2 ok"), (.byte(0x2C), "Air: 3, Temp: 1, Hum: 2,"),
    (.byte(0x09), "Temp:1\tHum:2"), (.byte(0x09), "Hum: 2\tready\tTemp :1"),
    (.any, "Temp:9,Temp:1,Hum:2"), (.any, ",,Temp:1,:5,Hum:2"),
    (.any, "Time:12:30:05,Temp:1,Hum:2"),
    (.any, "\u{FEFF}Temp:1,Hum:2"), (.any, "größe:4,Temp:1,Hum:2"),
  ])
  func `finds its labels`(separator: CellSeparator, line: String) throws {
    let decoder = try SampleDecoder(
      .labels(LabelSettings(separator: separator)), fields: fields)
    #expect(decoder.sample(of: line) == .success([1, 2]))
  }

  @Test func `a label that is missing or without a value is its field's trouble`() throws {
    let decoder = try SampleDecoder(.labels(), fields: fields)
    #expect(decoder.sample(of: "Hum:2") == .success([nil, 2]))
    #expect(decoder.sample(of: "Temp:, Hum:2") == .success([nil, 2]))
    #expect(decoder.sample(of: "Temp: Hum:2") == .success([nil, 2]))
    #expect(decoder.sample(of: "Hum:2 Temp:") == .success([nil, 2]))
    #expect(decoder.sample(of: "Temp:nan Hum:2") == .success([nil, 2]))
    #expect(decoder.sample(of: "temp:1 Hum:2") == .success([nil, 2]), "another label")
    #expect(decoder.fieldCounters[0, .missing] == 2 && decoder.fieldCounters[0, .empty] == 3)
    #expect(decoder.fieldCounters[0, .nan] == 1)
  }

  @Test func `another assignment, a label of two fields, a clock`() throws {
    let decoder = try SampleDecoder(
      .labels(LabelSettings(assignment: 0x3D)),
      fields: [
        .init(name: "c", place: .label("t")), .init(name: "f", place: .label("t"), scale: 2),
      ], clock: ClockSettings(place: .label("ms")))
    guard case .success(let samples) = decoder.samples(of: Array("ms=7,t=3".utf8)) else {
      Issue.record("it is a sample")
      return
    }
    #expect(samples[0].values == [3, 6] && samples[0].deviceTime == 7_000_000)
  }

  @Test func `bytes that are no text cost the line`() throws {
    let decoder = try SampleDecoder(.labels(), fields: fields)
    #expect(decoder.sample(of: "Te\u{1}mp:1,Hum:2") == .failure(.notText))
    #expect(decoder.sample(of: Array("Temp:1".utf8) + [0xFF]) == .failure(.notText))
    #expect(decoder.sample(of: "\u{0}Temp:1\u{13},\u{11}Hum:2") == .success([1, 2]))
    #expect(decoder.sample(of: " \r") == nil)
  }
}
