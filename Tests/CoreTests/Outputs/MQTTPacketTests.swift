import TestSupport
import Testing

@testable import Core

/// Goal: packets are those of MQTT 3.1.1, byte for byte. Method: bytes worked by hand from the
/// standard, and messages read back by the reader.
@Suite struct MQTTPacketTests {
  @Test func `CONNECT has the will, the user and the password in their places`() {
    let will = MQTTPacket.Publish(topic: Array("t".utf8), payload: Array("off".utf8))
    let bytes = MQTTPacket.connect(
      client: "id", keepAliveSeconds: 20, will: will, user: "u", password: [9])
    #expect(
      bytes == [
        0x10, 28, 0, 4, 0x4D, 0x51, 0x54, 0x54, 4, 0b1110_1100, 0, 20, 0, 2, 0x69, 0x64, 0, 1, 0x74,
        0, 3, 0x6F, 0x66, 0x66, 0, 1, 0x75, 0, 1, 9,
      ])
  }

  @Test func `without a user there is no password`() {
    let will = MQTTPacket.Publish(topic: [0x74], payload: [])
    let bytes = MQTTPacket.connect(
      client: "i", keepAliveSeconds: 1, will: will, user: nil, password: [9])
    #expect(bytes[9] == 0b0010_1100)
    #expect(bytes.count == 2 + 10 + 3 + 3 + 2)
  }

  @Test func `short packets are these bytes`() {
    #expect(MQTTPacket.ping == [0xC0, 0])
    #expect(MQTTPacket.disconnect == [0xE0, 0])
    #expect(MQTTPacket.acknowledge(0x1234) == [0x40, 2, 0x12, 0x34])
    #expect(
      MQTTPacket.subscribe(7, filter: "a/b", quality: .atMostOnce)
        == [0x82, 8, 0, 7, 0, 3, 0x61, 0x2F, 0x62, 0])
  }

  @Test(arguments: [(0, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (2_097_152, 4)])
  func `the length takes as few bytes as it can`(bytes: Int, field: Int) {
    // 2 bytes of length and 1 of topic are before the payload.
    guard bytes >= 3 else { return }
    let message = MQTTPacket.Publish(
      topic: [0x74], payload: [UInt8](repeating: 7, count: bytes - 3), quality: .atMostOnce)
    let packet = MQTTPacket.publish(message)
    #expect(packet.count == 1 + field + bytes)
    #expect(packet[field] & 0x80 == 0)
  }

  @Test func `a message is read back as it was written, sliced at every byte`() throws {
    var random = seededRandom("MQTT messages")
    for _ in 0..<200 {
      let isSafe = random.next(below: 2) == 0
      let message = MQTTPacket.Publish(
        topic: Array("homeassistant/status".utf8),
        payload: (0..<random.next(below: 300)).map { _ in UInt8(truncatingIfNeeded: random.next())
        },
        quality: isSafe ? .atLeastOnce : .atMostOnce, isRetained: random.next(below: 2) == 0,
        isDuplicate: isSafe && random.next(below: 2) == 0,
        identifier: isSafe ? UInt16(1 + random.next(below: 65_535)) : 0)
      let bytes = MQTTPacket.publish(message)
      var reader = MQTTReader()
      for byte in bytes.dropLast() {
        let early = try reader.push(byte)
        #expect(early == nil)
      }
      let answer = try reader.push(bytes.last!)
      #expect(answer == .message(message))
    }
  }
}
