import Testing

@testable import Config
@testable import SensorIO
import TestSupport
@testable import Text

/// Goal: a correct configuration becomes exactly its settings, with every default and every place.
/// Method: the smallest configuration, the fullest one, and the one of the design, compared whole.
@Suite struct ConfigurationTests {
  @Test func `the smallest has every default`() throws {
    let configuration = try Self.parse(ConfigurationFaultCase.configuration)
    var expected = Configuration(
      agent: AgentSettings(
        id: "ward-7", models: "/var/lib/edgeagent/models", memoryBytesMax: 16 << 20,
        place: at(1, 1), modelsPlace: at(1, 1), memoryPlace: at(1, 1)),
      events: EventSettings(
        socket: "/run/edgeagent/events.sock", publish: .alerts, place: at(1, 1),
        socketPlace: at(1, 1)),
      control: ControlSettings(place: at(1, 1), socketPlace: at(1, 1)),
      sensors: [
        SensorSettings(
          name: "wrist", port: .serial(path: "/dev/ttyUSB0", SerialSettings(baud: 115_200)),
          framing: .line(LineSettings()),
          decoding: .csv(), fields: [FieldSettings(name: "ax", unit: "g")], rateHertz: 50,
          staleAfterNanoseconds: 5_000_000_000, place: at(4, 1), portPlace: at(6, 8),
          fieldsPlace: at(7, 10), fieldPlaces: [at(7, 12)], ratePlace: at(8, 8))
      ],
      pipelines: [
        PipelineSettings(
          name: "fall", sensor: "wrist", model: ModelReference(name: "fall", version: nil),
          deadlineNanoseconds: 20_000_000, stride: nil, place: at(10, 1), sensorPlace: at(12, 10),
          modelPlace: at(13, 9), deadlinePlace: at(10, 1), stridePlace: at(10, 1))
      ],
      conditions: [
        ConditionSettings(
          name: "fall",
          test: .level(
            .score(pipeline: "fall", label: "fall"),
            LevelSettings(kind: .above, low: 0.9, high: 0.9, clearLow: 0.9, clearHigh: 0.9)),
          place: at(15, 1), sourcePlace: at(17, 10), levelPlace: at(18, 9)),
        deadMan("wrist-stale", .stale(sensor: "wrist")),
        deadMan("fall-disabled", .disabled(pipeline: "fall")),
      ],
      alerts: [
        AlertSettings(
          name: "fall", condition: 0, sourceText: "fall.fall", place: at(15, 1)),
        deadMan("wrist-stale", 1, "stale:wrist"), deadMan("fall-disabled", 2, "disabled:fall"),
      ])
    expected.trust = TrustPolicy(.unwritten, place: at(1, 1))
    #expect(configuration == expected)
    #expect(configuration.sensorIndex(named: "wrist") == 0)
    #expect(configuration.sensorIndex(named: "hip") == nil)
    #expect(configuration.pipelineIndex(named: "fall") == 0)
  }

  private func deadMan(_ name: String, _ health: HealthSource) -> ConditionSettings {
    ConditionSettings(
      name: name, test: .health(health), place: at(15, 1), sourcePlace: at(15, 1),
      levelPlace: at(15, 1))
  }

  private func deadMan(_ name: String, _ condition: Int, _ text: String) -> AlertSettings {
    var alert = AlertSettings(
      name: name, condition: condition, sourceText: text, place: at(15, 1))
    (alert.needsAcknowledgement, alert.isDeadMan) = (false, true)
    return alert
  }

