import CPlatform
import Testing

@testable import Config
@testable import Core
@testable import Models
@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// Goal: a board without a model does what it can, says what it waits for, and scores as soon as
/// the model is there. Method: the real hot thread; the test calls the rounds of the models'
/// thread.
@Suite struct FirstModelsTests {
  private let folder = TestFolder()
  private var versions: InstalledVersions { InstalledVersions("echo", in: "\(folder.path)/models") }

  private func configuration(
    version: String? = nil, brings: [String] = ["echo"], registry: String? = "/stick"
  ) -> Configuration {
    var pipeline = Make.pipeline()
    pipeline.model.version = version
    var level = Make.alert("level")
    level.test = .level(
      .field(sensor: "wrist", field: "level"),
      LevelSettings(kind: .above, low: 10, high: 10, clearLow: 10, clearHigh: 10))
    var blind = Make.alert("blind")
    blind.test = .health(.disabled(pipeline: "echo"))
    var configuration = Make.configuration(
      folder, sensors: [Make.sensor(.unix(path: "/unused"))], pipelines: [pipeline],
      alerts: [Make.alert(), level, blind], publish: .scores)
    var sync = SyncSettings(place: Make.place)
    sync.registry = registry.map { .folder($0) }
    sync.models = brings.map { WantedModel(name: $0) }
    configuration.sync = sync
    return configuration
  }

  @Test func `sensors and other alerts work, and the pipeline is blind until its model comes`()
    throws
  {
    let rig = try AgentRig(configuration())
    #expect(rig.refusals.isEmpty && rig.pipelines.isEmpty && rig.waiting == [0])
    #expect(AgentTotals(rig.channels, rig.board).waiting == 1)
    let adopter = rig.adopter()
    #expect(adopter.isNeeded)
    rig.start()
    defer { rig.stop() }
    let (subscriber, sensor) = (Inbox(try rig.subscribe()), try rig.connect())
    #expect(try subscriber.tells("blind", "raised", "standing"))
    try sensor.send("11\n")
    #expect(try subscriber.tells("level", "raised"))
    adopter.round()
    try EchoModel().write(to: folder)
    adopter.round()
    #expect(adopter.offered == nil, "no version that is still being copied")
    try versions.activate("1")
    adopter.round()
    let model = try #require(try subscriber.next { $0["type"]?.string == "model" })
    #expect(model["version"]?.string == "1" && model["previous"]?.isNull == true)
    #expect(model["sample"]?.int64 == 1)
    try sensor.send("0.25\n1\n")
    #expect(try subscriber.tells("high", "raised"))
    let score = try #require(try subscriber.next { $0["type"]?.string == "score" })
    #expect(score["scores"]?["newer"]?.double == 1 && score["sample"]?.int64 == 3)
    adopter.round()
    #expect(adopter.waiting.isEmpty && adopter.followers.map { $0.model.version } == ["1"])
    #expect(AgentTotals(rig.channels, rig.board).waiting == 0)
    // From here on it is as any other.
    try EchoModel(version: "2").write(to: folder)
    try versions.activate("2")
    adopter.round()
    let next = try #require(try subscriber.next { $0["type"]?.string == "model" })
    #expect(next["version"]?.string == "2" && next["previous"]?.string == "1")
  }

  @Test func `the alert that it is blind ends with the first window`() throws {
    let rig = try AgentRig(configuration())
    let adopter = rig.adopter()
    rig.start()
    defer { rig.stop() }
    let (subscriber, sensor) = (Inbox(try rig.subscribe()), try rig.connect())
    #expect(try subscriber.tells("blind", "raised", "standing"))
    try EchoModel().write(to: folder)
    try versions.activate("1")
    adopter.round()
    try sensor.send("0.25\n0.5\n")
    #expect(try subscriber.tells("blind", "cleared"))
  }

  @Test func `a version that is named is waited for`() throws {
    let rig = try AgentRig(configuration(version: "2"))
    let adopter = rig.adopter()
    try EchoModel().write(to: folder)
    try versions.activate("1")
    adopter.round()
    #expect(adopter.offered == nil)
    try EchoModel(version: "2").write(to: folder)
    adopter.round()
    rig.adopt()
    adopter.round()
    #expect(rig.channels[0].pipelines.map { $0.model.version } == ["2"])
    #expect(adopter.followers.isEmpty, "it keeps that version")
  }

  @Test func `a first version that is of no use is refused once, and the next is taken`() throws {
    let rig = try AgentRig(configuration())
    let adopter = rig.adopter()
    try EchoModel(labels: ["other"]).write(to: folder)
    try versions.activate("1")
    adopter.round()
    #expect(adopter.offered == nil && adopter.waiting[0].refused == "1")
    try EchoModel(version: "2").write(to: folder)
    try versions.activate("2")
    adopter.round()
    rig.adopt()
    adopter.round()
    #expect(rig.channels[0].pipelines.map { $0.model.version } == ["2"])
  }

  @Test func `it fits beside all else, or is refused`() throws {
    var configuration = configuration()
    configuration.agent.memoryBytesMax = MemoryBudget(configuration, []).total + 1
    let rig = try AgentRig(configuration)
    let adopter = rig.adopter()
    try EchoModel().write(to: folder)
    try versions.activate("1")
    adopter.round()
    #expect(adopter.offered == nil && adopter.waiting[0].refused == "1")
  }

  @Test func `without sync, or where sync brings other models, it is an error`() throws {
    for configuration in [
      configuration(brings: ["gait"]), configuration(registry: nil),
    ] {
      let builder = try PipelineBuilder(configuration)
      #expect(builder.waiting.isEmpty && builder.refusals.count == 1)
    }
    var alone = configuration()
    alone.sync = nil
    #expect(try PipelineBuilder(alone).refusals.map { $0.exitCode } == [78])
    #expect(try PipelineBuilder(configuration(brings: [])).waiting == [0], "dir: has all")
  }

  @Test func `people hear what it waits for`() throws {
    let rig = try AgentRig(configuration())
    let line = StatusLine(
      channels: rig.channels, board: rig.board,
      waits: rig.configuration.pipelines.map(FirstModelText.status))
    let status = String(decoding: line.text(), as: UTF8.self)
    #expect(status.hasPrefix("STATUS=pipeline echo waits for its first model echo, 0 of 1 sensor"))
    let text = try PipelineBuilder(rig.configuration).waitingLines
    #expect(text.count == 1 && text[0].contains("waits for its first model echo"))
  }
}

/// What a subscriber hears, one event after another.
private final class Inbox {
  private let subscriber: Descriptor
  private var events: [JSONValue] = []

  init(_ subscriber: Descriptor) { self.subscriber = subscriber }

  /// The next event that is meant; those before it are gone. Nil after two seconds of silence.
  func next(_ isMeant: (JSONValue) -> Bool) throws -> JSONValue? {
    while true {
      while !events.isEmpty {
        let event = events.removeFirst()
        if isMeant(event) { return event }
      }
      events = try subscriber.events(1)
      if events.isEmpty { return nil }
    }
  }

  func tells(_ alert: String, _ states: String...) throws -> Bool {
    try next { event in
      event["alert"]?.string == alert && states.contains { $0 == event["state"]?.string }
    } != nil
  }
}
