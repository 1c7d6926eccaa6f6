import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// Goal: a joined sensor has a sample at each sample of its first, with the last values of the
/// others where they are fresh; and it lives and ends with its first sensor.
/// Method: rounds of the real thread; times by the virtual core.
@Suite struct SensorJoinTests {
  let folder = TestFolder()

  private func configuration(fresh: Int64 = 3_600_000_000_000) -> Configuration {
    let (fast, slow) = (
      Make.sensor(.unix(path: "/a"), name: "fast", fields: ["vib"]),
      Make.sensor(.unix(path: "/b"), name: "slow", fields: ["temp"])
    )
    var both = Make.sensor(.unix(path: "/a"), name: "both", fields: ["vib", "temp"])
    both.join = JoinSettings(sensors: ["fast", "slow"], freshNanoseconds: fresh)
    return Make.configuration(folder, sensors: [both, fast, slow], publish: .samples)
  }

  private func joined(_ events: [JSONValue]) -> [[Double?]] {
    events.of("sample").filter { $0["sensor"]?.string == "both" }.map { event in
      [event["values"]?["vib"]?.double, event["values"]?["temp"]?.double]
    }
  }

  @Test func `each sample of the first has the last values of the others`() throws {
    let rig = try AgentRig(configuration())
    let subscriber = try rig.subscribe()
    let (fast, slow) = (try rig.connect(0), try rig.connect(1))
    rig.adopt()
    try fast.send("1\n")
    try rig.goRound(2)
    try slow.send("20\n")
    try rig.goRound(2)
    try fast.send("2\n")
    try rig.goRound(2)
    try slow.send("nan\n21\n")
    try rig.goRound(2)
    try fast.send("3\nnan\n")
    try rig.goRound(2)
    let events = try subscriber.events(1 + 3 + 1 + 2 + 2 + 4)
    #expect(joined(events) == [[1, nil], [2, 20], [3, 21], [nil, 21]])
    let both = rig.channels[0]
    #expect(both.sampleCount == 4 && both.faultCount == 0)
    #expect(both.fieldCounters[1, .old] == 1, "before the first value")
    #expect(both.fieldCounters[0, .missing] == 1)
  }

  @Test func `it is lost with its first sensor and not with the others`() throws {
    let rig = try AgentRig(configuration())
    let (fast, slow) = (try rig.connect(0), try rig.connect(1))
    rig.adopt()
    try slow.send("20\n")
    try fast.send("1\n")
    try rig.goRound(3)
    #expect(rig.channels[0].state == .connected)
    _ = consume slow
    try rig.goRound(2)
    #expect(rig.channels.map { $0.state } == [.connected, .connected, .lost])
    _ = consume fast
    try rig.goRound(2)
    #expect(rig.channels.map { $0.state } == [.lost, .lost, .lost])
  }

  @Test func `an old value is none`() throws {
    var configuration = configuration(fresh: 1_400_000_000)
    configuration.events.publish = .alerts
    let core = try VirtualCore(configuration)
    let both = core.channels[0]
    func sample(_ sensor: Int, _ value: Float, at milliseconds: Int64) -> Float {
      core.advance(to: milliseconds * 1_000_000)
      [value].withUnsafeBufferPointer { core.sample(sensor: sensor, $0) }
      return both.latest[1]
    }
    #expect(sample(1, 0, at: 1000).isNaN)
    _ = sample(2, 20, at: 2000)
    #expect(sample(1, 0, at: 3400) == 20, "just fresh")
    #expect(sample(1, 0, at: 3401).isNaN)
    #expect(both.sampleCount == 3 && both.fieldCounters[1, .old] == 2)
  }
}
