import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// Goal: every event is one line of JSON with exactly the members that subscribers rely on, and the
/// longest that a configuration allows fits its buffer.
/// Method: SensorIO's own reader; then names of the greatest length in which every byte is escaped.
@Suite struct EventLinesTests {
  let folder = TestFolder()

  private func parse(
    _ rig: AgentRig, _ make: (EventLines) -> UnsafeRawBufferPointer
  ) throws -> JSONValue {
    // The line lies in a buffer of the rig's.
    let values = try withExtendedLifetime(rig) { try parseLines(Array(make(rig.lines))) }
    #expect(values.count == 1)
    return values[0]
  }

  private func object(_ members: (String, JSONValue)...) -> JSONValue {
    .object(members.map { JSONMember($0.0, $0.1) })
  }

  private func rig() throws -> AgentRig {
    try EchoModel().write(to: folder)
    return try AgentRig(
      Make.configuration(
        folder, sensors: [Make.sensor(.standardInput)], pipelines: [Make.pipeline()],
        alerts: [Make.alert()]))
  }

  private static let event = AlertEvent(
    alert: 0, transition: .raised, value: 0.9375, sample: 1234, arrival: 56_789,
    wall: 1_772_368_496_789_000_000, latency: 61_999)

  @Test func `the client of the socket knows how long a line may be`() {
    #expect(EventsClient.lineBytesMax == PipelineLimits.lineBytesMax)
  }

  @Test func `hello says who speaks`() throws {
    #expect(
      try parse(try rig()) { $0.hello() }
        == object(
          ("type", .string("hello")), ("agent", .string("ward-7")),
          ("version", .string(SemanticVersion.agent.text)),
          ("boot", .string(Clock.bootIdentifier()))))
  }

  @Test(arguments: [
    (AlertTransition.raised, "raised"), (.cleared, "cleared"), (.repeated, "repeated"),
  ])
  func `an alert says everything about itself`(
    transition: AlertTransition, word: String
  ) throws {
    var event = Self.event
    event.transition = transition
    #expect(
      try parse(try rig()) { $0.alert(event) }
        == object(
          ("type", .string("alert")), ("agent", .string("ward-7")), ("alert", .string("high")),
          ("state", .string(word)), ("phase", .string("normal")), ("episode", .integer(0)),
          ("severity", .string("critical")), ("source", .string("echo.newer")),
          ("score", .number(0.9375)), ("votes", .integer(0)), ("sensor", .string("wrist")),
          ("sample", .integer(1234)), ("at", .integer(56_789)),
          ("boot", .string(Clock.bootIdentifier())),
          ("time", .string("2026-03-01T12:34:56.789Z")), ("latency_us", .integer(61))))
  }

  @Test func `scores, samples, sensors and losses`() throws {
    let rig = try rig()
    let (channel, pipeline) = (rig.channels[0], rig.pipelines[0])
    for value: Float in [0.25, 0.5] {
      channel.values[0] = value
      channel.sampleCount += 1
      _ = pipeline.push(channel.values)
    }
    pipeline.score()
    let score = try parse(rig) { $0.scores(pipeline, sample: 2, at: 77) }
    #expect(score["run_us"]?.double != nil)
    #expect(
      JSONValue.object((score.members ?? []).dropLast())
        == object(
          ("type", .string("score")), ("pipeline", .string("echo")), ("sample", .integer(2)),
          ("at", .integer(77)),
          ("scores", object(("older", .number(0.25)), ("newer", .number(0.5))))))
    #expect(
      try parse(rig) { $0.sample(channel, at: 77) }
        == object(
          ("type", .string("sample")), ("sensor", .string("wrist")), ("sample", .integer(2)),
          ("at", .integer(77)), ("values", object(("level", .number(0.5))))))
    let states: [(SensorState, String)] = [
      (.connected, "connected"), (.lost, "lost"), (.stale, "stale"), (.ended, "ended"),
    ]
    for (state, word) in states {
      #expect(
        try parse(rig) { $0.sensor(channel, state) }
          == object(
            ("type", .string("sensor")), ("sensor", .string("wrist")), ("state", .string(word)),
            ("sample", .integer(2))))
    }
    #expect(
      try parse(rig) { $0.dropped(count: 3) }
        == object(("type", .string("dropped")), ("lines", .integer(3))))
  }

  @Test func `a loss is written beside the line that is going out`() throws {
    let rig = try rig()
    withExtendedLifetime(rig) {
      let line = rig.lines.alert(Self.event)
      let before = Array(line)
      #expect(rig.lines.dropped(count: .max).count <= PipelineLimits.lossLineBytesMax)
      #expect(Array(line) == before)
    }
  }

  @Test func `what is no number is null`() throws {
    var event = Self.event
    for score in [Float.nan, .infinity, -.infinity] {
      event.value = score
      #expect(try parse(try rig(), { $0.alert(event) })["score"] == .null)
    }
  }

  /// As long as names may be; each byte takes two in JSON, and the first differ.
  private func longName(_ index: Int) -> String {
    (0..<ConfigurationLimits.nameBytesMax).map { index >> $0 & 1 == 0 ? "\"" : "\\" }.joined()
  }

  @Test func `the longest line of each kind fits`() throws {
    let plain = String(repeating: "n", count: ConfigurationLimits.nameBytesMax)
    let labels = (0..<ConfigurationLimits.labelsMax).map(longName)
    let fields = (0..<ConfigurationLimits.fieldsMax).map(longName)
    let model = EchoModel(
      name: "long", window: labels.count, features: [fields[0]], labels: labels)
    try model.write(to: folder)
    let rig = try AgentRig(
      Make.configuration(
        folder, sensors: [Make.sensor(.standardInput, name: plain, fields: fields)],
        pipelines: [Make.pipeline(plain, sensor: plain, model: "long")],
        alerts: [Make.alert(plain, source: (plain, labels[1]))], id: plain))
    let (channel, pipeline) = (rig.channels[0], rig.pipelines[0])
    // Fifteen characters, the most that a Float takes.
    for field in fields.indices { channel.values[field] = -.leastNormalMagnitude.nextUp }
    channel.sampleCount = .min
    for _ in labels { _ = pipeline.push(channel.values) }
    pipeline.score()
    var event = Self.event
    (event.value, event.sample, event.arrival) = (-Float.leastNormalMagnitude.nextUp, .min, .min)
    (event.wall, event.latency) = (.min, .min)

    let score = rig.lines.scores(pipeline, sample: .min, at: .min).count
    #expect(score > 9000, "the test is as hard as it means to be")
    // The time of the run is the only part that this test does not make as long as it can be.
    #expect(score + 20 <= PipelineLimits.lineBytesMax)
    #expect(rig.lines.sample(channel, at: .min).count <= PipelineLimits.lineBytesMax)
    #expect(rig.lines.sensor(channel, .connected).count <= PipelineLimits.lineBytesMax)
    #expect(rig.lines.hello().count <= PipelineLimits.lineBytesMax)
    let alert = rig.lines.alert(event).count
    #expect(alert <= 4096, "goes whole through a pipe: programs, standard error")
    #expect(PipelineLimits.pendingBytesMax >= PipelineLimits.lineBytesMax)
  }
}
