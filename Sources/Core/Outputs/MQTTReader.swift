import Text

/// Cuts the broker's bytes into packets, whatever pieces they come in. Memory is fixed: a message
/// that is longer than anything the agent waits for is skipped.
struct MQTTReader {
  private enum Expecting {
    case header
    case length(shift: Int)
    case body
    /// The rest of a message that is too long.
    case skipped(left: Int)
  }

  private var expecting = Expecting.header
  private var first: UInt8 = 0
  private var length = 0
  private var body: [UInt8] = []

  init() { body.reserveCapacity(MQTTLimits.incomingBytesMax) }

  /// Takes the next byte. After a fault the connection is of no use.
  ///
  /// - Returns: an answer, when the byte was its last one.
  mutating func push(_ byte: UInt8) throws(MQTTFault) -> MQTTAnswer? {
    switch expecting {
    case .header:
      guard Self.isAllowed(first: byte) else { throw .header(byte) }
      (first, length, expecting) = (byte, 0, .length(shift: 0))
      return nil
    case .length(let shift): return try takeLength(byte, shift)
    case .body:
      body.append(byte)
      return body.count == length ? try finish() : nil
    case .skipped(let left):
      expecting = left > 1 ? .skipped(left: left - 1) : .header
      return nil
    }
  }

  private mutating func takeLength(
    _ byte: UInt8, _ shift: Int
  ) throws(MQTTFault) -> MQTTAnswer? {
    length |= Int(byte & 0x7F) << shift
    if byte & 0x80 != 0 {
      guard shift < 21 else { throw .length }
      expecting = .length(shift: shift + 7)
      return nil
    }
    // A last byte of 0 says what fewer bytes would have said.
    guard byte != 0 || shift == 0 else { throw .length }
    guard length <= MQTTLimits.incomingBytesMax else {
      guard first >> 4 == 3 else { throw .size(type: first >> 4, bytes: length) }
      expecting = .skipped(left: length)
      return nil
    }
    body.removeAll(keepingCapacity: true)
    expecting = .body
    return length == 0 ? try finish() : nil
  }

  /// CONNACK, PUBACK, SUBACK, PINGRESP, and PUBLISH of QoS 0 and 1.
  private static func isAllowed(first: UInt8) -> Bool {
    switch first {
    case 0x20, 0x40, 0x90, 0xD0: true
    // DUP with QoS 0 is not allowed (3.3.1.1); QoS 2 was never asked for.
    case 0x30, 0x31, 0x32, 0x33, 0x3A, 0x3B: true
    default: false
    }
  }

  private mutating func finish() throws(MQTTFault) -> MQTTAnswer {
    expecting = .header
    let type = first >> 4
    switch type {
    case 2:
      try need(2)
      // The session is never there where the broker refuses (3.2.2.2).
      guard body[0] <= 1, body[1] <= 5, body[1] == 0 || body[0] == 0 else {
        throw .content(type: type)
      }
      return .connected(code: body[1])
    case 4:
      try need(2)
      return .acknowledged(try identifier(at: 0))
    case 9:
      try need(3)
      guard body[2] <= 2 || body[2] == 0x80 else { throw .content(type: type) }
      _ = try identifier(at: 0)
      return .subscribed
    case 13:
      try need(0)
      return .pong
    default: return .message(try message())
    }
  }

  private func need(_ count: Int) throws(MQTTFault) {
    guard body.count == count else { throw .size(type: first >> 4, bytes: body.count) }
  }

  private func identifier(at place: Int) throws(MQTTFault) -> UInt16 {
    let value = UInt16(body[place]) << 8 | UInt16(body[place + 1])
    guard value != 0 else { throw .content(type: first >> 4) }
    return value
  }

  private func message() throws(MQTTFault) -> MQTTPacket.Publish {
    let quality: MQTTPacket.Quality = first & 0x06 == 0 ? .atMostOnce : .atLeastOnce
    guard body.count >= 2 else { throw .size(type: 3, bytes: body.count) }
    let topicEnd = 2 + (Int(body[0]) << 8 | Int(body[1]))
    let payloadStart = topicEnd + (quality == .atLeastOnce ? 2 : 0)
    guard body.count >= payloadStart else { throw .size(type: 3, bytes: body.count) }
    let topic = Array(body[2..<topicEnd])
    guard Self.isTopic(topic) else { throw .content(type: 3) }
    return MQTTPacket.Publish(
      topic: topic, payload: Array(body[payloadStart...]), quality: quality,
      isRetained: first & 1 != 0, isDuplicate: first & MQTTPacket.duplicateBit != 0,
      identifier: quality == .atLeastOnce ? try identifier(at: topicEnd) : 0)
  }

  /// A name of a topic: well-formed UTF-8, not empty, without wildcards and NUL (4.7).
  private static func isTopic(_ bytes: [UInt8]) -> Bool {
    guard !bytes.isEmpty else { return false }
    return bytes.withUnsafeBytes { text in
      var index = 0
      while index < text.count {
        let byte = text[index]
        if byte == 0 || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "+") { return false }
        let count = UTF8Sequence.length(in: text, at: index)
        guard count > 0 else { return false }
        index += count
      }
      return true
    }
  }
}
