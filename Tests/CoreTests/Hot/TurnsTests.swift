import CPlatform
import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// Goal: whatever one sensor sends, another one waits for one turn of it; what is too old is left
/// out for something newer, and nothing that was waiting is hidden.
/// Method: rounds of the real thread, one by one, on sockets that the test has filled.
@Suite struct TurnsTests {
  let folder = TestFolder()

  /// Two sensors with the same model, `flood` and `calm`.
  private func rig(
    deadline: Int64 = 3_600_000_000_000, late: LateWindows = .newest,
    ports: [PortAddress] = [.unix(path: "/a"), .unix(path: "/b")], publish: EventKinds = .alerts
  ) throws -> AgentRig {
    try EchoModel().write(to: folder)
    var pipelines = [
      Make.pipeline("flood", sensor: "flood", deadline: deadline),
      Make.pipeline("calm", sensor: "calm", deadline: deadline),
    ]
    for index in pipelines.indices { pipelines[index].lateWindows = late }
    return try AgentRig(
      Make.configuration(
        folder,
        sensors: [Make.sensor(ports[0], name: "flood"), Make.sensor(ports[1], name: "calm")],
        pipelines: pipelines, alerts: [Make.alert(source: ("flood", "newer"))],
        publish: publish))
  }

  private func samples(_ count: Int) -> String { String(repeating: "0\n", count: count) }

  @Test func `a flood costs another sensor one turn`() throws {
    let rig = try rig()
    let (flood, calm) = (try rig.connect(0), try rig.connect(1))
    rig.adopt()
    try flood.send(samples(2000))
    try rig.goRound(3)
    try calm.send(samples(2))
    let before = rig.pipelines[0].windowCount
    try rig.goRound(2)
    #expect(rig.pipelines[1].windowCount == 1)
    #expect(rig.pipelines[0].windowCount - before <= 2, "one window a turn")
    #expect(rig.wires[0].hasWaiting)
  }

  @Test func `what came in this round goes before what waits`() throws {
    let rig = try rig(publish: .samples)
    let subscriber = try rig.subscribe()
    let (flood, calm) = (try rig.connect(0), try rig.connect(1))
    rig.adopt()
    try flood.send(samples(100))
    try rig.goRound(5)
    _ = try subscriber.events(2 + 6)
    try calm.send("0\n1\n")
    try rig.goRound()
    let samples = try subscriber.events(3).of("sample").map { $0["sensor"]?.string }
    #expect(samples == ["calm", "calm", "flood"], "both had their turn")
  }

  @Test func `a turn without a score is a few frames`() throws {
    let rig = try AgentRig(
      Make.configuration(folder, sensors: [Make.sensor(.unix(path: "/a"))]))
    let sensor = try rig.connect()
    rig.adopt()
    try sensor.send(samples(100))
    for round: Int64 in 1...7 {
      try rig.goRound()
      #expect(rig.channels[0].sampleCount == min(100, round * Int64(PipelineLimits.framesPerTurn)))
    }
    #expect(!rig.wires[0].hasWaiting)
  }

  @Test func `producers of one sensor take turns`() throws {
    let rig = try AgentRig(
      Make.configuration(folder, sensors: [Make.sensor(.unix(path: "/a"))]))
    let producers = [try rig.connect(), try rig.connect()]
    rig.adopt()
    try producers[0].send(samples(1000))
    try rig.goRound(4)
    try producers[1].send("0.5\n")
    try rig.goRound(2)
    #expect(!rig.wires[0].connections[1].hasWaiting)
    #expect(rig.wires[0].connections[0].hasWaiting)
  }

  @Test func `many files and a socket: each has its turn`() throws {
    let rig = try rig(ports: [.file(path: "/unused"), .unix(path: "/b")])
    let calm = try rig.connect(1)
    try rig.open(try folder.file("samples", Array(samples(5000).utf8)), as: 0)
    rig.adopt()
    try rig.goRound(10)
    try calm.send(samples(2))
    try rig.goRound()
    #expect(rig.pipelines[1].windowCount == 1)
    #expect(rig.channels[0].sampleCount <= 12)
  }

  @Test func `late windows are left out for the newest, and no sample is`() throws {
    let rig = try rig(deadline: 1)
    let flood = try rig.connect(0)
    rig.adopt()
    try flood.send(samples(100) + "0.5\n")
    while rig.channels[0].sampleCount < 101 { try rig.goRound() }
    let pipeline = rig.pipelines[0]
    #expect(pipeline.windowCount + pipeline.skippedCount == 100)
    #expect(pipeline.skippedCount > 0 && pipeline.windowCount < 100)
    #expect(Array(pipeline.scorer.scores) == [0, 0.5], "the newest, without a gap")
    let counts = rig.told().compactMap { kind -> Int64? in
      guard case .skipped(0, let count, let nanoseconds) = kind, nanoseconds > 1 else { return nil }
      return count
    }
    #expect(counts.starts(with: [1, 2]) && counts.allSatisfy { $0.isPowerOfTwo })
    #expect(pipeline.overrunCount == pipeline.windowCount, "what is left out is not scored late")
  }

