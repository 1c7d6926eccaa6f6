import TestSupport
import Testing

@testable import Core

/// Goal: every answer of a broker is understood, and everything else is a fault by name; no bytes
/// trap, and memory stays fixed. Method: packets by hand, one byte at a time; then random bytes.
@Suite struct MQTTReaderTests {
  private func read(_ bytes: [UInt8]) -> Result<[MQTTAnswer], MQTTFault> {
    var reader = MQTTReader()
    var answers: [MQTTAnswer] = []
    for byte in bytes {
      do throws(MQTTFault) {
        if let answer = try reader.push(byte) { answers.append(answer) }
      } catch {
        return .failure(error)
      }
    }
    return .success(answers)
  }

  @Test func `the broker's answers are understood, one after the other`() {
    let message = MQTTPacket.Publish(topic: [0x74], payload: [1, 2], quality: .atMostOnce)
    let packets: [[UInt8]] = [
      [0x20, 2, 0, 0], [0x20, 2, 1, 0], [0x20, 2, 0, 5], [0x40, 2, 0, 9], [0x90, 3, 0, 9, 0],
      [0x90, 3, 0, 9, 1], [0x90, 3, 0, 9, 0x80], [0xD0, 0], [0x30, 5, 0, 1, 0x74, 1, 2],
    ]
    let answers: [MQTTAnswer] = [
      .connected(code: 0), .connected(code: 0), .connected(code: 5), .acknowledged(9),
      .subscribed, .subscribed, .subscribed, .pong, .message(message),
    ]
    #expect(read(packets.flatMap { $0 }) == .success(answers))
  }

  private static let malformed: [([UInt8], MQTTFault)] = [
    // A type that only a client sends, reserved ones, and wrong flags.
    ([0x10], MQTTFault.header(0x10)), ([0x00], .header(0x00)), ([0xF0], .header(0xF0)),
    ([0x21], .header(0x21)), ([0x42], .header(0x42)), ([0xD1], .header(0xD1)),
    ([0x91], .header(0x91)), ([0x50], .header(0x50)),
    // QoS 2, QoS 3, and a duplicate of QoS 0.
    ([0x34], .header(0x34)), ([0x36], .header(0x36)), ([0x38], .header(0x38)),
    // Lengths of five bytes, and longer than needed.
    ([0x30, 0x80, 0x80, 0x80, 0x80], .length), ([0x30, 0x85, 0x00], .length),
    // Sizes.
    ([0x20, 1, 0], .size(type: 2, bytes: 1)), ([0x20, 3, 0, 0, 0], .size(type: 2, bytes: 3)),
    ([0x20, 0], .size(type: 2, bytes: 0)), ([0x40, 1, 0], .size(type: 4, bytes: 1)),
    ([0x90, 2, 0, 1], .size(type: 9, bytes: 2)), ([0xD0, 1, 0], .size(type: 13, bytes: 1)),
    ([0x20, 0x81, 0x08], .size(type: 2, bytes: 1025)),
    ([0x30, 0], .size(type: 3, bytes: 0)), ([0x30, 1, 0], .size(type: 3, bytes: 1)),
    ([0x30, 3, 0, 2, 0x74], .size(type: 3, bytes: 3)),
    ([0x32, 4, 0, 1, 0x74, 0], .size(type: 3, bytes: 4)),
    // Contents.
    ([0x20, 2, 2, 0], .content(type: 2)), ([0x20, 2, 0, 6], .content(type: 2)),
    ([0x20, 2, 1, 1], .content(type: 2)), ([0x40, 2, 0, 0], .content(type: 4)),
    ([0x90, 3, 0, 1, 3], .content(type: 9)), ([0x90, 3, 0, 0, 0], .content(type: 9)),
    ([0x32, 5, 0, 1, 0x74, 0, 0], .content(type: 3)), ([0x30, 2, 0, 0], .content(type: 3)),
    ([0x30, 3, 0, 1, 0], .content(type: 3)), ([0x30, 3, 0, 1, 0x23], .content(type: 3)),
    ([0x30, 3, 0, 1, 0x2B], .content(type: 3)), ([0x30, 3, 0, 1, 0xC3], .content(type: 3)),
  ]

  @Test(arguments: malformed)
  func `every malformed form has its name`(bytes: [UInt8], fault: MQTTFault) {
    #expect(read(bytes) == .failure(fault))
  }

  @Test func `a message that is too long is skipped, and the next one is read`() throws {
    let long = MQTTPacket.Publish(
      topic: [0x74], payload: [UInt8](repeating: 0x30, count: MQTTLimits.incomingBytesMax),
      quality: .atMostOnce)
    let short = MQTTPacket.Publish(topic: [0x74], payload: [7], quality: .atMostOnce)
    var reader = MQTTReader()
    var answers: [MQTTAnswer] = []
    for byte in MQTTPacket.publish(long) + MQTTPacket.publish(short) {
      if let answer = try reader.push(byte) { answers.append(answer) }
    }
    #expect(answers == [.message(short)])
  }

  @Test func `the longest message that is taken is taken`() {
    let message = MQTTPacket.Publish(
      topic: [0x74], payload: [UInt8](repeating: 1, count: MQTTLimits.incomingBytesMax - 3),
      quality: .atMostOnce)
    #expect(read(MQTTPacket.publish(message)) == .success([.message(message)]))
  }

  @Test func `no bytes trap`() {
    var random = seededRandom("MQTT bytes")
    for _ in 0..<3000 {
      var bytes = (0..<random.next(below: 40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      // Most first bytes are no type at all: begin with one that is.
      let types: [UInt8] = [0x20, 0x30, 0x31, 0x32, 0x3B, 0x40, 0x90, 0xD0]
      if !bytes.isEmpty { bytes[0] = types[Int(random.next(below: 8))] }
      if bytes.count > 1 { bytes[1] = UInt8(random.next(below: 24)) }
      _ = read(bytes)
    }
  }
}
