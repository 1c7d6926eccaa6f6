import CPlatform
import Testing

@testable import Config
@testable import Core
@testable import Models
@testable import SensorIO
@testable import System
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

  /// A registry that moves an alias to and fro.
  @Test func `a fourth change waits, is told once, and is made later by itself`() throws {
    let rig = try rig(Self.swapped)
    let adopter = rig.adopter()
    rig.start()
    defer { rig.stop() }
    let (subscriber, _) = (try rig.subscribe(), try rig.connect())
    func settle(_ version: String) -> Bool {
      eventually {
        adopter.round()
        return adopter.offered == nil && rig.pipelines[0].model.version == version
      }
    }
    _ = try subscriber.events(1)
    for (version, other) in [("2", "1"), ("1", "2"), ("2", "1")] {
      try versions.activate(version, insteadOf: other)
      #expect(settle(version))
      #expect(try subscriber.events(1).first?["version"]?.string == version)
    }
    try versions.activate("1", insteadOf: "2")
    for _ in 0..<20 { adopter.round() }
    #expect(
      eventually {
        adopter.round()
        return adopter.offered == nil
      })
    let waiting = try subscriber.events(1)[0]
    #expect(waiting["type"]?.string == "waiting" && waiting["version"]?.string == "1")
    #expect(waiting["current"]?.string == "2" && waiting["pipeline"]?.string == "echo")
    #expect((1...301).contains(waiting["seconds"]?.int64 ?? 0))
    #expect(rig.pipelines[0].model.version == "2")
    guard case .waiting(let note)? = rig.store.takeTrial() else {
      Issue.record("no record of the wait")
      return
    }
    #expect(note.version == "1" && rig.store.takeTrial() == nil, "told once")
    // As if five minutes had passed.
    adopter.followers[0].changes = TokenBucket(perSecond: 1, capacity: 1, at: Clock.boot())
    #expect(settle("1"))
    #expect(try subscriber.events(1).first?["type"]?.string == "model")
  }

  @Test func `neither a person nor the way back from a bad version waits`() throws {
    let rig = try rig(Self.swapped)
    let adopter = rig.adopter()
    rig.start()
    defer { rig.stop() }
    adopter.followers[0].changes = TokenBucket(perSecond: 1e-6, capacity: 1, at: Clock.boot())
    adopter.followers[0].changes.charge(1, at: Clock.boot())
    func settle(_ version: String) -> Bool {
      eventually {
        adopter.round()
        return adopter.offered == nil && rig.pipelines[0].model.version == version
      }
    }
    for version in ["2", "1", "2", "1", "2"] {
      try versions.activate(version)
      #expect(settle(version))
    }
    let bad = TrialVerdict(version: "2", against: "1", outcome: .rolledBack, reason: "late")
    #expect(try versions.goBack(bad) == "1")
    #expect(settle("1") && !adopter.followers[0].isWaiting)
    #expect(rig.store.takeTrial() == nil)
  }

  /// A window that never fills up between two changes.
  private static let long = EchoModel(
    version: "2", window: 30, labels: (1..<30).map { "l\($0)" } + ["newer"])

  /// The condition holds all the while, and the version changes ten times a second.
  @Test(arguments: [swapped, long])
  func `changes of version do not keep an alert back`(second: EchoModel) throws {
    try EchoModel().write(to: folder)
    try second.write(to: folder)
    try versions.activate("1")
    var alert = Make.alert()
    alert.settings.holdNanoseconds = 1_000_000_000
    let rig = try AgentRig(
      Make.configuration(
        folder, sensors: [Make.sensor(.unix(path: "/unused"))], pipelines: [Make.pipeline()],
        alerts: [alert]))
    let adopter = rig.adopter()
    rig.start()
    defer { rig.stop() }
    let (subscriber, sensor) = (try rig.subscribe(), try rig.connect())
    _ = try subscriber.events(1)
    let changes = 20
    for change in 0..<changes {
      try versions.activate(change % 2 == 0 ? "2" : "1")
      for _ in 0..<5 {
        #expect(
          eventually {
            adopter.round()
            return adopter.offered == nil
          })
        try sensor.send("1\n")
        usleep(20_000)
      }
    }
    let events = try subscriber.events(changes + 1)
    #expect(events.of("model").count == changes)
    let raised = try #require(events.firstIndex { $0["type"]?.string == "alert" })
    #expect(events[raised]["state"]?.string == "raised")
    #expect((5..<15).contains(raised), "after \(raised) changes of a tenth of a second")
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
