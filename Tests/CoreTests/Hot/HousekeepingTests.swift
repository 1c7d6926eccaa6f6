import CPlatform
import Testing

@testable import Core
@testable import EdgeRuntime
@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// Goal: a silent sensor is told once, and once when it speaks again; late scores and bad frames at
/// the first and at each doubling; the watchdog gets its sign only while every thread goes round.
/// Method: the clock is the test's: `keep` is told the time.
@Suite struct HousekeepingTests {
  let folder = TestFolder()
  private static let second: Int64 = 1_000_000_000

  private func rig(
    staleAfter: Int64 = 0, deadline: Int64 = 3_600_000_000_000,
    notifier: ServiceNotifier = ServiceNotifier { _ in nil }
  ) throws -> AgentRig {
    try EchoModel().write(to: folder)
    return try AgentRig(
      Make.configuration(
        folder, sensors: [Make.sensor(.standardInput, staleAfter: staleAfter)],
        pipelines: [Make.pipeline(deadline: deadline)], alerts: [Make.alert()]),
      notifier: notifier)
  }

  @Test func `a sensor is stale once and fresh once`() throws {
    let rig = try rig(staleAfter: 2 * Self.second)
    let (channel, pipeline) = (rig.channels[0], rig.pipelines[0])
    let subscriber = try rig.subscribe()
    rig.adopt()
    let start = Clock.boot()
    channel.start(at: start)
    _ = pipeline.push(channel.values)
    _ = pipeline.push(channel.values)
    #expect(pipeline.scorer.isWindowFull)
    rig.housekeeping.keep(at: start + 2 * Self.second)
    #expect(!channel.isStale, "not one nanosecond too early")
    for tick: Int64 in 1...10 { rig.housekeeping.keep(at: start + (2 + tick) * Self.second) }
    #expect(channel.isStale)
    #expect(!pipeline.scorer.isWindowFull, "what was before the gap is forgotten")
    for _ in 0..<2 {
      let time = start + 20 * Self.second
      rig.housekeeping.sawSample(of: channel, at: time, taken: time)
    }
    #expect(!channel.isStale && channel.lastArrival == start + 20 * Self.second)
    let told = rig.told()
    guard told.count == 2, case .stale(0) = told[0], case .fresh(0, let gap) = told[1] else {
      Issue.record("\(told)")
      return
    }
    #expect(gap == 20 * Self.second)
    let states = try subscriber.events(3).map { $0["state"] }
    #expect(states == [nil, .string("stale"), .string("connected")])
    rig.housekeeping.keep(at: start + 23 * Self.second)
    #expect(channel.isStale, "and stale again")
  }

  @Test func `without a limit nothing is ever stale, and a file that ended neither`() throws {
    for limit: Int64 in [0, 1] {
      let rig = try rig(staleAfter: limit)
      if limit > 0 { rig.housekeeping.inputEnded(rig.channels[0]) }
      rig.housekeeping.keep(at: Clock.boot() + 1_000_000 * Self.second)
      // By that clock the other threads hang.
      let told = rig.told().filter { if case .threadHangs = $0 { false } else { true } }
      #expect(!rig.channels[0].isStale && told.isEmpty)
    }
  }

  @Test func `ends when every input has ended`() throws {
    let rig = try rig()
    #expect(!rig.housekeeping.hasEveryInputEnded)
    rig.housekeeping.inputEnded(rig.channels[0])
    #expect(rig.housekeeping.hasEveryInputEnded)
  }

  @Test func `tells of bad frames at the first and when they have doubled`() throws {
    let rig = try rig()
    let (channel, connection) = (rig.channels[0], rig.wires[0].connections[0])
    for _ in 0..<100 {
      Array("x".utf8).withUnsafeBytes {
        try? channel.decoder!.decode($0, at: 0, into: channel.values) { _ in }
      }
      rig.housekeeping.checkFaults(of: channel, connection)
    }
    rig.housekeeping.checkFaults(of: channel, connection)
    let counts = rig.told().map { kind -> Int64 in
      guard case .badFrames(0, let count, nil, .noValue(.text), _) = kind else { return -1 }
      return count
    }
    #expect(counts == [1, 2, 4, 8, 16, 32, 64])
  }

  @Test func `tells of late scores at the first and when they have doubled`() throws {
    let rig = try rig(deadline: 1_000_000)
    let pipeline = rig.pipelines[0]
    rig.housekeeping.checkDeadline(of: pipeline, arrival: Clock.boot() + Self.second)
    #expect(pipeline.overrunCount == 0)
    for _ in 0..<5 {
      rig.housekeeping.checkDeadline(of: pipeline, arrival: Clock.boot() - 2_000_000)
    }
    #expect(pipeline.overrunCount == 5)
    let counts = rig.told().map { kind -> Int64 in
      guard case .overrun(0, let count, let elapsed) = kind, elapsed >= 2_000_000 else { return -1 }
      return count
    }
    #expect(counts == [1, 2, 4])
  }

