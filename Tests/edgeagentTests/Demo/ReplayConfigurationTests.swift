import TestSupport
import Testing

@testable import SensorIO
@testable import Config
@testable import Models
@testable import edgeagent

/// Goal: a replay shows what one sensor's samples would do, and touches nothing of the real agent.
/// Method: a board with two sensors, an outbox, a server and outputs.
@Suite struct ReplayConfigurationTests {
  private static let text = """
    agent = { id = "a", cpu = 3, state = "/var/lib/x", models = "MODELS" }
    events = { socket = "/run/e.sock", publish = ["scores"] }
    control.socket = "/run/c.sock"
    store = {}
    sync.uplink = "cloudevents:https://host/path"
    [[sensor]]
    name = "wrist"
    port = "serial:/dev/ttyUSB0"
    baud = 9600
    rate = 50
    fields = [{ name = "level" }]
    [[sensor]]
    name = "boiler"
    port = "unix:/run/boiler.sock"
    rate = 1
    fields = [{ name = "heat" }]
    [[pipeline]]
    name = "echo"
    sensor = "wrist"
    model = "echo"
    [[pipeline]]
    name = "fixed"
    sensor = "wrist"
    model = "echo/1"
    [[pipeline]]
    name = "leak"
    sensor = "boiler"
    model = "echo"
    [[output]]
    name = "siren"
    exec = "/siren"
    [[alert]]
    name = "high"
    source = "echo.newer"
    above = 0.9
    outputs = ["siren"]
    escalate_after = "1m"
    escalate_to = ["gpio:gpiochip0/1"]
    [[alert]]
    name = "hot"
    source = "sensor:boiler.heat"
    above = 95
    outputs = ["siren"]
    [[alert]]
    name = "both"
    all = ["high", "hot"]
    [[alert]]
    name = "full"
    source = "store"

    """

  private let files = TestFolder()

  private func make(_ sensor: Int) throws -> Configuration {
    let text = Self.text.replacing("MODELS", with: "\(files.path)/models")
    let configuration = try Configuration.parse([
      ConfigurationSource(file: "t.toml", bytes: Array(text.utf8))
    ])
    return ReplayConfiguration.make(
      configuration.sensors[sensor], of: configuration, at: "/dev/pts/9", in: "/tmp/x")
  }

  @Test func `one sensor on the pseudo-terminal, with what depends on it alone`() throws {
    let wrist = try make(0)
    #expect(wrist.sensors.map { $0.name } == ["wrist"] && !wrist.sensors[0].isRateLimited)
    #expect(wrist.sensors[0].port == .serial(path: "/dev/pts/9", SerialSettings(baud: 9600)))
    #expect(wrist.pipelines.map { $0.name } == ["echo", "fixed"])
    #expect(wrist.pipelines.allSatisfy { $0.lateWindows == .all })
    #expect(wrist.alerts.map { $0.name } == ["high"])
    let boiler = try make(1)
    #expect(boiler.sensors.map { $0.name } == ["boiler"])
    #expect(boiler.sensors[0].port == .serial(path: "/dev/pts/9", SerialSettings(baud: 115_200)))
    #expect(boiler.pipelines.map { $0.name } == ["leak"])
    #expect(boiler.alerts.map { $0.name } == ["hot"])
  }

  @Test func `nothing of the real agent's is touched`() throws {
    let quiet = try make(0)
    #expect(quiet.store == nil && quiet.sync == nil)
    #expect(quiet.outputs.map { $0.kind } == [.socket])
    #expect(quiet.alerts.allSatisfy { $0.outputs == [0] && $0.escalationOutputs == [] })
    #expect(quiet.events.socket == "/tmp/x/events.sock")
    #expect(quiet.events.publish == [.alerts, .samples])
    #expect(quiet.control.socket == "/tmp/x/control.sock" && quiet.agent.state == "/tmp/x/state")
    #expect(quiet.agent.processor == nil)
  }

  /// An agent that follows no version writes nothing into the models folder.
  @Test func `the version that scores now is named`() throws {
    #expect(try make(0).pipelines.map { $0.model.version } == [nil, "1"], "none is installed")
    for version in ["1", "2", "3"] { try EchoModel(version: version).write(to: files) }
    #expect(try make(0).pipelines.map { $0.model.version } == ["3", "1"])
    try InstalledVersions("echo", in: "\(files.path)/models").activate("2")
    #expect(try make(0).pipelines.map { $0.model.version } == ["2", "1"])
  }
}
