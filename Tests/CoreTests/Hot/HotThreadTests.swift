import CPlatform
import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// Goal: bytes in, alerts out, in the right order and with the right sample; no window spans a gap.
/// Method: the real thread on files and sockets, a model whose scores are its window.
@Suite struct HotThreadTests {
  let folder = TestFolder()

  private func rig(
    _ port: PortAddress = .unix(path: "/unused"), alerts: [MadeAlert] = [Make.alert()],
    publish: EventKinds = .scores, model: EchoModel = EchoModel()
  ) throws -> AgentRig {
    try model.write(to: folder)
    return try AgentRig(
      Make.configuration(
        folder, sensors: [Make.sensor(port)], pipelines: [Make.pipeline()], alerts: alerts,
        publish: publish))
  }

  /// `older newer` of each score's line, and the other lines' words.
  private func words(_ events: [JSONValue]) -> [String] {
    events.map { event in
      switch event["type"]?.string {
      case "score":
        "\(event["scores"]!["older"]!.double!) \(event["scores"]!["newer"]!.double!)"
      case "alert":
        "\(event["alert"]!.string!) \(event["state"]!.string!) \(event["sample"]!.int64!)"
      case "sensor": "sensor \(event["state"]!.string!)"
      case let other?: other
      case nil: "?"
      }
    }
  }