  @Test func `the watchdog's sign needs every thread`() throws {
    let path = "\(folder.path)/notify"
    let supervisor = UnixDatagram.bound(to: path)
    defer { close(supervisor) }
    let environment = ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "3000000"]
    let rig = try rig(notifier: ServiceNotifier { environment[$0] })
    func signs(at time: Int64) -> Int {
      rig.housekeeping.keep(at: time)
      var count = 0
      while case let text = receiveDatagram(supervisor, waitMilliseconds: 0), !text.isEmpty {
        if text == "WATCHDOG=1\n" { count += 1 } else { #expect(text.hasPrefix("STATUS=")) }
      }
      return count
    }
    let beat = rig.doorkeeperHeart.last
    #expect(signs(at: beat) == 1)
    #expect(signs(at: beat + Self.second / 2) == 0, "a third of the interval is enough")
    #expect(signs(at: beat + Self.second) == 1)
    let patience = 15 * Self.second
    #expect(signs(at: beat + patience - 1) == 1, "a program may take its time")
    #expect(signs(at: beat + patience + Self.second) == 0, "a thread that hangs")
    rig.doorkeeperHeart.beat()
  }

  @Test(arguments: [WatchedThread.Name.outbox, .keeper])
  func `a thread whose disk hangs is told once, and costs no sign of life`(
    name: WatchedThread.Name
  ) throws {
    let path = "\(folder.path)/notify"
    let supervisor = UnixDatagram.bound(to: path)
    defer { close(supervisor) }
    let environment = ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "3000000"]
    let rig = try rig(notifier: ServiceNotifier { environment[$0] })
    let now = rig.outboxHeart.last + 60 * Self.second
    let housekeeping = Housekeeping(
      channels: [], outputs: rig.outputs, board: rig.board,
      reporter: Reporter(notices: rig.notices, wakeup: Wakeup()),
      notifier: ServiceNotifier { environment[$0] },
      status: StatusLine(channels: [], board: rig.board),
      otherThreads: [WatchedThread(name: name, heartbeat: rig.outboxHeart)])
    housekeeping.keep(at: now - Self.second)
    #expect(rig.told().isEmpty)
    for tick: Int64 in 0...2 { housekeeping.keep(at: now + tick * Self.second) }
    let told = rig.told()
    guard told.count == 1, case .threadHangs(name) = told[0] else {
      Issue.record("\(told)")
      return
    }
    let texts = (0..<4).map { _ in receiveDatagram(supervisor, waitMilliseconds: 0) }
    #expect(texts.contains("WATCHDOG=1\n"))
  }

  @Test func `the status is one line of what was counted`() throws {
    let rig = try rig()
    rig.channels[0].sampleCount = 12
    for time: Int64 in 0..<3 {
      for scores: [Float] in [[0, 0], [0, 1]] {
        scores.withUnsafeBufferPointer {
          rig.board.score(pipeline: 0, values: $0, at: time) { _, _, _ in }
        }
      }
    }
    let status = StatusLine(channels: rig.channels, board: rig.board)
    let text = withExtendedLifetime(status) { String(decoding: status.text(), as: UTF8.self) }
    #expect(
      text == "STATUS=0 of 1 sensor live, 12 samples, 0 bad frames, 1 alert standing, 3 raised")
  }

  @Test func `a sensor is live from its first sample on, and not by its connection`() throws {
    let rig = try rig(staleAfter: 2 * Self.second)
    let channel = rig.channels[0]
    let status = StatusLine(channels: rig.channels, board: rig.board)
    /// In both places that tell it.
    func live() -> [Int] {
      let text = withExtendedLifetime(status) { String(decoding: status.text(), as: UTF8.self) }
      return [AgentTotals(rig.channels, rig.board).live, text.hasPrefix("STATUS=1 of 1 ") ? 1 : 0]
    }
    let end = try rig.connect()
    rig.adopt()
    #expect(rig.wires[0].isConnected && live() == [0, 0])
    let now = Clock.boot()
    rig.housekeeping.sawSample(of: channel, at: now, taken: now)
    #expect(live() == [1, 1])
    rig.housekeeping.keep(at: now + 3 * Self.second)
    #expect(channel.isStale && live() == [0, 0])
    withExtendedLifetime(end) {}
  }

  @Test func `pauses until the next round and never for long`() throws {
    let rig = try rig()
    let now = Clock.boot()
    #expect(rig.housekeeping.pauseMilliseconds(at: now) == 1, "at once after the start")
    rig.housekeeping.keep(at: now)
    #expect(rig.housekeeping.pauseMilliseconds(at: now) == 201)
    #expect(rig.housekeeping.pauseMilliseconds(at: now + 200_000_000) == 1)
    #expect(rig.housekeeping.pauseMilliseconds(at: .max) == 1)
    #expect(rig.housekeeping.pauseMilliseconds(at: now + 199_999_999) == 1)
  }
}
