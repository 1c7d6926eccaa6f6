import Testing

@testable import SensorIO
@testable import Text

/// Goal: the decoder finds values by their paths in any order, skips all others, whatever they are,
/// and guesses nothing.
/// Method: documents that sensors write, right and wrong.
@Suite struct JSONSampleDecoderTests {
  private static let flat = ["x", "größe", "a\"b"].map { FieldSettings(name: $0) }
  private let decoder = try! SampleDecoder(.json(), fields: flat)

  @Test(arguments: [
    #"{"x":1,"größe":2,"a\"b":3}"#, #"{"a\"b":3,"größe":2,"x":1}"#,
    #" { "x" : 1.0 , "größe" : 2e0 , "a\u0022b" : 3 } "#,
    #"{"\u0078":1,"gr\u00f6\u00DFe":2,"a\"b":3}"#,
    #"{"ts":"now","x":1,"o":{"x":9,"d":[[{}],{"x":[]}]},"größe":2,"n":null,"a\"b":3,"n":[1,2]}"#,
    #"{"n":nan,"x":1,"i":-Infinity,"größe":2,"e":,"a\"b":3,"o":{"v":NaN,"w":[nan,1.2.3]}}"#,
    "\u{FEFF}" + #"{"x":1,"größe":2,"a\"b":3}"# + "\r\u{0}",
    #"{"x":true,"größe":+2,"a\"b":03}"#,
  ])
  func `finds its members`(frame: String) {
    #expect(decoder.sample(of: frame) == .success([1, 2, 3]))
  }