  @Test func `late windows are all scored where the pipeline says so`() throws {
    let rig = try rig(deadline: 1, late: .all)
    let flood = try rig.connect(0)
    rig.adopt()
    try flood.send(samples(100))
    while rig.channels[0].sampleCount < 100 { try rig.goRound() }
    #expect(rig.pipelines[0].windowCount == 99 && rig.pipelines[0].skippedCount == 0)
  }

  @Test func `a file waits, so that all of its windows are scored`() throws {
    let rig = try rig(
      deadline: 1, ports: [.file(path: "/unused"), .file(path: "/unused")])
    for sensor in 0..<2 {
      try rig.open(try folder.file("samples", Array(samples(5000).utf8)), as: sensor)
    }
    try rig.run()
    for pipeline in rig.pipelines {
      #expect(pipeline.windowCount == 4999 && pipeline.skippedCount == 0)
    }
  }

  @Test func `one window a second is scored in the longest flood`() throws {
    let rig = try rig(deadline: 1)
    let pipeline = rig.pipelines[0]
    let now = Clock.boot()
    #expect(pipeline.leavesOut(waited: 2, at: now))
    #expect(!pipeline.leavesOut(waited: 2, at: now + 2 * PipelineLimits.unscoredNanoseconds))
    #expect(!pipeline.leavesOut(waited: 1, at: now), "in time")
    #expect(pipeline.skippedCount == 1)
  }

  @Test func `the latency of an alert counts its waiting`() throws {
    let rig = try rig()
    let subscriber = try rig.subscribe()
    let flood = try rig.connect(0)
    rig.adopt()
    try flood.send("0\n0\n1\n")
    try rig.goRound()
    usleep(20_000)
    try rig.goRound()
    let events = try subscriber.events(3)
    let alert = try #require(events.first { $0["type"]?.string == "alert" })
    #expect(try #require(alert["latency_us"]?.int64) >= 20_000)
    #expect(rig.stages.wait.max >= 20_000_000 && rig.stages.whole.max >= 20_000_000)
    #expect(rig.stages.score.count == 2 && rig.stages.decode.count == 3)
  }

  @Test func `what arrives while the thread is busy has the stamp of before`() throws {
    let rig = try rig()
    let (flood, calm) = (try rig.connect(0), try rig.connect(1))
    rig.adopt()
    try flood.send(samples(4))
    try rig.goRound(2)
    let before = Clock.boot()
    usleep(5_000)
    try calm.send(samples(2))
    try rig.goRound()
    #expect(rig.channels[1].sampleCount == 2)
    #expect(rig.channels[1].lastArrival <= before, "it may have come at once after the last look")
  }

  @Test func `one that sends without end is read only as fast as its rate can need`() throws {
    let rig = try rig()
    let (flood, calm) = (try rig.connect(0), try rig.connect(1))
    rig.adopt()
    let garbage = [UInt8](repeating: 0x78, count: PipelineLimits.readBytesMax)
    let connection = rig.wires[0].connections[0]
    for _ in 0..<2000 where !connection.isPaused {
      try flood.send(garbage)
      try rig.goRound()
    }
    #expect(connection.isPaused, "4 MiB are 1024 blocks")
    let before = connection.reader.counters.bytes
    try flood.send(garbage)
    try calm.send(samples(2))
    try rig.goRound()
    #expect(rig.pipelines[1].windowCount == 1)
    let told = rig.told().contains { if case .paused(0, 1) = $0 { true } else { false } }
    #expect(told)
    rig.resumeSensors(at: Clock.boot() + 10_000_000_000)
    #expect(!connection.isPaused)
    try rig.goRound()
    #expect(connection.reader.counters.bytes > before, "and it is read again")
  }

  @Test func `one that leaves while it is not read is closed after it`() throws {
    let rig = try rig()
    var flood: Descriptor? = try rig.connect(0)
    rig.adopt()
    let garbage = [UInt8](repeating: 0x78, count: PipelineLimits.readBytesMax)
    let connection = rig.wires[0].connections[0]
    for _ in 0..<2000 where !connection.isPaused {
      try flood!.send(garbage)
      try rig.goRound()
    }
    flood = nil
    #expect(flood == nil && connection.descriptor != nil)
    rig.resumeSensors(at: Clock.boot() + 10_000_000_000)
    for _ in 0..<100 where connection.descriptor != nil { try rig.goRound() }
    #expect(connection.descriptor == nil)
  }

  @Test func `what was read before the signal to stop is still scored`() throws {
    let rig = try rig()
    let flood = try rig.connect(0)
    rig.adopt()
    try flood.send(samples(500))
    rig.start()
    #expect(eventually { rig.channels[0].sampleCount > 0 })
    rig.stop()
    #expect(rig.channels[0].sampleCount == 500 && rig.pipelines[0].windowCount == 499)
  }
}
