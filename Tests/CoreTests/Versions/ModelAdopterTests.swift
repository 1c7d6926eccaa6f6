import CPlatform
import Testing

@testable import Config
@testable import Core
@testable import Models
@testable import SensorIO
import TestSupport
@testable import Text

/// Goal: a new version scores from one sample to the next, with the window of the old one; one that
/// is of no use changes nothing. Method: the real hot thread; the test calls the rounds of the
/// models' thread. Version 2 names its scores the other way round, so that each score shows whose
/// it is.
@Suite struct ModelAdopterTests {
  let folder = TestFolder()
  var versions: InstalledVersions { InstalledVersions("echo", in: "\(folder.path)/models") }

  private func rig(_ second: EchoModel, memory: Int = 16 << 20) throws -> AgentRig {
    try EchoModel().write(to: folder)
    try second.write(to: folder)
    try versions.activate("1")
    var configuration = Make.configuration(
      folder, sensors: [Make.sensor(.unix(path: "/unused"))], pipelines: [Make.pipeline()],
      alerts: [Make.alert()], publish: .scores)
    configuration.agent.memoryBytesMax = memory
    return try AgentRig(configuration)
  }

  private static let swapped = EchoModel(version: "2", labels: ["newer", "older"])

  @Test func `the next sample is scored by the new version, with the old one's window`() throws {
    let rig = try rig(Self.swapped)
    let adopter = rig.adopter()
    rig.start()
    defer { rig.stop() }
    let (subscriber, sensor) = (try rig.subscribe(), try rig.connect())
    try sensor.send("0.25\n0.5\n")
    let before = try subscriber.events(3)
    #expect(before[2]["scores"]?["newer"]?.double == 0.5)
    try versions.activate("2")
    adopter.round()
    let model = try subscriber.events(1)
    #expect(model[0]["type"]?.string == "model" && model[0]["sample"]?.int64 == 2)
    #expect(model[0]["version"]?.string == "2" && model[0]["previous"]?.string == "1")
    try sensor.send("0.75\n1\n1\n")
    let after = try subscriber.events(4)
    #expect(after[0]["sample"]?.int64 == 3 && after[0]["scores"]?["newer"]?.double == 0.5)
    #expect(after[0]["scores"]?["older"]?.double == 0.75)
    #expect(after[1]["scores"]?["older"]?.double == 1 && after[1]["type"]?.string == "score")
    #expect(after[2]["state"]?.string == "raised", "alerts look at the label's new place")
    adopter.round()
    adopter.round()
    #expect(rig.pipelines[0].model.version == "2")
  }

  @Test(arguments: [
    EchoModel(version: "2", labels: ["newer", "oldest"]), EchoModel(version: "2", window: 0),
    EchoModel(version: "2", features: ["other"]), EchoModel(version: "2", labels: ["newer"]),
  ])
  func `a version that is of no use changes nothing`(second: EchoModel) throws {
    // The alert is on `newer`; the first case alone still has it.
    let rig = try rig(second)
    let adopter = rig.adopter()
    try versions.activate("2")
    adopter.round()
    rig.adopt()
    let isTaken = second.labels == ["newer", "oldest"]
    #expect((rig.pipelines[0].model.version == "2") == isTaken)
    adopter.round()
  }

  @Test func `a version that does not fit beside the old one is refused`() throws {
    let probe = try rig(Self.swapped)
    let budget = MemoryBudget(probe.configuration, probe.pipelines)
    let rig = try rig(Self.swapped, memory: budget.total - budget.spareBytes)
    try versions.activate("2")
    rig.adopter().round()
    rig.adopt()
    #expect(rig.pipelines[0].model.version == "1")
  }

  @Test func `a larger window begins with what is there, another binding with nothing`() throws {
    let rig = try rig(EchoModel(version: "2", window: 3, labels: ["oldest", "older", "newer"]))
    let adopter = rig.adopter()
    rig.start()
    defer { rig.stop() }
    let (subscriber, sensor) = (try rig.subscribe(), try rig.connect())
    try sensor.send("0.25\n0.5\n")
    _ = try subscriber.events(3)
    try versions.activate("2")
    adopter.round()
    _ = try subscriber.events(1)
    try sensor.send("0.75\n")
    let score = try subscriber.events(1)[0]
    #expect(score["scores"]?["oldest"]?.double == 0.25 && score["scores"]?["newer"]?.double == 0.75)
  }
}