  @Test func `a file is scored to its end and the thread ends with it`() throws {
    let rig = try rig(.file(path: "/unused"))
    let subscriber = try rig.subscribe()
    rig.adopt()
    try rig.open(try folder.file("samples", Array("0.25\nbad\n0.5\n1\n0\n0.5".utf8)))
    try rig.run()
    #expect(
      words(try subscriber.events(8)) == [
        "hello", "sensor connected", "0.25 0.5", "high raised 3", "0.5 1.0", "high cleared 4",
        "1.0 0.0", "sensor ended",
      ], "the last line has no end and is no frame")
    #expect(rig.channels[0].sampleCount == 4 && rig.channels[0].faultCount == 1)
    #expect(rig.pipelines[0].windowCount == 3 && rig.alerts[0].raiseCount == 1)
    let told = rig.told()
    guard told.count == 2, case .badFrames(0, 1, nil, .noValue(.text), let bytes) = told[0],
      bytes.count > 0,
      case .ended(0, _) = told[1]
    else {
      Issue.record("\(told)")
      return
    }
  }

  @Test func `a file longer than a buffer comes whole`() throws {
    let rig = try rig(.file(path: "/unused"), alerts: [], publish: [])
    let samples = (0..<20_000).map { "\($0 % 100)\n" }.joined()
    try rig.open(try folder.file("samples", Array(samples.utf8)))
    try rig.run()
    #expect(rig.channels[0].sampleCount == 20_000 && rig.pipelines[0].windowCount == 19_999)
  }

  @Test func `samples are published after the scores they complete`() throws {
    let rig = try rig(.file(path: "/unused"), publish: [.scores, .samples])
    let subscriber = try rig.subscribe()
    rig.adopt()
    try rig.open(try folder.file("samples", Array("0\n1\n".utf8)))
    try rig.run()
    #expect(
      words(try subscriber.events(7)) == [
        "hello", "sensor connected", "sample", "high raised 2", "0.0 1.0", "sample",
        "sensor ended",
      ])
  }

  @Test func `a producer's windows end with it`() throws {
    let rig = try rig()
    let subscriber = try rig.subscribe()
    rig.start()
    defer { rig.stop() }
    var producer: Descriptor? = try rig.connect()
    try producer!.send("0.125\n0.25\n")
    #expect(words(try subscriber.events(3)) == ["hello", "sensor connected", "0.125 0.25"])
    try producer!.send("0.5")
    producer = nil
    #expect(words(try subscriber.events(1)) == ["sensor lost"])
    let next = try rig.connect()
    // Longer than a sensor takes that only connects anew.
    #expect(try subscriber.receive(waitMilliseconds: 400).isEmpty, "a connection is no life")
    try next.send("\n0.375\n")
    #expect(words(try subscriber.events(1)) == ["sensor connected"])
    // A sample at once would be one that was kept back.
    usleep(20_000)
    try next.send("0.5\n")
    #expect(words(try subscriber.events(2)) == ["gap", "0.375 0.5"], "no window spans the gap")
  }

  @Test func `a sensor that connects anew for each sample is scored`() throws {
    let rig = try rig()
    let subscriber = try rig.subscribe()
    // On this thread, so that no time passes that it does not see.
    for value in ["0.125", "0.25", "0.5"] {
      let producer = try rig.connect()
      rig.adopt()
      try producer.send("\(value)\n")
      try rig.goRound(2)
    }
    let scores = try subscriber.events(7).filter { $0["type"]?.string == "score" }
    #expect(words(scores) == ["0.125 0.25", "0.25 0.5"])
  }

  @Test func `producers do not break each other's frames`() throws {
    let rig = try rig()
    let subscriber = try rig.subscribe()
    rig.start()
    defer { rig.stop() }
    let producers = try (0..<PipelineLimits.producersMax).map { _ in try rig.connect() }
    try producers[0].send("0.2")
    try producers[1].send("0.375\n")
    #expect(words(try subscriber.events(2)) == ["hello", "sensor connected"])
    try producers[0].send("5\n")
    #expect(words(try subscriber.events(1)) == ["0.375 0.25"])
  }

  @Test func `a newcomer takes the place of a producer that never sent a sample`() throws {
    let rig = try rig()
    let idle = try (0..<PipelineLimits.producersMax).map { _ in try rig.connect() }
    try idle[0].send("0.5\n")
    try idle[1].send("garbage\n")
    rig.adopt()
    try rig.goRound(2)
    #expect(rig.channels[0].sampleCount == 1)
    _ = rig.told()
    let sensor = try rig.connect()
    try sensor.send("0.25\n")
    rig.adopt()
    try rig.goRound(2)
    #expect(rig.channels[0].sampleCount == 2, "it is in, and is read")
    var told = rig.told()
    guard case .producerEvicted(0, _)? = told.first else {
      Issue.record("\(told)")
      return
    }
    told = []
    #expect(waitsForInput(idle[1].raw, milliseconds: 2000), "the oldest of those without a sample")
    for index in [0, 2, 3] { #expect(!waitsForInput(idle[index].raw, milliseconds: 0)) }
  }

  @Test func `a newcomer is refused while every producer brings samples`() throws {
    let rig = try rig()
    let producers = try (0..<PipelineLimits.producersMax).map { _ in try rig.connect() }
    rig.adopt()
    // An hour ahead, so that none of them becomes silent while the test runs.
    let ahead = Clock.boot() + 3_600_000_000_000
    for connection in rig.wires[0].connections { connection.tookSample(at: ahead) }
    let refused = try rig.connect()
    rig.adopt()
    guard case .producerRefused(0, _)? = rig.told().first else {
      Issue.record("taken in")
      return
    }
    #expect(waitsForInput(refused.raw, milliseconds: 2000), "hung up on")
    for producer in producers { #expect(!waitsForInput(producer.raw, milliseconds: 0)) }
  }

  @Test func `stops when asked, with nothing lost of what came before`() throws {
    let rig = try rig()
    rig.start()
    rig.stop()
    #expect(rig.hasEnded)
  }

  @Test func `a subscriber more than there are seats is refused`() throws {
    let rig = try rig()
    let seated = try (0..<PipelineLimits.subscribersMax).map { _ in try rig.subscribe() }
    rig.adopt()
    let refused = try rig.subscribe()
    rig.adopt()
    guard case .subscriberRefused? = rig.told().first else {
      Issue.record("one more than there are seats")
      return
    }
    #expect(try refused.events(1)[0]["type"] == .string("error"), "and reads why")
    #expect(try seated.last!.events(1)[0]["type"] == .string("hello"))
  }

  @Test func `newcomers come in a few a round`() throws {
    let rig = try rig()
    let count = 2 * PipelineLimits.admissionsPerRound + 1
    let newcomers = try (0..<count).map { _ in try rig.subscribe() }
    for round in 1...3 {
      try rig.goRound()
      #expect(rig.subscribers.count == min(count, round * PipelineLimits.admissionsPerRound))
    }
    for newcomer in newcomers { #expect(try newcomer.events(1).count == 1) }
  }
}
