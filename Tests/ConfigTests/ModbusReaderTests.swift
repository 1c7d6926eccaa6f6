import Testing

@testable import Config
@testable import SensorIO
import TestSupport

/// Goal: a few lines are enough for a device that is asked, and what cannot be asked is told with
/// its place and its remedy.
/// Method: configurations by hand, and the requests, places or messages that they become.
@Suite struct ModbusReaderTests {
  private static func document(_ more: String, port: String = "serial:/dev/ttyUSB0") -> String {
    """
    [[sensor]]
    name = "meter"
    port = "\(port)"
    framing = "modbus-rtu"
    \(more)

    """
  }

  private func sensor(_ more: String) throws -> SensorSettings {
    let source = ConfigurationSource(
      file: "edgeagent.toml", bytes: Array(Self.document(more).utf8))
    return try Configuration.parse([source]).sensors[0]
  }

  @Test func `one field is enough`() throws {
    let meter = try sensor(#"fields = [{ name = "v", register = 5 }]"#)
    let modbus = try #require(meter.modbus)
    #expect(
      modbus.requests == [
        ModbusRequest(unit: 1, function: .holdingRegisters, address: 5, count: 1)
      ])
    #expect(modbus.intervalNanoseconds == 1_000_000_000)
    #expect(modbus.timeoutNanoseconds == 500_000_000)
    #expect((modbus.retries, modbus.pauseNanoseconds) == (1, nil))
    let field = meter.fields[0]
    #expect((field.type, field.isBigEndian, field.isWordSwapped) == (.uint16, true, false))
    #expect(field.place == .offset(0))
    #expect(meter.decoding == .binary())
  }