  @Test(
    arguments: [
      (#"{"x":1,"größe":2}"#, .missing), (#"{"a\"b":"3","größe":2,"x":1}"#, .text),
      (#"{"a\"b":null,"größe":2,"x":1}"#, .null), (#"{"a\"b":[3],"größe":2,"x":1}"#, .text),
      (#"{"a\"b":{"x":3},"größe":2,"x":1}"#, .text),
      (#"{"a\"b":1e400,"größe":2,"x":1}"#, .infinite),
      (#"{"a\"b":1e39,"größe":2,"x":1}"#, .infinite), (#"{"a\"b":NaN,"größe":2,"x":1}"#, .nan),
      (#"{"a\"b":-inf,"größe":2,"x":1}"#, .infinite), (#"{"x":1,"größe":2,"a\"b":}"#, .empty),
      (#"{"x":1,"X":2,"größe":2,"a":3}"#, .missing), (#"{"x":1,"größe":2,"a\"b":1.2.3}"#, .text),
    ] as [(String, FieldFault)])
  func `names the kind of each value`(frame: String, kind: FieldFault) throws {
    let decoder = try SampleDecoder(.json(), fields: Self.flat)
    #expect(decoder.sample(of: frame) == .success([1, 2, nil]))
    #expect(decoder.fieldCounters[2, kind] == 1 && decoder.fieldCounters.total(field: 2) == 1)
  }

  @Test(arguments: [
    (#"{"x":1,"größe":2,"\u0078":1}"#, DecodeError.fieldDuplicate(field: 0)),
    ("{}", .noValue(.missing)), (#"{"y":1}"#, .noValue(.missing)), (#"{"x":"a"}"#, .noValue(.text)),
    ("[1,2,3]", .notAnObject), ("1", .notAnObject), ("null", .notAnObject), ("\"x\"", .notAnObject),
  ])
  func `names the fault and reads the frame after it`(frame: String, fault: DecodeError) {
    #expect(decoder.sample(of: frame) == .failure(fault))
    #expect(decoder.sample(of: #"{"x":1,"größe":2,"a\"b":3}"#) == .success([1, 2, 3]))
  }

  @Test(arguments: [
    (#"{"x":1"#, JSONFault.endUnexpected, 7), (#"{"x":1,}"#, .byteUnexpected(0x7D), 8),
    (#"{"x":1,"größe":2,"a\"b":3}}"#, .trailing(UInt8(ascii: "}")), 27),
    (#"{"x":0 1}"#, .byteUnexpected(UInt8(ascii: "1")), 8), ("nan", .byteUnexpected(0x61), 2),
    (#"{"other":[1,}"#, .byteUnexpected(UInt8(ascii: "}")), 13),
    (#"{"other":[1,]}"#, .byteUnexpected(UInt8(ascii: "]")), 13),
    (#"{"x":'1'}}"#, .trailing(0x7D), 10), (#"{"x":1:2}"#, .byteUnexpected(0x3A), 7),
  ])
  func `says where a frame is malformed`(frame: String, fault: JSONFault, column: Int) {
    guard case .failure(.jsonMalformed(let error)) = decoder.sample(of: frame) else {
      Issue.record("\(frame) is malformed")
      return
    }
    #expect(error.fault == fault && error.line == 1 && error.column == column, "\(error)")
  }

  @Test func `a frame without text is nothing`() {
    #expect(decoder.sample(of: "") == nil && decoder.sample(of: " \r\u{0}") == nil)
  }

  @Test func `paths lead into objects and arrays`() throws {
    let decoder = try SampleDecoder(
      .json(),
      fields: [
        .init(name: "t", place: .path([.member("SI"), .member("T")])),
        .init(name: "rssi", place: .path([.member("W"), .member("R"), .index(1)])),
        .init(name: "first", place: .path([.member("W"), .member("R"), .index(0)])),
        .init(name: "plain"),
        .init(name: "t again", place: .path([.member("SI"), .member("T")]), scale: 10),
      ])
    #expect(
      decoder.sample(of: #"{"SI":{"x":{"T":9},"T":1},"W":{"R":[[7],2,{"a":3}]},"plain":4}"#)
        == .success([1, 2, nil, 4, 10]))
    #expect(
      decoder.sample(of: #"{"plain":4,"W":{"R":[3,{"q":[1]}]},"SI":{"T":1}}"#)
        == .success([1, nil, 3, 4, 10]))
    #expect(
      decoder.sample(of: #"{"plain":4,"W":{"R":[3]},"SI":[{"T":1}]}"#)
        == .success([nil, nil, 3, 4, nil]))
    #expect(
      decoder.sample(of: #"{"SI":{"T":1},"SI":{"T":2}}"#) == .failure(.fieldDuplicate(field: 0)))
  }

  @Test func `a value may be beside its own parts`() throws {
    let decoder = try SampleDecoder(
      .json(),
      fields: [.init(name: "a"), .init(name: "b", place: .path([.member("a"), .member("b")]))])
    #expect(decoder.sample(of: #"{"a":{"b":1}}"#) == .success([nil, 1]))
    #expect(decoder.sample(of: #"{"a":1}"#) == .success([1, nil]))
  }

  @Test func `an array may be the root`() throws {
    func element(_ path: Int...) -> FieldPlace { .path(path.map { .index($0) }) }
    let decoder = try SampleDecoder(
      .json(),
      fields: [
        .init(name: "z", place: element(1, 2)), .init(name: "x", place: element(1, 0)),
        .init(name: "n", place: element(3)),
      ])
    #expect(decoder.sample(of: #"[0,[1,2,3,4],"ok",5,6]"#) == .success([3, 1, 5]))
    #expect(decoder.sample(of: #"[0,[1]]"#) == .success([nil, 1, nil]))
    #expect(decoder.sample(of: #"[[1,2,3],0]"#) == .failure(.noValue(.missing)))
    #expect(decoder.sample(of: #"{"a":1}"#) == .failure(.notAnObject))
  }

  @Test func `numbers in strings, where they are declared`() throws {
    let fields = [FieldSettings(name: "a"), FieldSettings(name: "b", isHexadecimal: true)]
    let decoder = try SampleDecoder(
      .json(JSONSettings(takesNumbersInStrings: true)), fields: fields)
    #expect(decoder.sample(of: #"{"a":" 17.1 ","b":"0x1F"}"#) == .success([17.1, 31]))
    #expect(decoder.sample(of: #"{"a":"nan","b":0x20}"#) == .success([nil, 32]))
    #expect(decoder.sample(of: #"{"a":"","b":""}"#) == .success([nil, nil]))
    #expect(decoder.fieldCounters[0, .nan] == 1 && decoder.fieldCounters[0, .empty] == 1)
  }

  @Test func `the last of two values, where it is declared`() throws {
    let decoder = try SampleDecoder(
      .json(JSONSettings(duplicates: .last)), fields: [.init(name: "a"), .init(name: "b")])
    #expect(decoder.sample(of: #"{"a":1,"b":2,"a":3}"#) == .success([3, 2]))
    #expect(decoder.sample(of: #"{"a":1,"b":2,"a":null}"#) == .success([nil, 2]))
  }

  @Test func `a clock keeps all its digits`() throws {
    let clock = ClockSettings(
      place: .path([.member("t")]), nanosecondsPerTick: 1, bits: 64)
    let decoder = try SampleDecoder(.json(), fields: [.init(name: "a")], clock: clock)
    guard
      case .success(let samples) = decoder.samples(
        of: Array(#"{"t":1767225600123456789,"a":1}"#.utf8))
    else {
      Issue.record("it is a sample")
      return
    }
    #expect(samples[0].deviceTime == 1_767_225_600_123_456_789)
  }

  @Test func `as many fields as there may be`() throws {
    let fields = (0..<SensorLimits.fieldsMax).map { FieldSettings(name: "f\($0)") }
    let decoder = try SampleDecoder(.json(), fields: fields)
    let members = fields.indices.reversed().map { "\"f\($0)\":\($0)" }.joined(separator: ",")
    #expect(decoder.sample(of: "{\(members)}") == .success(fields.indices.map { Float($0) }))
  }

  @Test func `as deep as a path may be`() throws {
    let depth = SensorLimits.pathStepsMax
    let path = [JSONStep](repeating: .index(0), count: depth)
    let decoder = try SampleDecoder(.json(), fields: [.init(name: "a", place: .path(path))])
    let open = String(repeating: "[", count: depth)
    let close = String(repeating: "]", count: depth)
    #expect(decoder.sample(of: open + "5" + close) == .success([5]))
    #expect(decoder.sample(of: open + "[5]" + close) == .failure(.noValue(.text)))
  }
}
