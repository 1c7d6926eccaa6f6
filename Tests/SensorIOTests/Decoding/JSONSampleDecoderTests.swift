import Testing

@testable import SensorIO
@testable import Text

/// Goal: the decoder finds fields by name in any order, skips other members, and guesses nothing.
/// Method: objects that sensors write, right and wrong.
@Suite struct JSONSampleDecoderTests {
  private let decoder = try! SampleDecoder(
    .json, fields: ["x", "größe", "a\"b"].map { FieldSettings(name: $0) })

  @Test(arguments: [
    #"{"x":1,"größe":2,"a\"b":3}"#, #"{"a\"b":3,"größe":2,"x":1}"#,
    #" { "x" : 1.0 , "größe" : 2e0 , "a\u0022b" : 3 } "#,
    #"{"\u0078":1,"gr\u00f6\u00DFe":2,"a\"b":3}"#,
    #"{"ts":"now","x":1,"o":{"x":9,"d":[[{}],{"x":[]}]},"größe":2,"n":null,"a\"b":3,"n":[1,2]}"#,
  ])
  func `finds its members`(frame: String) {
    #expect(decoder.sample(of: frame) == .success([1, 2, 3]))
  }

  @Test(arguments: [
    (#"{"x":1,"größe":2}"#, DecodeError.fieldMissing(field: 2)), ("{}", .fieldMissing(field: 0)),
    (#"{"x":1,"X":2,"größe":2,"a":3}"#, .fieldMissing(field: 2)),
    (#"{"x":1,"größe":2,"\u0078":1}"#, .fieldDuplicate(field: 0)),
    (#"{"x":"1"}"#, .notANumber(field: 0)), (#"{"x":null}"#, .notANumber(field: 0)),
    (#"{"größe":{"x":1}}"#, .notANumber(field: 1)), (#"{"größe":[1]}"#, .notANumber(field: 1)),
    (#"{"x":1e400}"#, .notFinite(field: 0)), (#"{"x":1e39}"#, .notFinite(field: 0)),
    ("[1,2,3]", .notAnObject), ("1", .notAnObject), ("null", .notAnObject),
  ])
  func `names the fault and reads the frame after it`(frame: String, fault: DecodeError) {
    #expect(decoder.sample(of: frame) == .failure(fault))
    #expect(decoder.sample(of: #"{"x":1,"größe":2,"a\"b":3}"#) == .success([1, 2, 3]))
  }

  @Test(arguments: [
    ("", JSONFault.endUnexpected, 1), (#"{"x":1"#, .endUnexpected, 7),
    (#"{"x":1,"größe":2,"a\"b":3}}"#, .trailing(UInt8(ascii: "}")), 27),
    (#"{"x":01}"#, .byteUnexpected(UInt8(ascii: "1")), 7), (#"{"x":NaN}"#, .byteUnexpected(78), 6),
    (#"{"other":[1,}"#, .byteUnexpected(UInt8(ascii: "}")), 13),
  ])
  func `says where a frame is malformed`(frame: String, fault: JSONFault, column: Int) {
    guard case .failure(.jsonMalformed(let error)) = decoder.sample(of: frame) else {
      Issue.record("\(frame) is malformed")
      return
    }
    #expect(error.fault == fault && error.line == 1 && error.column == column)
  }

  @Test func `as many fields as there may be`() throws {
    let fields = (0..<SensorLimits.fieldsMax).map { FieldSettings(name: "f\($0)") }
    let decoder = try SampleDecoder(.json, fields: fields)
    let members = fields.indices.reversed().map { "\"f\($0)\":\($0)" }.joined(separator: ",")
    #expect(decoder.sample(of: "{\(members)}") == .success(fields.indices.map(Float.init)))
  }
}
