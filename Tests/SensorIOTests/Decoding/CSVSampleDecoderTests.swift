import Testing

@testable import SensorIO

/// Goal: the decoder reads numbers in order and guesses nothing.
/// Method: lines that sensors and people write, right and wrong.
@Suite struct CSVSampleDecoderTests {
  private let decoder = try! SampleDecoder(
    .csv, fields: ["x", "y", "z"].map { FieldSettings(name: $0) })

  @Test(
    arguments: [
      ("1,2,3", [1, 2, 3]), (" 1 ,\t-2.5\t, +3e1 ", [1, -2.5, 30]), ("0.1,.5,5.", [0.1, 0.5, 5]),
      ("-0,1e-50,0", [-0.0, 0, 0]),
    ] as [(String, [Float])])
  func `reads numbers, with blanks around them`(line: String, expected: [Float]) {
    #expect(decoder.sample(of: line) == .success(expected))
  }

  @Test(arguments: [
    ("", DecodeError.fieldCount(expected: 3, found: 1)),
    ("1,2", .fieldCount(expected: 3, found: 2)), ("1,2,3,", .fieldCount(expected: 3, found: 4)),
    (",,", .notANumber(field: 0)), ("1,,3", .notANumber(field: 1)),
    ("1, ,3", .notANumber(field: 1)), ("1,2,three", .notANumber(field: 2)),
    ("1 1,2,3", .notANumber(field: 0)), ("1,0x2,3", .notANumber(field: 1)),
    ("1;2;3", .fieldCount(expected: 3, found: 1)), ("1,2,3\u{0}", .notANumber(field: 2)),
    ("\"1\",2,3", .notANumber(field: 0)), ("nan,2,3", .notFinite(field: 0)),
    ("1,-NaN,3", .notFinite(field: 1)), ("1,2,+Infinity", .notFinite(field: 2)),
    ("1,2, inf ", .notFinite(field: 2)), ("1,1e39,3", .notFinite(field: 1)),
    ("1,1e999,3", .notFinite(field: 1)), ("1,nano,3", .notANumber(field: 1)),
  ])
  func `names the fault and reads the line after it`(line: String, fault: DecodeError) {
    #expect(decoder.sample(of: line) == .failure(fault))
    #expect(decoder.sample(of: "1,2,3") == .success([1, 2, 3]))
  }
}
