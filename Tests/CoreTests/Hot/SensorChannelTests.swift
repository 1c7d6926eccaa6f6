import CPlatform
import Testing

@testable import Core
@testable import SensorIO
import TestSupport

/// Goal: a connection hands on its bytes and ends once; a line that was talking when it was opened
/// loses what may be half a frame, a quiet one loses nothing.
/// Method: one end of a real socket in place of the device.
@Suite struct SensorChannelTests {
  private func frames(_ connection: Connection) -> [String] {
    var frames: [String] = []
    while case .bytes(let bytes) = connection.receive() {
      connection.reader.push(bytes) { frames.append(String(decoding: $0, as: UTF8.self)) }
    }
    return frames
  }

  @Test func `a quiet line keeps its first frame`() throws {
    let (ours, theirs) = try socketPair()
    let connection = Connection(.line)
    connection.open(ours, isAlwaysReady: false, joinsMidStream: true)
    #expect(frames(connection).isEmpty)
    usleep(UInt32(PipelineLimits.quietNanoseconds / 1000) + 1000)
    try theirs.send("1\n2\n")
    #expect(frames(connection) == ["1", "2"])
  }

  @Test func `a talking line loses the frame it was in, and that one alone`() throws {
    let (ours, theirs) = try socketPair()
    let connection = Connection(.line)
    try theirs.send(".5\n1\n")
    connection.open(ours, isAlwaysReady: false, joinsMidStream: true)
    #expect(frames(connection) == ["1"])
    usleep(UInt32(PipelineLimits.quietNanoseconds / 1000) + 1000)
    try theirs.send("2\n")
    #expect(frames(connection) == ["2"])
  }

  @Test func `half a frame of a talking line is not joined to the next read`() throws {
    let (ours, theirs) = try socketPair()
    let connection = Connection(.line)
    try theirs.send("12")
    connection.open(ours, isAlwaysReady: false, joinsMidStream: true)
    #expect(frames(connection).isEmpty)
    usleep(UInt32(PipelineLimits.quietNanoseconds / 1000) + 1000)
    try theirs.send("34\n5\n")
    #expect(frames(connection) == ["5"])
  }

  @Test func `a socket begins with a whole frame`() throws {
    let (ours, theirs) = try socketPair()
    let connection = Connection(.line)
    try theirs.send("1\n")
    connection.open(ours, isAlwaysReady: false, joinsMidStream: false)
    #expect(frames(connection) == ["1"])
  }

  @Test func `ends once, and the next one begins anew`() throws {
    let (ours, theirs) = try socketPair()
    let connection = Connection(.line)
    connection.open(ours, isAlwaysReady: false, joinsMidStream: false)
    try theirs.send("12")
    #expect(frames(connection).isEmpty)
    _ = consume theirs
    guard case .end = connection.receive() else {
      Issue.record("the other side is gone")
      return
    }
    #expect(connection.close() === ours)
    #expect(connection.close() == nil && connection.descriptor == nil)
    guard case .nothing = connection.receive() else {
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
    #expect(unix.connections.count == PipelineLimits.producersMax)
    #expect(
      try Make.channel(Make.sensor(.standardInput)).connections.count == 1)
    #expect(!unix.isConnected && unix.faultCount == 0)
    let long = [UInt8](repeating: 1, count: 600) + Array("\nx\n".utf8)
    long.withUnsafeBytes { bytes in
      unix.connections[3].reader.push(bytes) { frame in
        #expect(throws: DecodeError.notANumber(field: 0)) {
          try unix.decoder.decode(frame, into: unix.values)
        }
      }
    }
    #expect(unix.faultCount == 2)
  }

  @Test func `fields that cannot be told apart are refused`() {
    let sensor = Make.sensor(.standardInput, fields: ["a", "a"])
    #expect(throws: DecodingSetupError.nameRepeated(field: 1)) {
      try Make.channel(sensor)
    }
  }
}
