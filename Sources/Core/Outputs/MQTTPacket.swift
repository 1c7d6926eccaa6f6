import Text

/// MQTT 3.1.1 (OASIS, 29 October 2014): the packets that the agent sends, as bytes. Pure.
enum MQTTPacket {
  enum Quality: UInt8, Equatable, Sendable { case atMostOnce, atLeastOnce }

  /// A message.
  struct Publish: Equatable {
    var topic: [UInt8]
    var payload: [UInt8]
    var quality = Quality.atLeastOnce
    var isRetained = false
    /// Sent before, and not acknowledged.
    var isDuplicate = false
    /// 1…65535; 0 with `.atMostOnce`.
    var identifier: UInt16 = 0
  }

  /// Begins a session that the broker keeps (clean session 0): what it acknowledged stays so.
  ///
  /// - Parameter will: what the broker publishes when the agent vanishes; retained, once at least.
  static func connect(
    client: String, keepAliveSeconds: UInt16, will: Publish, user: String?, password: [UInt8]?
  ) -> [UInt8] {
    // Will, will QoS 1, will retain.
    var flags: UInt8 = 0b0010_1100
    if user != nil { flags |= 0b1000_0000 }
    // A password without a user is not allowed (3.1.2.9).
    let password = user == nil ? nil : password
    if password != nil { flags |= 0b0100_0000 }
    var body: [UInt8] = [0, 4] + Array("MQTT".utf8) + [4, flags]
    body += word(keepAliveSeconds) + text(Array(client.utf8))
    body += text(will.topic) + text(will.payload)
    if let user { body += text(Array(user.utf8)) }
    if let password { body += text(password) }
    return packet(0x10, body)
  }

  static func publish(_ message: Publish) -> [UInt8] {
    var first: UInt8 = 0x30 | message.quality.rawValue << 1
    if message.isRetained { first |= 1 }
    if message.isDuplicate { first |= duplicateBit }
    var body = text(message.topic)
    if message.quality == .atLeastOnce { body += word(message.identifier) }
    return packet(first, body + message.payload)
  }

  /// Marks a PUBLISH that was sent before.
  static let duplicateBit: UInt8 = 0x08

  static func acknowledge(_ identifier: UInt16) -> [UInt8] { packet(0x40, word(identifier)) }

  static func subscribe(_ identifier: UInt16, filter: String, quality: Quality) -> [UInt8] {
    packet(0x82, word(identifier) + text(Array(filter.utf8)) + [quality.rawValue])
  }

  static let ping: [UInt8] = [0xC0, 0]
  static let disconnect: [UInt8] = [0xE0, 0]

  /// The greatest remaining length that the four bytes of its field can say.
  static let lengthMax = 268_435_455

  private static func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
    precondition(body.count <= lengthMax)
    var bytes = [first]
    var left = body.count
    repeat {
      bytes.append(UInt8(left & 0x7F) | (left > 0x7F ? 0x80 : 0))
      left >>= 7
    } while left > 0
    return bytes + body
  }

  private static func word(_ value: UInt16) -> [UInt8] {
    [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
  }

  /// At most 65535 bytes; the callers' limits are far below.
  private static func text(_ bytes: [UInt8]) -> [UInt8] {
    word(UInt16(clamping: bytes.count)) + bytes.prefix(Int(UInt16.max))
  }
}

/// What the broker sends, as far as the agent asks for it.
enum MQTTAnswer: Equatable {
  /// The answer to CONNECT; 0 is yes.
  case connected(code: UInt8)
  case acknowledged(UInt16)
  /// The answer to SUBSCRIBE, also a refusal.
  case subscribed
  case message(MQTTPacket.Publish)
  case pong
}

/// Bytes that are no MQTT 3.1.1, or no answer to anything that the agent sends.
enum MQTTFault: Error, Equatable {
  /// The first byte: a type that only a client sends, or reserved; or wrong flags.
  case header(UInt8)
  /// The remaining length has more than four bytes, or more than it needs.
  case length
  /// A packet of that type with another count of bytes than it must have.
  case size(type: UInt8, bytes: Int)
  /// A flag, code, identifier or topic that is not allowed there.
  case content(type: UInt8)
}
