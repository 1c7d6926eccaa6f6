import CPlatform
import System
import Testing
import TestSupport

@testable import Config
@testable import Core
@testable import Text

/// Goal: a peer gets an answer to each line, and no peer can make the thread hang or keep others
/// out.
/// Method: real sockets; the test calls the rounds itself, so that nothing depends on a thread.
@Suite struct ControlThreadTests {
  private static func open(_ bench: ControlBench, _ level: PeerName = .everybody) throws
    -> ControlThread
  {
    var settings = bench.configuration.control
    settings.managers = [level]
    return try ControlThread(settings, desk: bench.desk, heartbeat: Heartbeat())
  }

  private static func connect(_ bench: ControlBench) throws -> Descriptor {
    try UnixSocket.connect(path: bench.configuration.control.socket)
  }

  /// The next answer, with as many rounds as it takes.
  private static func answer(_ thread: ControlThread, _ peer: Descriptor) throws -> JSONValue? {
    var bytes: [UInt8] = []
    for _ in 0..<50 {
      thread.round(milliseconds: 0)
      bytes += try peer.receive(waitMilliseconds: 0)
      guard bytes.last == UInt8(ascii: "\n") else { continue }
      return try parseLines(bytes)[0]
    }
    return nil
  }

  @Test func `answers JSON and words, several on one connection`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    let thread = try Self.open(bench)
    let peer = try Self.connect(bench)
    for line in ["{\"do\":\"list\"}\n", "help\n", "status\n"] {
      try peer.send(line)
      #expect(try Self.answer(thread, peer)?["ok"]?.bool == true)
    }
    try peer.send("list")
    #expect(try Self.answer(thread, peer) == nil, "the line has not ended")
    try peer.send("\nstatus\n")
    #expect(try Self.answer(thread, peer)?["alerts"]?.array?.count == 3)
    #expect(try Self.answer(thread, peer)?["alerts"]?.int64 == 3)
  }

  @Test func `the kernel tells who the peer is`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    let thread = try Self.open(bench)
    let peer = try Self.connect(bench)
    try peer.send("status\n")
    let you = try Self.answer(thread, peer)?["you"]
    #expect(you?["uid"]?.int64 == Int64(geteuid()) && you?["may"]?.string == "manage")
    let credentials = try #require(PeerCredentials(of: peer))
    #expect(credentials.user == geteuid() && credentials.group == getegid())
    let own = PeerCredentials(process: getpid(), user: 0, group: 0)
    #expect(!own.processName.isEmpty)
    #expect(PeerCredentials(process: .max, user: 0, group: 0).processName == "")
    var status = stat()
    #expect(lstat(bench.configuration.control.socket, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o660)
  }

  @Test func `a user has four places, and a left place is free`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    let thread = try Self.open(bench)
    var peers = try (0..<4).map { _ in try Self.connect(bench) }
    thread.round(milliseconds: 0)
    let fifth = try Self.connect(bench)
    thread.round(milliseconds: 0)
    #expect(try parseLines(fifth.receive())[0]["error"]?.string == "the agent has too much to do")
    peers.removeLast()
    thread.round(milliseconds: 0)
    let sixth = try Self.connect(bench)
    try sixth.send("list\n")
    #expect(try Self.answer(thread, sixth)?["ok"]?.bool == true)
    withExtendedLifetime(peers) {}
  }

  @Test func `a user who connects all the time is closed at once, and waits in no queue`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    let thread = try Self.open(bench)
    let peers = try (0..<40).map { _ in try Self.connect(bench) }
    // All of one round are of one moment.
    thread.round(milliseconds: 0)
    let said = try peers.map { try $0.receiveOnce() }
    #expect(said[0..<4].allSatisfy { $0.bytes.isEmpty }, "four are in")
    #expect(said[4..<16].allSatisfy { !$0.bytes.isEmpty }, "twelve are told that there is no place")
    #expect(said[16...].allSatisfy { $0.result == .end }, "the others are closed")
  }

  @Test func `a line that is too long is told and ends the connection`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    let thread = try Self.open(bench)
    let peer = try Self.connect(bench)
    try peer.send([UInt8](repeating: UInt8(ascii: "x"), count: 4096))
    let answer = try Self.answer(thread, peer)
    #expect(answer?["error"]?.string == "a request has at most 4096 bytes")
    thread.round(milliseconds: 0)
    #expect(try peer.receiveOnce().result == .end)
  }

  @Test func `more than twenty requests a second are refused`() throws {
    let (near, far) = try socketPair()
    let peer = ControlPeer(near, ControlBench.guest, at: 0)
    var asked = 0
    func serve(_ count: Int, at now: Int64) throws -> Int {
      try far.send(String(repeating: "ack fall\n", count: count))
      for _ in 0..<count {
        peer.serve(at: now) { _ in
          asked += 1
          return .refused(.nothingStands)
        }
      }
      return try parseLines(far.receive(waitMilliseconds: 0)).count
    }
    #expect(try serve(30, at: 5) == 30 && asked == 20, "every line has an answer")
    #expect(try serve(5, at: 40_000_000) == 5 && asked == 20)
    #expect(try serve(30, at: 1_040_000_000) == 30 && asked == 40)
  }

  @Test func `who waits to connect is taken between two peers`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    let thread = try Self.open(bench)
    let peers = try (0..<2).map { _ in try Self.connect(bench) }
    thread.round(milliseconds: 0)
    for peer in peers { try peer.send("status\n") }
    let newcomer = try Self.connect(bench)
    thread.round(milliseconds: 1000)
    let counts = try peers.map { try parseLines($0.receive())[0]["peers"]?.int64 }
    #expect(counts == [2, 3])
    withExtendedLifetime(newcomer) {}
  }

  @Test func `root and the agent's user get in where everybody else has filled it`() {
    let others: [UInt32] = [1, 1, 1, 1, 2, 2, 2, 2]
    #expect(!ControlThread.hasPlace(3, among: others, own: 9))
    #expect(ControlThread.hasPlace(0, among: others, own: 9))
    #expect(ControlThread.hasPlace(9, among: others + [0], own: 9))
    #expect(!ControlThread.hasPlace(9, among: others + [0, 0], own: 9))
    #expect(!ControlThread.hasPlace(3, among: others.dropLast() + [0], own: 9))
    #expect(!ControlThread.hasPlace(0, among: [0, 0, 0, 0], own: 9))
  }

  @Test func `a peer that does not read its answer keeps nobody waiting, and is dropped`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    let (near, far) = try socketPair()
    var small: Int32 = 1
    setsockopt(near.raw, SOL_SOCKET, SO_SNDBUF, &small, socklen_t(MemoryLayout<Int32>.size))
    let peer = ControlPeer(near, ControlBench.manager, at: 0)
    let long = ControlAnswer(bytes: [UInt8](repeating: UInt8(ascii: "a"), count: 32 * 1024))
    try far.send("list\nlist\n")
    var asked = 0
    func serve(at now: Int64) {
      peer.serve(at: now) { _ in
        asked += 1
        return long
      }
    }
    for _ in 0..<5 { serve(at: 1_000) }
    #expect(peer.waitsForReader && asked == 1, "the second request waits")
    #expect(!peer.isIdle(at: 5_000_000_000) && peer.isIdle(at: 5_000_001_001))
    var received = 0
    while received < 32 * 1024 {
      received += try far.receive(waitMilliseconds: 0).count
      serve(at: 2_000)
    }
    #expect(!peer.waitsForReader || asked == 2)
  }

  @Test func `a peer that asks nothing for a minute gives its place away`() throws {
    let (near, far) = try socketPair()
    let peer = ControlPeer(near, ControlBench.manager, at: 100)
    #expect(!peer.isIdle(at: 60_000_000_100) && peer.isIdle(at: 60_000_000_101))
    // Half a request is none.
    try far.send("lis")
    peer.serve(at: 50_000_000_000) { _ in .refused(.busy) }
    #expect(peer.isIdle(at: 60_000_000_101) && peer.state == .open)
  }

  @Test func `runs on a thread until it is closed, and removes its socket`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    let thread = try Self.open(bench)
    #expect(Thread.start("control") { thread.run() })
    let peer = try Self.connect(bench)
    try peer.send("list\n")
    #expect(try peer.events(1)[0]["ok"]?.bool == true)
    thread.close()
    #expect(Files.kind(bench.configuration.control.socket) == .missing)
  }
}
