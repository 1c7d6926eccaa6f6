import CPlatform
import Testing

@testable import Core
@testable import SensorIO
@testable import System
import TestSupport

/// Goal: a connection hands on its bytes and ends once; a line that was talking when it was opened
/// loses what may be half a frame, a quiet one loses nothing.
/// Method: one end of a real socket in place of the device.
@Suite struct SensorChannelTests {
  private func frames(_ connection: Connection) -> [String] {
    var frames: [String] = []
    while case .bytes = connection.receive(at: ArrivalStamp(time: 1)) {
      connection.take { frame, _, _ in
        frames.append(String(decoding: frame, as: UTF8.self))
        return true
      }
    }
    return frames
  }

  @Test func `a quiet line keeps its first frame`() throws {
    let (ours, theirs) = try socketPair()
    let connection = Connection([.line(LineSettings())])
    connection.open(ours, isAlwaysReady: false, joinsMidStream: true)
    #expect(frames(connection).isEmpty)
    usleep(UInt32(PipelineLimits.quietNanoseconds / 1000) + 1000)
    try theirs.send("1\n2\n")
    #expect(frames(connection) == ["1", "2"])
  }

  @Test func `a talking line loses the frame it was in, and that one alone`() throws {
    let (ours, theirs) = try socketPair()
    let connection = Connection([.line(LineSettings())])
    try theirs.send(".5\n1\n")
    connection.open(ours, isAlwaysReady: false, joinsMidStream: true)
    #expect(frames(connection) == ["1"])
    usleep(UInt32(PipelineLimits.quietNanoseconds / 1000) + 1000)
    try theirs.send("2\n")
    #expect(frames(connection) == ["2"])
  }

  @Test func `half a frame of a talking line is not joined to the next read`() throws {
    let (ours, theirs) = try socketPair()
    let connection = Connection([.line(LineSettings())])
    try theirs.send("12")
    connection.open(ours, isAlwaysReady: false, joinsMidStream: true)
    #expect(frames(connection).isEmpty)
    usleep(UInt32(PipelineLimits.quietNanoseconds / 1000) + 1000)
    try theirs.send("34\n5\n")
    #expect(frames(connection) == ["5"])
  }

  @Test func `a socket begins with a whole frame`() throws {
    let (ours, theirs) = try socketPair()
    let connection = Connection([.line(LineSettings())])
    try theirs.send("1\n")
    connection.open(ours, isAlwaysReady: false, joinsMidStream: false)
    #expect(frames(connection) == ["1"])
  }

  @Test func `ends once, and the next one begins anew`() throws {
    let (ours, theirs) = try socketPair()
    let connection = Connection([.line(LineSettings())])
    connection.open(ours, isAlwaysReady: false, joinsMidStream: false)
    try theirs.send("12")
    #expect(frames(connection).isEmpty)
    _ = consume theirs
    guard case .end = connection.receive(at: ArrivalStamp(time: 1)) else {
      Issue.record("the other side is gone")
      return
    }
    #expect(connection.close() === ours)
    #expect(connection.close() == nil && connection.descriptor == nil)
    guard case .nothing = connection.receive(at: ArrivalStamp(time: 1)) else {
      Issue.record("a closed connection has nothing")
      return
    }
    let (next, producer) = try socketPair()
    connection.open(next, isAlwaysReady: false, joinsMidStream: false)
    try producer.send("34\n")
    #expect(frames(connection) == ["34"], "nothing of the half frame before")
  }

