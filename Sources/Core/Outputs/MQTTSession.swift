import System

/// One client's side of MQTT: bytes and times go in, bytes come out. Pure: no socket, no clock.
///
/// It outlives its connections: what the broker has not acknowledged is sent again, marked as a
/// duplicate, when the next connection is accepted.
struct MQTTSession {
  enum Phase: Equatable {
    case closed
    /// CONNECT was sent.
    case greeting(since: Int64)
    case open
  }

  private struct Flight {
    let identifier: UInt16
    var bytes: [UInt8]
    /// Of the last sending.
    var sentAt: Int64
  }

  private(set) var phase = Phase.closed
  /// What is for the socket: take from it with `wrote`.
  private(set) var outgoing: [UInt8] = []
  private var flights: [Flight] = []
  private var lastIdentifier: UInt16 = 0
  private var reader = MQTTReader()
  private var lastSentAt: Int64 = 0
  /// When a PINGREQ went out that was not answered.
  private var pingedAt: Int64?
  /// Since when the socket has taken none of the bytes that wait for it.
  private var unreadSince: Int64?

  /// Nothing waits for an acknowledgement or for the socket.
  var isSettled: Bool { flights.isEmpty && outgoing.isEmpty }

  var inFlightCount: Int { flights.count }

  /// There is room for another message.
  var canPublish: Bool {
    phase == .open && flights.count < MQTTLimits.inFlightMax
      && outgoing.count < MQTTLimits.outgoingBytesMax
  }

  /// The broker's bytes may be taken in. While it does not read, each of its messages would add an
  /// answer to those that wait.
  var canReceive: Bool { outgoing.count < MQTTLimits.outgoingBytesMax }

  // MARK: the connection

  /// A connection is there; `connect` is its first packet.
  mutating func begin(_ connect: [UInt8], at now: Int64) {
    (phase, outgoing, reader) = (.greeting(since: now), connect, MQTTReader())
    (lastSentAt, pingedAt, unreadSince) = (now, nil, nil)
  }

  /// The connection is gone. What was not acknowledged stays.
  mutating func close() {
    (phase, outgoing, pingedAt, unreadSince) = (.closed, [], nil, nil)
  }

  /// The socket took so many bytes of `outgoing`.
  mutating func wrote(_ count: Int, at now: Int64) {
    outgoing.removeFirst(count)
    (lastSentAt, unreadSince) = (now, nil)
  }

  /// - Returns: messages that the agent subscribed to. `isNew` tells that the connection was just
  ///   accepted.
  mutating func receive(
    _ bytes: UnsafeRawBufferPointer, at now: Int64
  ) throws(MQTTSessionFault) -> (messages: [MQTTPacket.Publish], isNew: Bool) {
    var messages: [MQTTPacket.Publish] = []
    var isNew = false
    for byte in bytes {
      guard let answer = try next(byte) else { continue }
      switch (phase, answer) {
      case (.greeting, .connected(0)):
        (phase, isNew) = (.open, true)
        resend(at: now)
      case (.greeting, .connected(let code)): throw .refused(code: code)
      case (.open, .acknowledged(let identifier)):
        flights.removeAll { $0.identifier == identifier }
      case (.open, .message(let message)):
        if message.quality == .atLeastOnce {
          outgoing += MQTTPacket.acknowledge(message.identifier)
        }
        messages.append(message)
      // Without the subscription everything works but the greeting of a dashboard.
      case (.open, .subscribed): break
      case (.open, .pong): pingedAt = nil
      case (.closed, _), (.greeting, _), (.open, .connected): throw .unexpected
      }
    }
    return (messages, isNew)
  }

  /// Keeps the connection alive.
  ///
  /// - Throws: `.silent` when the broker has not answered in time, `.unread` when it has not read.
  mutating func tick(at now: Int64) throws(MQTTSessionFault) {
    let limit = MQTTLimits.answerNanoseconds
    switch phase {
    case .closed: return
    case .greeting(let since):
      guard now - since < limit else { throw .silent }
    case .open:
      if let pingedAt, now - pingedAt >= limit { throw .silent }
      if let unreadSince, now - unreadSince >= limit { throw .unread }
      if unreadSince == nil, !outgoing.isEmpty { unreadSince = now }
      if let oldest = flights.first, now - oldest.sentAt >= limit { throw .silent }
      // A half: the broker closes after one and a half.
      if pingedAt == nil, now - lastSentAt >= Self.pingNanoseconds {
        outgoing += MQTTPacket.ping
        (pingedAt, lastSentAt) = (now, now)
      }
    }
  }

  private static let pingNanoseconds = Int64(MQTTLimits.keepAliveSeconds) * 500_000_000

  // MARK: messages

  /// Sends one, at least once. Call it where `canPublish`.
  mutating func publish(_ topic: String, _ payload: [UInt8], retained: Bool, at now: Int64) {
    let identifier = nextIdentifier()
    let bytes = MQTTPacket.publish(
      MQTTPacket.Publish(
        topic: Array(topic.utf8), payload: payload, isRetained: retained, identifier: identifier))
    flights.append(Flight(identifier: identifier, bytes: bytes, sentAt: now))
    outgoing += bytes
  }

  mutating func subscribe(_ filter: String) {
    outgoing += MQTTPacket.subscribe(nextIdentifier(), filter: filter, quality: .atMostOnce)
  }

  mutating func disconnect() { outgoing += MQTTPacket.disconnect }

  private mutating func resend(at now: Int64) {
    for index in flights.indices {
      flights[index].bytes[0] |= MQTTPacket.duplicateBit
      flights[index].sentAt = now
      outgoing += flights[index].bytes
    }
  }

  private mutating func nextIdentifier() -> UInt16 {
    repeat {
      lastIdentifier = lastIdentifier == .max ? 1 : lastIdentifier + 1
    } while flights.contains { $0.identifier == lastIdentifier }
    return lastIdentifier
  }

  private mutating func next(_ byte: UInt8) throws(MQTTSessionFault) -> MQTTAnswer? {
    do throws(MQTTFault) {
      return try reader.push(byte)
    } catch {
      throw .malformed(error)
    }
  }
}

/// Why a connection to a broker is of no use.
enum MQTTSessionFault: Error, Equatable {
  case socket(SocketError)
  /// The password's file cannot be read.
  case password(path: String, Files.Failure)
  /// systemd brought no credential of that name.
  case credential(name: String)
  /// 1…5, the codes of CONNACK.
  case refused(code: UInt8)
  case malformed(MQTTFault)
  /// An answer to nothing that was asked.
  case unexpected
  /// The broker did not answer in time.
  case silent
  /// The broker has read nothing for so long, though something waits for it.
  case unread
  /// The broker closed the connection.
  case closed
}

extension MQTTSessionFault {
  var message: String {
    switch self {
    case .socket(let error): error.message
    case .password(let path, let failure): "password \(path): \(failure.text)"
    case .credential(let name):
      "there is no credential \(name); add LoadCredential=\(name):FILE to the unit"
    case .refused(code: 1): "the broker does not speak MQTT 3.1.1"
    case .refused(code: 2): "the broker refuses the client's name"
    case .refused(code: 3): "the broker is not available"
    case .refused(code: 4): "the broker refuses the user or the password"
    case .refused(code: 5): "the broker does not allow this user"
    case .refused(let code): "the broker refused the connection (code \(code))"
    case .malformed: "what listens there does not speak MQTT 3.1.1"
    case .unexpected: "the broker answered what was not asked"
    case .silent: "the broker does not answer"
    case .unread: "the broker does not read what it is sent"
    case .closed: "the broker closed the connection"
    }
  }
}