  @Test func `an agent alone is a configuration`() throws {
    let configuration = try Self.parse("agent.id = \"a\"")
    #expect(configuration.agent.id == "a")
    #expect(
      configuration.sensors.isEmpty && configuration.pipelines.isEmpty
        && configuration.alerts.isEmpty)
  }

  @Test func `every key is taken`() throws {
    let configuration = try Self.parse(Self.full, file: "/etc/edge/edgeagent.toml")
    #expect(configuration.agent.models == "/etc/edge/models")
    #expect(configuration.agent.memoryBytesMax == 512 << 10)
    #expect(configuration.events.socket == "/etc/edge/run/events.sock")
    #expect(configuration.events.publish == [.alerts, .scores, .samples])

    let sensors = configuration.sensors
    #expect(sensors[0].port == .unix(path: "/etc/edge/run/imu.sock"))
    #expect(
      sensors[0].framing
        == .packet(
          .lengthPrefixed(prefixBytes: 2, check: FrameCheck(.crc16CCITT), contentBytes: 3...3)))
    #expect(sensors[0].decoding == .binary())
    #expect(
      sensors[0].fields == [
        FieldSettings(
          name: "ax", unit: "g", type: .int16, isBigEndian: true, scale: 0.25, offset: -1),
        FieldSettings(name: "temperature", type: .uint8, isBigEndian: false),
      ])
    #expect(sensors[0].rateHertz == 0.5)
    #expect(sensors[0].staleAfterNanoseconds == 0)
    #expect(sensors[1].port == .standardInput)
    #expect(sensors[1].framing == .cobs(nil))
    #expect(sensors[1].decoding == .json())
    #expect(sensors[2].port == .file(path: "/data/day.csv"))
    #expect(sensors[3].port == .serial(path: "/dev/ttyS1", SerialSettings(baud: 9600)))
    #expect(
      sensors[3].framing
        == .packet(
          .lengthPrefixed(prefixBytes: 1, check: FrameCheck(.crc16Modbus), contentBytes: 4...4)))
    #expect(sensors[4].framing == .cobs(FrameCheck(.crc16Modbus)))

    let pipeline = configuration.pipelines[0]
    #expect(pipeline.model == ModelReference(name: "fall", version: "1.2"))
    #expect(pipeline.model.text == "fall/1.2")
    #expect(ModelReference(name: "fall", version: nil).text == "fall")
    #expect(pipeline.deadlineNanoseconds == 1_500_000)
    #expect(pipeline.stride == 25)
    #expect(pipeline.lateWindows == .all)
    #expect(
      pipeline.trial
        == TrialSettings(
          windows: 50, agreement: 1, latencyNanoseconds: 5_000_000,
          timeNanoseconds: 7_200_000_000_000, late: 0.25, always: true))

    let alert = configuration.alerts[0]
    #expect(configuration.looksAtScore(alert))
    #expect(
      configuration.conditions[alert.condition].test
        == .level(
          .score(pipeline: "p", label: "fall.hard"),
          LevelSettings(kind: .above, low: 1, high: 1, clearLow: 0.25, clearHigh: 0.25)))
    #expect(alert.votes == AlertVotes(needed: 2, of: 3))
    #expect(alert.holdNanoseconds == 60_000_000_000)
    #expect(alert.severity == .critical && alert.latch)
    #expect(
      alert.outputs.map { configuration.outputs[$0].kind } == [
        .socket, .journal, .exec(ProgramSettings(path: "/usr/bin/siren")),
        .exec(ProgramSettings(path: "/etc/edge/bin/lamp")),
      ])
  }

  /// The example of the design, without what this version does not support.
  @Test func `the design's example`() throws {
    let configuration = try Self.parse(Self.design)
    #expect(configuration.agent.id == "ward-7-bed-3")
    #expect(
      configuration.sensors[0].fields.map { $0.name } == ["ax", "ay", "az", "wx", "wy", "wz"])
    #expect(configuration.sensors[0].staleAfterNanoseconds == 2_000_000_000)
    #expect(configuration.alerts[0].outputs.count == 3)
  }

  /// An empty list of events is allowed, and a relative path stays as it is if the file's name has
  /// no folder.
  @Test func `nothing published, nothing in front`() throws {
    let configuration = try Self.parse(
      "agent = { id = \"a\", models = \"m\" }\nevents.publish = []")
    #expect(configuration.events.publish == [])
    #expect(configuration.agent.models == "m")
  }

  private func at(_ line: Int, _ column: Int) -> SourcePlace {
    SourcePlace(file: "edgeagent.toml", line: line, column: column)
  }

  private static func parse(
    _ document: String, file: String = "edgeagent.toml"
  ) throws(ConfigurationError) -> Configuration {
    try Configuration.parse([ConfigurationSource(file: file, bytes: Array(document.utf8))])
  }

  private static let full = """
    [agent]
    id = "A-Za.z0_9"
    models = "models"
    memory = "512KiB"
    [events]
    socket = "run/events.sock"
    publish = ["samples", "alerts", "scores"]

    [[sensor]]
    name = "imu"
    port = "unix:run/imu.sock"
    framing = "length"
    length_bytes = 2
    checksum = "crc16-ccitt"
    decode = "binary"
    rate = 0.5
    stale_after = "0s"
    [[sensor.fields]]
    name = "ax"
    unit = "g"
    type = "int16"
    endian = "big"
    scale = 0.25
    offset = -1
    [[sensor.fields]]
    name = "temperature"
    type = "uint8"
    endian = "little"

    [[sensor]]
    name = "in"
    port = "stdin:"
    framing = "cobs"
    checksum = "none"
    decode = "json"
    rate = 100000
    fields = [ { name = "état de la pompe" } ]

    [[sensor]]
    name = "day"
    port = "file:/data/day.csv"
    framing = "line"
    decode = "csv"
    rate = 1
    fields = [ { name = "x" } ]

    [[sensor]]
    name = "s"
    port = "serial:/dev/ttyS1"
    baud = 9600
    framing = "length"
    rate = 1
    fields = [ { name = "x" } ]

    [[sensor]]
    name = "again"
    port = "file:/data/day.csv"
    framing = "cobs"
    rate = 1
    fields = [ { name = "x" } ]

    [[pipeline]]
    name = "p"
    sensor = "imu"
    model = "fall/1.2"
    deadline = "1500us"
    stride = 25
    late = "all"
    trial = { windows = 50, agreement = 1, latency = "5ms", time = "2h", late = 0.25, always = true }

    [[alert]]
    name = "a"
    source = "p.fall.hard"
    above = 1
    clear_below = 0.25
    votes = "2 of 3"
    hold = "1m"
    severity = "critical"
    latch = true
    outputs = ["socket", "journal", "exec:/usr/bin/siren", "exec:bin/lamp"]
    """

  private static let design = """
    [agent]
    id = "ward-7-bed-3"

    [[sensor]]
    name    = "wrist"
    port    = "serial:/dev/serial/by-id/usb-…"     # serial: unix: stdin: file:
    baud    = 115200
    framing = "line"                               # line length cobs
    decode  = "csv"
    fields  = [ { name = "ax", unit = "g" }, { name = "ay", unit = "g" },
                { name = "az", unit = "g" }, { name = "wx", unit = "deg/s" },
                { name = "wy", unit = "deg/s" }, { name = "wz", unit = "deg/s" } ]
    rate    = 50
    stale_after = "2s"

    [[pipeline]]
    name = "fall"
    sensor = "wrist"
    model = "fall"
    deadline = "20ms"

    [[alert]]
    name = "fall"
    source = "fall.fall"            # pipeline.label
    above = 0.9
    clear_below = 0.6
    votes = "2 of 3"
    hold = "0s"
    severity = "critical"
    latch = true
    outputs = ["exec:/usr/lib/edgeagent/siren", "socket", "journal"]
    """
}
