import CPlatform
import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// Goal: a sensor is connected when it brings samples, and only changes of its state are told and
/// stored. Method: rounds of the real thread; the test's sockets come and go, and the outbox's ring
/// is the test's.
@Suite struct SensorStateTests {
  let folder = TestFolder()
  private static let second: Int64 = 1_000_000_000

  private func rig(_ port: PortAddress = .unix(path: "/a")) throws -> AgentRig {
    try AgentRig(
      Make.configuration(folder, sensors: [Make.sensor(port, staleAfter: Self.second)]),
      stores: true)
  }

  private func stored(_ rig: AgentRig) -> [SensorState] {
    var states: [SensorState] = []
    while let event = rig.store.takeEvent() {
      if case .sensor(0, let state, _, _) = event { states.append(state) }
    }
    return states
  }

  private func told(_ subscriber: Descriptor) throws -> [String] {
    try parseLines(try subscriber.receive(waitMilliseconds: 20)).compactMap { $0["state"]?.string }
  }

  @Test func `connections without a sample are no news`() throws {
    let rig = try rig()
    let subscriber = try rig.subscribe()
    for _ in 0..<50 {
      let producer = try rig.connect()
      rig.adopt()
      try producer.send("garbage\n")
      try rig.goRound()
      _ = consume producer
      try rig.goRound()
    }
    #expect(try told(subscriber).isEmpty && stored(rig).isEmpty)
  }

  @Test func `garbage after the cable was pulled is still stale`() throws {
    let rig = try rig(.serial(path: "/dev/unused", SerialSettings(baud: 9600)))
    let subscriber = try rig.subscribe()
    var line: Descriptor? = try rig.connect()
    rig.adopt()
    try line!.send("\n1\n")
    try rig.goRound()
    #expect(try told(subscriber) == ["connected"])
    line = nil
    #expect(line == nil)
    try rig.goRound()
    #expect(try told(subscriber) == ["lost"])
    let again = try rig.connect()
    rig.adopt()
    try again.send("\ngarbage\n")
    try rig.goRound()
    #expect(try told(subscriber).isEmpty, "a connection is no life")
    rig.housekeeping.keep(at: Clock.boot() + 3 * Self.second)
    #expect(try told(subscriber) == ["stale"])
    #expect(rig.channels[0].state == .stale && stored(rig) == [.connected, .lost, .stale])
    try again.send("2\n")
    try rig.goRound()
    #expect(try told(subscriber) == ["connected"])
  }

  @Test func `samples that the agent kept waiting are no silence`() throws {
    let channel = try rig().channels[0]
    let now = Clock.boot() + 100 * Self.second
    #expect(!channel.tookSample(at: now - 20 * Self.second, taken: now))
    #expect(channel.lastTaken == now && channel.lastArrival == now - 20 * Self.second)
  }

  @Test func `an outbox is spared a sensor that comes and goes, and gets its last state`() throws {
    let rig = try rig()
    for _ in 0..<10 {
      let producer = try rig.connect()
      rig.adopt()
      try producer.send("1\n")
      try rig.goRound()
      _ = consume producer
      try rig.goRound()
    }
    let states = stored(rig)
    #expect(states == [.connected, .lost, .connected, .lost, .connected, .lost])
    let counts = rig.told().compactMap { kind -> Int64? in
      guard case .statesLeftOut(0, let count) = kind else { return nil }
      return count
    }
    #expect(counts == [1, 2, 4, 8])
    let producer = try rig.connect()
    rig.adopt()
    try producer.send("1\n")
    try rig.goRound()
    #expect(stored(rig).isEmpty)
    let later = Clock.boot() + 10 * Self.second
    #expect(!rig.channels[0].tookSample(at: later, taken: later))
    rig.housekeeping.keep(at: later)
    #expect(stored(rig) == [.connected])
  }
}
