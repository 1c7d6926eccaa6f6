import Testing

@testable import SensorIO
import TestSupport

/// Goal: columns are read as each dialect means them, and nothing is guessed.
/// Method: lines that sensors and people write, right and wrong; seeded lines in every dialect.
@Suite struct CSVSampleDecoderTests {
  private static let fields = ["x", "y", "z"].map { FieldSettings(name: $0) }
  private let decoder = try! SampleDecoder(.csv(), fields: fields)

  private func decoder(
    _ settings: CSVSettings, _ fields: [FieldSettings] = fields
  ) throws -> SampleDecoder {
    try SampleDecoder(.csv(settings), fields: fields)
  }

  @Test(
    arguments: [
      ("1,2,3", [1, 2, 3]), (" 1 ,\t-2.5\t, +3e1 ", [1, -2.5, 30]), ("0.1,.5,5.", [0.1, 0.5, 5]),
      ("-0,1e-50,0", [-0.0, 0, 0]), ("\u{FEFF}1,2,3", [1, 2, 3]), ("\r1,2,3\r\r", [1, 2, 3]),
      ("\u{0}1,2,\u{0}3", [1, 2, 3]), ("1\u{13}\u{11},\u{11}2,3", [1, 2, 3]),
    ] as [(String, [Float?])])
  func `reads numbers, with blanks around them`(line: String, expected: [Float?]) {
    #expect(decoder.sample(of: line) == .success(expected))
  }

  @Test(
    arguments: [
      (",,", [.empty, .empty, .empty]), ("1,,3", [nil, .empty, nil]),
      ("1, ,3", [nil, .empty, nil]),
      ("1,2,three", [nil, nil, .text]), ("1 1,2,3", [.text, nil, nil]),
      ("1,0x2,3", [nil, .text, nil]), ("\"1\",2,3", [.text, nil, nil]),
      ("nan,2,3", [.nan, nil, nil]),
      ("1,-NaN,3", [nil, .nan, nil]), ("1,2,+Infinity", [nil, nil, .infinite]),
      ("1,2, inf ", [nil, nil, .infinite]), ("1,ovf,3", [nil, .infinite, nil]),
      ("1,1e39,3", [nil, .infinite, nil]), ("1,nano,3", [nil, .text, nil]),
      ("1,NULL,3", [nil, .null, nil]), ("1,-null,3", [nil, .text, nil]),
      ("1,23.4 °C,3", [nil, .text, nil]), ("1,1\t2,3", [nil, .text, nil]),
      ("1,\u{FEFF}2,3", [nil, .text, nil]),
    ] as [(String, [FieldFault?])])
  func `names the kind of each cell`(line: String, kinds: [FieldFault?]) throws {
    let decoder = try decoder(CSVSettings())
    guard case .success = decoder.sample(of: line) else {
      Issue.record("\(line) is a sample")
      return
    }
    for (field, kind) in kinds.enumerated() {
      for each in FieldFault.allCases {
        #expect(decoder.fieldCounters[field, each] == (each == kind ? 1 : 0), "\(line) \(each)")
      }
    }
  }

  @Test(arguments: [
    ("1", DecodeError.fieldCount(expected: 3, found: 1)),
    ("1,2", .fieldCount(expected: 3, found: 2)), ("1,2,3,", .fieldCount(expected: 3, found: 4)),
    ("1;2;3", .fieldCount(expected: 3, found: 1)), ("a,b,c", .noValue(.text)),
    ("1,2\u{1},3", .notText), ("1,2\u{0}2,3", .notText), ("1,\u{7F},3", .notText),
  ])
  func `names the fault and reads the line after it`(line: String, fault: DecodeError) {
    #expect(decoder.sample(of: line) == .failure(fault))
    #expect(decoder.sample(of: "1,2,3") == .success([1, 2, 3]))
  }

