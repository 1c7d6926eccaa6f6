import Testing

@testable import SensorIO

extension SampleDecoder {
  /// The samples of a frame with their device times, nil where a field has no value; or the fault.
  func samples(
    of frame: [UInt8], at time: Int64 = 0
  ) -> Result<[(values: [Float?], deviceTime: Int64?)], DecodeError> {
    var samples: [(values: [Float?], deviceTime: Int64?)] = []
    let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: fieldCount)
    values.initialize(repeating: -99)
    defer { values.deallocate() }
    return frame.withUnsafeBytes { frame in
      do throws(DecodeError) {
        try decode(frame, at: time, into: values) { deviceTime in
          samples.append((values.map { $0.isNaN ? nil : $0 }, deviceTime))
        }
        return .success(samples)
      } catch {
        return .failure(error)
      }
    }
  }

  /// The one sample of a frame, or its fault; nil when the frame is nothing.
  func sample(of frame: [UInt8], at time: Int64 = 0) -> Result<[Float?], DecodeError>? {
    switch samples(of: frame, at: time) {
    case .success(let samples): samples.first.map { .success($0.values) }
    case .failure(let error): .failure(error)
    }
  }

  func sample(of frame: String, at time: Int64 = 0) -> Result<[Float?], DecodeError>? {
    sample(of: Array(frame.utf8), at: time)
  }
}

/// Goal: a field's trouble costs what its policy says and nothing else, and every fault is counted
/// by its kind.
/// Method: one decoder for each rule, with csv as the plainest frames.
@Suite struct SampleDecoderTests {
  private func csv(_ fields: FieldSettings...) throws -> SampleDecoder {
    try SampleDecoder(.csv(), fields: fields)
  }