  @Test func `what the sensor says goes for the fields that it can go for`() throws {
    let meter = try sensor(
      #"""
      unit_id = 7
      function = 4
      type = "float32"
      word_order = "CDAB"
      interval = "2s"
      timeout = "1s"
      retries = 0
      pause = "10ms"
      fields = [{ name = "a", register = 0 }, { name = "b", register = 2, type = "int16" },
        { name = "c", coil = 9, unit_id = 2 }, { name = "d", register = 0, function = 3, endian = "little" },
        { name = "e", register = 3, bit = 4, bits = 2 }]
      """#)
    let modbus = try #require(meter.modbus)
    #expect(
      modbus.requests == [
        ModbusRequest(unit: 7, function: .inputRegisters, address: 0, count: 4),
        ModbusRequest(unit: 2, function: .coils, address: 9, count: 1),
        ModbusRequest(unit: 7, function: .holdingRegisters, address: 0, count: 2),
      ])
    #expect(modbus.fieldRequests == [0, 0, 1, 2, 0])
    #expect(meter.fields.map { $0.isWordSwapped } == [true, false, false, true, false])
    #expect(meter.fields.map { $0.isBigEndian } == [true, true, true, false, true])
    #expect(modbus.intervalNanoseconds == 2_000_000_000)
    #expect((modbus.timeoutNanoseconds, modbus.retries) == (1_000_000_000, 0))
    #expect(modbus.pauseNanoseconds == 10_000_000)
    #expect(meter.rateHertz == 0.5)
    #expect(meter.staleAfterNanoseconds == 6_000_000_000)
  }

  @Test(arguments: [
    ("ABCD", [0x12, 0x34, 0x56, 0x78]), ("CDAB", [0x56, 0x78, 0x12, 0x34]),
    ("BADC", [0x34, 0x12, 0x78, 0x56]), ("DCBA", [0x78, 0x56, 0x34, 0x12]),
  ])
  func `each of the four orders is read`(order: String, bytes: [UInt8]) throws {
    let meter = try sensor(
      #"fields = [{ name = "v", register = 0, type = "uint32", word_order = "\#(order)" }]"#)
    let decoder = try SampleDecoder(meter.decoding, fields: meter.fields)
    var values: [Float] = [0]
    try bytes.withUnsafeBytes { frame in
      try values.withUnsafeMutableBufferPointer {
        try decoder.decode(frame, at: 1, into: $0) { _ in }
      }
    }
    #expect(values == [Float(0x1234_5678)])
  }

  @Test func `sensors of one port share its bus`() throws {
    let document =
      Self.document(#"fields = [{ name = "v", register = 5 }]"#)
      + Self.document("unit_id = 2\n" + #"fields = [{ name = "v", register = 5 }]"#)
      .replacing("meter", "other")
    let source = ConfigurationSource(file: "edgeagent.toml", bytes: Array(document.utf8))
    let configuration = try Configuration.parse([source])
    #expect(configuration.wires.count == 1)
  }

  private static let one = #"fields = [{ name = "v", register = 5 }]"#

  @Test(arguments: [
    (
      #"fields = ["v"]"#,
      #"5:11: field "v" has to be asked for; write { name = "v", register = 0 }, or coil"#
    ),
    (
      #"fields = [{ name = "v" }]"#,
      #"5:11: a field lacks what it is; add one of "register", "coil""#
    ),
    (
      #"fields = [{ name = "v", register = 1, coil = 1 }]"#,
      #"5:11: "register" and "coil" in a field exclude each other; keep one"#
    ),
    (
      #"fields = [{ name = "v", register = 65536 }]"#,
      "5:36: register in a field is 65536; write a whole number from 0 to 65535"
    ),
    (
      #"fields = [{ name = "v", register = 65535, type = "float32" }]"#,
      "5:11: address 65535 and the 1 after it go beyond the last, 65535; correct them"
    ),
    (
      #"fields = [{ name = "v", register = 5, function = 1 }]"#,
      "5:50: function in a field is 1; write one of 3, 4"
    ),
    (
      #"fields = [{ name = "v", coil = 5, function = 3 }]"#,
      "5:46: function in a field is 3; write one of 1, 2"
    ),
    (
      #"fields = [{ name = "v", coil = 5, type = "int16" }]"#,
      #"5:35: "type" in a field goes only with "register"; choose that or remove it"#
    ),
    (
      #"fields = [{ name = "v", register = 5, type = "int24" }]"#,
      #"""
      5:46: type in a field is "int24"; write one of "int16", "uint16", "int32", "uint32", "int64", \#
      "uint64", "float16", "float32", "float64"; did you mean "int64"?
      """#
    ),
    (
      #"fields = [{ name = "v", register = 5, at = 0 }]"#,
      #"5:39: "at" in a field goes only with a framing other than "modbus-rtu"; choose that or remove it"#
    ),
    (
      #"fields = [{ name = "v", register = 5, word_order = "ABCD", endian = "big" }]"#,
      #"5:39: "endian" and "word_order" in a field exclude each other; keep one"#
    ),
    (
      "unit_id = 0\n" + one,
      "5:11: unit_id in [[sensor]] is 0; write a whole number from 1 to 255"
    ),
    (
      "polls = [{ register = 9, count = 1 }]\n" + one,
      "5:10: request 1 of polls reads no field; correct its place, or remove it"
    ),
    (
      "polls = [{ register = 5 }]\n" + one,
      #"5:10: polls lacks "count"; add count = 10"#
    ),
    (
      "polls = [{ register = 5, count = 126 }]\n" + one,
      "5:34: count in polls is 126; write a whole number from 1 to 125"
    ),
    (
      "rate = 1\ninterval = \"1s\"\n" + one,
      #"6:1: "interval" and "rate" in [[sensor]] exclude each other; keep one"#
    ),
    (
      "retries = 4\n" + one,
      "5:11: retries in [[sensor]] is 4; write a whole number from 0 to 3"
    ),
    (
      "samples = 2\n" + one,
      #"5:1: "samples" in [[sensor]] goes only with a framing other than "modbus-rtu"; choose that or remove it"#
    ),
    (
      "decode = \"csv\"\n" + one,
      #"5:1: "decode" in [[sensor]] goes only with a framing other than "modbus-rtu"; choose that or remove it"#
    ),
    (
      "baud = 1200\nrate = 10\n" + one,
      """
      6:8: the requests of a cycle take 190ms of each 100ms on this line, even where every unit \
      answers at once; write a longer interval, ask for less, or use a faster baud
      """
    ),
  ])
  func `tells a fault`(more: String, message: String) {
    #expect(
      ConfigurationFaultCase.messages(of: Self.document(more)) == ["edgeagent.toml:" + message])
  }

  @Test func `a port that takes no requests cannot be asked`() {
    #expect(
      ConfigurationFaultCase.messages(of: Self.document(Self.one, port: "unix-dgram:/run/s")) == [
        "edgeagent.toml:3:8: modbus-rtu has to ask, and this port takes no requests; write serial:, "
          + "unix: or unix-connect:"
      ])
  }

  @Test func `keys of a master go with no other framing`() {
    let document = Self.document("interval = \"1s\"\nfields = [\"v\"]")
      .replacing("framing = \"modbus-rtu\"\n", "")
    #expect(
      ConfigurationFaultCase.messages(of: document) == [
        #"edgeagent.toml:4:1: "interval" in [[sensor]] goes only with framing "modbus-rtu"; choose that or remove it"#
      ])
  }
}

extension String {
  fileprivate func replacing(_ text: String, _ other: String) -> String {
    var parts = split(separator: text, omittingEmptySubsequences: false).map(String.init)
    let first = parts.removeFirst()
    return parts.reduce(first) { $0 + other + $1 }
  }
}