  @Test(arguments: [[0xFF], [0xC3], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF8]] as [[UInt8]])
  func `broken UTF-8 costs the line`(bytes: [UInt8]) {
    #expect(decoder.sample(of: Array("1,2,3".utf8) + bytes) == .failure(.notText))
    #expect(decoder.sample(of: bytes + Array("1,2,3".utf8)) == .failure(.notText))
  }

  @Test(arguments: ["", " ", "\r", "\t \u{0}", "\u{FEFF}", "\u{FEFF} \r"])
  func `a line without text is nothing`(line: String) {
    #expect(decoder.sample(of: line) == nil)
  }

  @Test(
    arguments: [
      (CellSeparator.byte(0x3B), "1;2;3"), (.byte(0x09), "1\t2\t3\r"), (.byte(0x20), "1 2 3"),
      (.byte(0x7C), "1 | 2 | 3"), (.blanks, "   1  2\t 3  "), (.blanks, "1 2 3"),
      (.blanks, "\u{0}1 \u{11} 2\u{13} 3\r"), (.any, "1,2,3"), (.any, "1, 2 ;3"), (.any, "1 2\t3 "),
      (.any, " 1 , 2\t,3\r"),
    ] as [(CellSeparator, String)])
  func `separators`(separator: CellSeparator, line: String) throws {
    #expect(
      try decoder(CSVSettings(separator: separator)).sample(of: line) == .success([1, 2, 3]))
  }

  @Test(
    arguments: [
      (CellSeparator.byte(0x09), "1\t\t3"), (.byte(0x20), "1  3"), (.any, "1,,3"), (.any, "1;,3"),
      (.any, "1 , , 3"),
    ] as [(CellSeparator, String)])
  func `two separators have an empty cell between them`(
    separator: CellSeparator, line: String
  ) throws {
    #expect(
      try decoder(CSVSettings(separator: separator)).sample(of: line) == .success([1, nil, 3]))
  }

  @Test func `a separator at the end has an empty cell behind it`() throws {
    let any = try decoder(CSVSettings(separator: .any))
    #expect(any.sample(of: "1,2,") == .success([1, 2, nil]))
    #expect(any.sample(of: "1,2, \r") == .success([1, 2, nil]))
    #expect(any.sample(of: "1,2,3,") == .failure(.fieldCount(expected: 3, found: 4)))
    #expect(decoder.sample(of: "1,2,") == .success([1, 2, nil]))
  }

  @Test func `a decimal comma is no separator, and a point no part of a number`() throws {
    let decoder = try decoder(CSVSettings(separator: .byte(0x3B), hasDecimalComma: true))
    #expect(decoder.sample(of: "-0,4;1013,25;0,435e1") == .success([-0.4, 1013.25, 4.35]))
    #expect(decoder.sample(of: "1.5;1.013,25;2") == .success([nil, nil, 2]))
    let any = try self.decoder(CSVSettings(separator: .any, hasDecimalComma: true))
    #expect(any.sample(of: "0,5; 1,25 2") == .success([0.5, 1.25, 2]))
  }

  @Test func `quotes hold separators`() throws {
    let fields = ["x", "y"].map { FieldSettings(name: $0) }
    let settings = CSVSettings(quote: 0x22, hasHeader: true)
    let decoder = try decoder(
      settings,
      [
        .init(name: "x", place: .header("a,b")), .init(name: "y", place: .header("c")),
      ])
    #expect(decoder.sample(of: "\"a,b\",c") == nil)
    #expect(decoder.sample(of: "\"1\", \"2\" ") == .success([1, 2]))
    #expect(decoder.sample(of: "\"1,5\",2") == .success([nil, 2]))
    #expect(decoder.sample(of: "\"1\"\"5\",2") == .success([nil, 2]))
    let plain = try self.decoder(CSVSettings(quote: 0x22), fields)
    #expect(plain.sample(of: "\"1,2") == .failure(.fieldCount(expected: 2, found: 1)))
    #expect(plain.sample(of: "\"1\"5,2") == .success([nil, 2]), "what follows quotes is no number")
    let blanks = try self.decoder(CSVSettings(separator: .blanks, quote: 0x22), fields)
    #expect(blanks.sample(of: " \"1\"  \"2\" ") == .success([1, 2]))
  }

  @Test func `comments are nothing`() throws {
    let decoder = try decoder(CSVSettings(comment: 0x23))
    #expect(decoder.sample(of: "# 1,2,3") == nil && decoder.sample(of: " #") == nil)
    #expect(decoder.sample(of: "1,2,3") == .success([1, 2, 3]))
    #expect(decoder.counters.passedOver == 2 && decoder.counters.faults == 0)
  }

  @Test func `columns by number may be any, and those that are not there are missing`() throws {
    let decoder = try decoder(
      CSVSettings(),
      [
        .init(name: "c", place: .column(2)), .init(name: "a", place: .column(0)),
        .init(name: "again", place: .column(2), scale: 10), .init(name: "next"),
      ])
    #expect(decoder.sample(of: "1,x,3,4,y") == .success([3, 1, 30, 4]))
    #expect(decoder.sample(of: "1") == .success([nil, 1, nil, nil]))
    #expect(decoder.fieldCounters[0, .missing] == 1 && decoder.fieldCounters[3, .missing] == 1)
  }

  @Test func `a header says which column is which, and may come again`() throws {
    let decoder = try decoder(
      CSVSettings(separator: .byte(0x09), hasHeader: true),
      [
        .init(name: "temp", place: .header("temp_C")), .init(name: "lux", place: .header("lux")),
        .init(name: "first", place: .column(0)),
      ])
    #expect(decoder.sample(of: "1\t2\t3") == .failure(.beforeHeader))
    #expect(decoder.sample(of: "t\ttemp_C\trh\tlux\tlux\r") == nil)
    #expect(decoder.sample(of: "1\t2\t3\t4\t5") == .success([2, 4, 1]))
    #expect(decoder.sample(of: "t\ttemp_C\trh\tlux\tlux\r") == nil)
    #expect(decoder.sample(of: "x\ty\tz\tu\tv") == .failure(.noValue(.text)))
    #expect(decoder.sample(of: "lux\ttemp_C") == nil, "another order")
    #expect(decoder.sample(of: "1\t2") == .success([2, 1, 1]))
    #expect(decoder.sample(of: "lux") == nil, "one is gone")
    #expect(decoder.sample(of: "1\t2") == .success([nil, 1, 1]))
    decoder.connected(at: 0)
    #expect(decoder.sample(of: "1\t2") == .failure(.beforeHeader))
    #expect(decoder.counters.beforeHeader == 2 && decoder.counters.passedOver == 4)
  }

  @Test func `a header that nobody needs is nothing`() throws {
    let decoder = try decoder(CSVSettings(hasHeader: true))
    #expect(decoder.sample(of: "1,2,3") == .success([1, 2, 3]), "before it, too")
    #expect(decoder.sample(of: "x,y,z") == nil)
    #expect(decoder.sample(of: "1,2,err") == .success([1, 2, nil]))
    #expect(decoder.counters.faults == 0)
  }

  @Test func `hexadecimal digits where they are declared`() throws {
    let decoder = try decoder(
      CSVSettings(),
      [
        .init(name: "u", isHexadecimal: true),
        .init(name: "s", type: .int16, isHexadecimal: true), .init(name: "d"),
      ])
    #expect(decoder.sample(of: "0x1F,FFFE,10") == .success([31, -2, 10]))
    #expect(decoder.sample(of: "ffffffff,7f,1") == .success([4_294_967_296, 127, 1]))
    #expect(decoder.sample(of: "1G,12345,0") == .success([nil, nil, 0]))
    #expect(decoder.sample(of: "0x,,0") == .success([nil, nil, 0]))
    #expect(decoder.fieldCounters[0, .text] == 2 && decoder.fieldCounters[1, .empty] == 1)
  }

  @Test func `the clock takes a column, and fields in order the others`() throws {
    let decoder = try SampleDecoder(
      .csv(), fields: [.init(name: "x"), .init(name: "y")],
      clock: ClockSettings(place: .column(0), nanosecondsPerTick: 1000))
    guard case .success(let samples) = decoder.samples(of: Array("5,1,2".utf8)) else {
      Issue.record("it is a sample")
      return
    }
    #expect(samples.count == 1 && samples[0].values == [1, 2] && samples[0].deviceTime == 5000)
    #expect(decoder.sample(of: "1,2") == .failure(.fieldCount(expected: 3, found: 2)))
    #expect(decoder.sample(of: "x,1,2") == .success([1, 2]))
    #expect(decoder.counters.clockFaults == 1)
  }

  @Test func `every dialect reads what it writes`() throws {
    var random = SeededGenerator("csv dialects")
    for _ in 0..<4000 {
      let hasComma = Bool.random(using: &random)
      let separators: [CellSeparator] = [
        .byte(hasComma ? 0x3B : 0x2C), .byte(0x09), .byte(0x7C), .blanks, .any,
      ]
      let settings = CSVSettings(
        separator: separators.randomElement(using: &random)!, hasDecimalComma: hasComma)
      let values = (0..<3).map { _ in Float.random(in: -1e6...1e6, using: &random) }
      let glue =
        switch settings.separator {
        case .byte(let byte): " " + String(Unicode.Scalar(byte)) + " "
        case .blanks: " \t"
        case .any: hasComma ? "; " : [", ", " ", ";"].randomElement(using: &random)!
        }
      var line = values.map { "\($0)" }
      if hasComma { line = line.map { String($0.map { $0 == "." ? "," : $0 }) } }
      let text = " " + line.joined(separator: glue) + "\r"
      #expect(
        try decoder(settings).sample(of: text) == .success(values.map { $0 }), "\(settings) \(text)"
      )
    }
  }
}
