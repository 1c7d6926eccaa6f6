import CPlatform
import TestSupport
import Testing

@testable import Core
@testable import System

/// The broker's end of one connection: reads the packets of a client, and answers when it is told
/// to. The pages of the standard are followed by hand, independent of the client's own code.
final class FakeBroker {
  struct Packet: Equatable {
    let first: UInt8
    let body: [UInt8]

    var type: UInt8 { first >> 4 }
    var topic: String { String(decoding: body[2..<2 + topicBytes], as: UTF8.self) }
    var identifier: [UInt8] { Array(body[2 + topicBytes..<4 + topicBytes]) }
    var payload: String { String(decoding: body[(4 + topicBytes)...], as: UTF8.self) }
    var isRetained: Bool { first & 1 == 1 }
    private var topicBytes: Int { Int(body[0]) << 8 | Int(body[1]) }
  }

  let listener: UnixListener
  private var client: Descriptor?
  private var bytes: [UInt8] = []

  init(_ path: String) throws { listener = try UnixListener.open(path: path) }

  /// Accepts a client; its CONNECT.
  func accept() throws -> Packet? {
    var accepted: Descriptor?
    #expect(
      eventually {
        accepted = (try? listener.accept()) ?? nil
        return accepted != nil
      })
    (client, bytes) = (accepted, [])
    return try next()
  }

  /// The client's next packet; nil when none comes.
  func next(_ milliseconds: Int32 = 2000) throws -> Packet? {
    let limit = Clock.boot() + Int64(milliseconds) * 1_000_000
    while true {
      if let packet = take() { return packet }
      guard let client, Clock.boot() < limit else { return nil }
      bytes += try client.receive(waitMilliseconds: 10)
    }
  }

  func send(_ bytes: [UInt8]) throws { try #require(client).send(bytes) }

  /// What the socket takes now; nil: nothing.
  func push(_ bytes: ArraySlice<UInt8>) throws -> Int? {
    let client = try #require(client)
    return try bytes.withUnsafeBytes { try client.write($0) }
  }

  func close() { client = nil }

  /// Accepts and answers until `count` PUBLISH packets came; acknowledges each.
  func published(_ count: Int) throws -> [Packet] {
    var messages: [Packet] = []
    while messages.count < count, let packet = try next() {
      guard packet.type == 3 else { continue }
      messages.append(packet)
      if packet.first & 6 != 0 { try send([0x40, 2] + packet.identifier) }
    }
    return messages
  }

  private func take() -> Packet? {
    var (length, shift, index) = (0, 0, 1)
    repeat {
      guard index < bytes.count else { return nil }
      length |= Int(bytes[index] & 0x7F) << shift
      shift += 7
      index += 1
    } while bytes[index - 1] & 0x80 != 0
    guard bytes.count >= index + length else { return nil }
    let packet = Packet(first: bytes[0], body: Array(bytes[index..<index + length]))
    bytes.removeFirst(index + length)
    return packet
  }
}