  @Test func `has a place for every producer and counts every sort of fault`() throws {
    let unix = try Make.channel(Make.sensor(.unix(path: "/s")))
    let wire = Make.wire(unix)
    #expect(wire.connections.count == PipelineLimits.producersMax)
    let input = try Make.channel(Make.sensor(.standardInput))
    #expect(Make.wire(input).connections.count == 1)
    #expect(!wire.isConnected && unix.faultCount == 0)
    let long = [UInt8](repeating: 1, count: 600) + Array("\nx\n".utf8)
    long.withUnsafeBytes { bytes in
      wire.connections[3].reader.push(bytes) { frame in
        #expect(throws: DecodeError.noValue(.text)) {
          try unix.decoder!.decode(frame, at: 0, into: unix.values) { _ in }
        }
      }
    }
    wire.countFaults(wire.connections[3])
    #expect(unix.faultCount == 2)
  }

  @Test func `fields that cannot be told apart are refused`() {
    let sensor = Make.sensor(.standardInput, fields: ["a", "a"])
    #expect(throws: DecodingSetupError.nameRepeated(field: 1)) {
      try Make.channel(sensor)
    }
  }

  @Test func `bytes keep the stamp of the round in which they may have come first`() throws {
    let (ours, theirs) = try socketPair()
    let connection = Connection([.line(LineSettings())])
    connection.open(ours, isAlwaysReady: false, joinsMidStream: false)
    func arrival(ofRound time: Int64) -> Int64 {
      guard case .bytes = connection.receive(at: ArrivalStamp(time: time)) else { return -1 }
      connection.take { _, _, _ in true }
      return connection.arrival.time
    }
    let line = [UInt8](repeating: 0x31, count: 99) + [0x0A]
    try theirs.send((0..<100).flatMap { _ in line })
    #expect(arrival(ofRound: 100) == 100)
    #expect(arrival(ofRound: 200) == 100, "it waited in the kernel")
    #expect(connection.hasMoreInKernel)
    #expect(arrival(ofRound: 300) == 100)
    #expect(!connection.hasMoreInKernel, "a read that did not fill the buffer took all")
    try theirs.send(line)
    #expect(arrival(ofRound: 400) == 400)
  }

  @Test func `a stream that never pauses becomes no older than its queue`() throws {
    let (ours, theirs) = try socketPair()
    let connection = Connection([.line(LineSettings())])
    connection.open(ours, isAlwaysReady: false, joinsMidStream: false)
    let block = [UInt8](repeating: 0x0A, count: PipelineLimits.readBytesMax)
    for _ in 0..<3 { try theirs.send(block) }
    for round: Int64 in 1...50 {
      try theirs.send(block)
      guard case .bytes = connection.receive(at: ArrivalStamp(time: round)) else {
        Issue.record("nothing in round \(round)")
        return
      }
      connection.take { _, _, _ in true }
      #expect(connection.arrival.time >= round - 2 * 4, "a queue of four buffers")
    }
  }

  @Test func `what is not looked at stays, and keeps its stamp`() throws {
    let (ours, theirs) = try socketPair()
    let connection = Connection([.line(LineSettings())])
    connection.open(ours, isAlwaysReady: false, joinsMidStream: false)
    try theirs.send("1\n2\n3")
    guard case .bytes = connection.receive(at: ArrivalStamp(time: 7)) else {
      Issue.record("nothing")
      return
    }
    var seen: [String] = []
    connection.take { frame, _, left in
      seen.append("\(String(decoding: frame, as: UTF8.self)) \(left)")
      return false
    }
    #expect(seen == ["1 3"] && connection.hasWaiting)
    try theirs.send("4\n")
    guard case .nothing = connection.receive(at: ArrivalStamp(time: 8)) else {
      Issue.record("read over what waits")
      return
    }
    connection.take { frame, _, left in
      seen.append("\(String(decoding: frame, as: UTF8.self)) \(left)")
      return true
    }
    #expect(seen == ["1 3", "2 1"] && !connection.hasWaiting && connection.arrival.time == 7)
    guard case .bytes = connection.receive(at: ArrivalStamp(time: 9)) else {
      Issue.record("nothing")
      return
    }
    #expect(connection.arrival.time == 8, "it was seen in that round")
    connection.take { frame, _, left in
      seen.append("\(String(decoding: frame, as: UTF8.self)) \(left)")
      return true
    }
    #expect(seen == ["1 3", "2 1", "34 0"])
  }

  @Test func `a live sensor has its rate twice, and a reserve`() throws {
    let channel = try Make.channel(Make.sensor(.unix(path: "/s")))
    let start = Clock.boot() + 1_000_000_000
    for _ in 0..<65_536 where !channel.admitsFrame(at: start) { Issue.record("the reserve") }
    #expect(!channel.admitsFrame(at: start))
    var count = 0
    while channel.admitsFrame(at: start + 1_000_000_000) { count += 1 }
    #expect((99...100).contains(count), "50 Hz are declared")
    #expect(channel.overRateCount == 2)
    let file = try Make.channel(Make.sensor(.file(path: "/f")))
    for _ in 0..<100_000 where !file.admitsFrame(at: start) { Issue.record("a file waits") }
  }
}