  @Test func `a value that is none costs no other one`() throws {
    let decoder = try csv(.init(name: "a"), .init(name: "b"))
    for (frame, kind) in [
      ("1,nan", FieldFault.nan), ("1,-inf", .infinite), ("1,1e999", .infinite),
      ("1,1e39", .infinite),
      ("1,null", .null), ("1,", .empty), ("1,---", .text),
    ] {
      let before = decoder.fieldCounters[1, kind]
      #expect(decoder.sample(of: frame) == .success([1, nil]))
      #expect(decoder.fieldCounters[1, kind] == before + 1, "\(frame)")
      #expect(
        decoder.fieldCounters.absentLatest?.field == 1
          && decoder.fieldCounters.absentLatest?.kind == kind)
    }
    #expect(decoder.counters.samples == 7 && decoder.counters.faults == 0)
    #expect(decoder.fieldCounters.total(field: 0) == 0 && decoder.faultLatest == nil)
  }

  @Test func `a frame of text and gaps is bad, and counts once`() throws {
    let decoder = try csv(.init(name: "a"), .init(name: "b"))
    #expect(decoder.sample(of: "x,y") == .failure(.noValue(.text)))
    #expect(decoder.counters.noValue == 1 && decoder.counters.faults == 1)
    #expect(decoder.faultLatest == .noValue(.text))
    #expect(decoder.fieldCounters[0, .text] == 1 && decoder.fieldCounters[1, .text] == 1)
  }

  @Test func `a frame without anything of the fields leaves their counters alone`() throws {
    let decoder = try SampleDecoder(.labels(), fields: [.init(name: "a"), .init(name: "b")])
    #expect(decoder.sample(of: "Sensor ready") == .failure(.noValue(.missing)))
    #expect(decoder.fieldCounters.total(field: 0) == 0)
    #expect(decoder.sample(of: "a:x") == .failure(.noValue(.text)))
    #expect(decoder.fieldCounters[0, .text] == 1 && decoder.fieldCounters[1, .missing] == 1)
  }

  @Test(arguments: ["nan,nan", ",", "null,nan", "x,nan", "85,85"])
  func `a device that says it has no value is alive`(frame: String) throws {
    let decoder = try csv(.init(name: "a", invalid: [85]), .init(name: "b", invalid: [85]))
    #expect(decoder.sample(of: frame) == .success([nil, nil]))
    #expect(decoder.counters.samples == 1 && decoder.counters.faults == 0)
  }

  @Test func `a field may cost the sample`() throws {
    let decoder = try csv(.init(name: "a"), .init(name: "b", policy: .drop))
    #expect(decoder.sample(of: "nan,2") == .success([nil, 2]))
    #expect(decoder.sample(of: "1,nan") == .failure(.dropped(field: 1, .nan)))
    #expect(decoder.sample(of: "1,2") == .success([1, 2]))
    #expect(decoder.counters.dropped == 1 && decoder.counters.samplesDropped == 1)
    #expect(decoder.counters.faults == 1 && decoder.fieldCounters[1, .nan] == 1)
  }

  @Test func `the last good value may stand for one that is none, for a while`() throws {
    let decoder = try csv(.init(name: "a"), .init(name: "b", policy: .hold(nanoseconds: 100)))
    #expect(decoder.sample(of: "1,nan", at: 0) == .success([1, nil]))
    #expect(decoder.sample(of: "1,5", at: 10) == .success([1, 5]))
    #expect(decoder.sample(of: "2,nan", at: 110) == .success([2, 5]))
    #expect(decoder.sample(of: "3,nan", at: 111) == .success([3, nil]))
    #expect(decoder.fieldCounters[1, .nan] == 3 && decoder.fieldCounters[1, .old] == 1)
    #expect(decoder.sample(of: "x,y", at: 20) == .failure(.noValue(.text)), "words hold nothing")
    decoder.connected(at: 112)
    #expect(decoder.sample(of: "4,", at: 112) == .success([4, nil]), "another device")
  }

  @Test func `invalid values are raw, ranges physical`() throws {
    let decoder = try csv(
      .init(name: "a", scale: 0.01, offset: -40, invalid: [-32768, 8500], range: -40...125),
      .init(name: "b"))
    #expect(decoder.sample(of: "6500,1") == .success([25, 1]))
    #expect(decoder.sample(of: "-32768,1") == .success([nil, 1]))
    #expect(decoder.sample(of: "8500,1") == .success([nil, 1]))
    #expect(decoder.sample(of: "0,1") == .success([-40, 1]))
    #expect(decoder.sample(of: "-1,1") == .success([nil, 1]))
    #expect(decoder.sample(of: "16500,1") == .success([125, 1]))
    #expect(decoder.sample(of: "16501,1") == .success([nil, 1]))
    #expect(decoder.fieldCounters[0, .invalid] == 2 && decoder.fieldCounters[0, .range] == 2)
  }

  @Test func `a value warms up from the connecting`() throws {
    let decoder = try csv(
      .init(name: "t"), .init(name: "d", range: 0...100, warmUpNanoseconds: 30))
    #expect(decoder.sample(of: "1,9", at: 1000) == .success([1, nil]), "the first frame")
    #expect(decoder.sample(of: "1,9", at: 1029) == .success([1, nil]))
    #expect(decoder.sample(of: "1,9", at: 1030) == .success([1, 9]))
    decoder.connected(at: 2000)
    #expect(decoder.sample(of: "1,9", at: 2029) == .success([1, nil]))
    #expect(decoder.sample(of: "1,200", at: 2029) == .success([1, nil]), "the range comes first")
    #expect(decoder.sample(of: "1,9", at: 2030) == .success([1, 9]))
    #expect(decoder.fieldCounters[1, .warmUp] == 3 && decoder.fieldCounters[1, .range] == 1)
  }

  @Test func `a field may be scaled and shifted`() throws {
    let field = FieldSettings(name: "t", type: .int16, scale: 0.01, offset: -40)
    for (decoding, frame) in [
      (DecodingSettings.csv(), Array("6500".utf8)), (.json(), Array(#"{"t":6500}"#.utf8)),
      (.labels(), Array("t=6500".utf8)), (.binary(), [0x64, 0x19]),
    ] {
      var decoding = decoding
      if case .labels = decoding { decoding = .labels(LabelSettings(assignment: 0x3D)) }
      #expect(try SampleDecoder(decoding, fields: [field]).sample(of: frame) == .success([25]))
    }
  }

  @Test func `what scaling takes beyond a Float is infinite`() throws {
    let decoder = try csv(.init(name: "t", scale: 1e30))
    #expect(decoder.sample(of: "1e30") == .success([nil]))
    #expect(decoder.fieldCounters[0, .infinite] == 1)
    #expect(decoder.sample(of: "1e8") == .success([1e38]))
  }

  @Test func `counts each fault as what it is`() throws {
    let decoder = try csv(.init(name: "a"), .init(name: "b"))
    #expect(decoder.sample(of: "1,2") == .success([1, 2]))
    #expect(decoder.sample(of: "1") == .failure(.fieldCount(expected: 2, found: 1)))
    #expect(decoder.sample(of: "1,\u{1}x") == .failure(.notText))
    #expect(decoder.sample(of: " \t\r") == nil)
    #expect(decoder.counters.samples == 1 && decoder.counters.faults == 2)
    #expect(decoder.counters.fieldCounts == 1 && decoder.counters.notText == 1)
    #expect(decoder.counters.passedOver == 1 && decoder.faultLatest == .notText)
  }
}
