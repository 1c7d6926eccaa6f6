import Testing

@testable import Config
@testable import SensorIO
@testable import Text

/// Goal: a recording says how its bytes are read, also years later and beside another
/// configuration.
/// Method: heads written and read; sensors of every framing as configurations have them.
@Suite struct RecordingHeadTests {
  private func configuration(_ sensor: String) throws -> Configuration {
    try Configuration.parse([
      ConfigurationSource(file: "t.toml", bytes: Array("[[sensor]]\n\(sensor)\n".utf8))
    ])
  }

  @Test(arguments: [
    "name = \"a\"\nport = \"serial:/dev/ttyUSB0\"\nbaud = 9600\nfields = [\"x\", \"y\"]",
    "name = \"a\"\nport = \"unix:/s\"\nframing = \"cobs\"\nrate = 400\nfields = "
      + "[{ name = \"x\", type = \"int16\", scale = 0.001, range = [-2.0, 2] }]",
    "name = \"a\"\nport = \"can:can0\"\nframing = \"can\"\nid = \"C9\"\nfields = "
      + "[{ name = \"x\", at = 0, type = \"uint8\" }]",
    "name = \"a\"\nport = \"serial:/dev/ttyUSB0\"\npreset = \"mh-z19\"",
    "name = \"a\"\nport = \"unix-dgram:/s\"\ndecode = \"json\"\nclock = { path = \"t\", unit = \"ms\" }"
      + "\nfields = [{ name = \"x\", path = \"o.l[1]\" }]",
  ])
  func `a sensor is read from its recording as from its configuration`(text: String) throws {
    let sensor = try configuration(text).sensors[0]
    var head = RecordingHead()
    (head.agent, head.at, head.samplesBefore) = ("board \"1\"", 12, 34)
    let read = try RecordingHead(head.text(sensor: sensor.written), file: "x.rec")
    #expect(read.agent == "board \"1\"" && read.at == 12 && read.samplesBefore == 34)
    #expect(read.alert == nil && read.pipelines.isEmpty)
    let again = try #require(read.sensor)
    #expect(again.framing == sensor.framing && again.decoding == sensor.decoding)
    #expect(again.fields == sensor.fields && again.clock == sensor.clock)
    #expect(again.rateHertz == sensor.rateHertz && again.port == sensor.port)
    #expect(again.can == sensor.can && again.name == "a")
  }

  @Test func `an alert's recording says what was judged`() throws {
    var head = RecordingHead()
    head.alert = .init(name: "fall", episode: 3, sample: 816, value: 0.98046875, time: "2026")
    head.pipelines = [
      .init(name: "p", model: "fall/1", sample: 816, scores: [("fall", 0.98046875), ("x y", 0.1)])
    ]
    let read = try RecordingHead(head.text(sensor: nil), file: "x.rec")
    #expect(read.alert == head.alert && read.pipelines == head.pipelines && read.sensor == nil)
  }

  @Test func `a head is never too long`() throws {
    var head = RecordingHead()
    let label = String(repeating: "l", count: 64)
    head.pipelines = (0..<32).map { index in
      .init(
        name: "p\(index)", model: "m/1", sample: 1, scores: (0..<64).map { ("\(label)\($0)", 0.5) })
    }
    let long = WrittenTable("name = \"a\"\nx = \"\(String(repeating: "y", count: 40_000))\"\n")
    for sensor in [nil, WrittenTable("name = \"a\"\n"), long] {
      let text = head.text(sensor: sensor)
      #expect(!text.isEmpty && text.utf8.count <= RawRecordingLimits.headBytesMax)
    }
  }

  @Test func `what another version wrote beside it is passed over, and faults are told`() throws {
    let read = try RecordingHead(
      "new = 1\n[recording]\nagent = \"a\"\nsamples_before = -5\nx = 2\n", file: "x.rec")
    #expect(read.agent == "a" && read.samplesBefore == 0)
    #expect(throws: ConfigurationError.self) { try RecordingHead("[[sensor]]\n", file: "x.rec") }
    #expect(throws: ConfigurationError.self) { try RecordingHead("= 1", file: "x.rec") }
  }

  @Test func `a port on the command line is one of a configuration`() throws {
    #expect(
      try Configuration.port("serial:/dev/ttyUSB0", baud: 9600)
        == .serial(path: "/dev/ttyUSB0", SerialSettings(baud: 9600)))
    #expect(try Configuration.port("unix:/run/s", baud: nil) == .unix(path: "/run/s"))
    for (text, baud) in [("usb:x", nil), ("unix:/s", 9600), ("serial:/d", 1)] as [(String, Int?)] {
      #expect(throws: ConfigurationError.self) { try Configuration.port(text, baud: baud) }
    }
  }
}
