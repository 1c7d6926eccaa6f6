import TestSupport
import Testing

@testable import Core
@testable import System

/// Goal: a message is sent until it is acknowledged, over any number of connections; a silent or a
/// wrong broker is noticed. Method: the broker's bytes and the times by hand; no socket.
@Suite struct MQTTSessionTests {
  private static let second: Int64 = 1_000_000_000
  private static let accepted: [UInt8] = [0x20, 2, 0, 0]

  private func opened(at now: Int64 = 0) throws -> MQTTSession {
    var session = MQTTSession()
    session.begin([1, 2, 3], at: now)
    #expect(session.outgoing == [1, 2, 3])
    session.wrote(3, at: now)
    try give(&session, Self.accepted, at: now)
    return session
  }

  @discardableResult
  private func give(
    _ session: inout MQTTSession, _ bytes: [UInt8], at now: Int64 = 0
  ) throws -> (messages: [MQTTPacket.Publish], isNew: Bool) {
    try bytes.withUnsafeBytes { try session.receive($0, at: now) }
  }

  private func fault(
    _ session: inout MQTTSession, _ bytes: [UInt8]
  ) -> MQTTSessionFault? {
    do {
      try give(&session, bytes)
      return nil
    } catch {
      return error as? MQTTSessionFault
    }
  }

  private func tickFault(_ session: inout MQTTSession, at now: Int64) -> MQTTSessionFault? {
    do throws(MQTTSessionFault) {
      try session.tick(at: now)
      return nil
    } catch {
      return error
    }
  }

  /// Takes what is for the socket.
  private func sent(_ session: inout MQTTSession, at now: Int64 = 0) -> [UInt8] {
    let bytes = session.outgoing
    session.wrote(bytes.count, at: now)
    return bytes
  }

  @Test func `nothing is published before the broker has accepted`() throws {
    var session = MQTTSession()
    #expect(!session.canPublish)
    session.begin([1], at: 0)
    #expect(!session.canPublish)
    let isNew = try give(&session, Self.accepted).isNew
    #expect(isNew && session.canPublish)
  }

  @Test func `a message is in flight until it is acknowledged`() throws {
    var session = try opened()
    session.publish("t", [7], retained: true, at: 0)
    #expect(sent(&session) == [0x33, 6, 0, 1, 0x74, 0, 1, 7])
    #expect(!session.isSettled)
    try give(&session, [0x40, 2, 0, 2])
    #expect(!session.isSettled, "another one was acknowledged")
    try give(&session, [0x40, 2, 0, 1])
    #expect(session.isSettled)
  }

  @Test func `what was not acknowledged goes out again, in order and marked`() throws {
    var session = try opened()
    session.publish("a", [], retained: false, at: 0)
    session.publish("b", [], retained: false, at: 0)
    session.publish("c", [], retained: false, at: 0)
    _ = sent(&session)
    try give(&session, [0x40, 2, 0, 2])
    session.close()
    #expect(session.outgoing.isEmpty && session.inFlightCount == 2)
    session.begin([9], at: 5)
    _ = sent(&session)
    try give(&session, Self.accepted, at: 6)
    #expect(sent(&session) == [0x3A, 5, 0, 1, 0x61, 0, 1, 0x3A, 5, 0, 1, 0x63, 0, 3])
  }

  @Test func `only so many are in flight, and their numbers are never used twice`() throws {
    var session = try opened()
    var numbers: Set<UInt16> = []
    for _ in 0..<MQTTLimits.inFlightMax {
      #expect(session.canPublish)
      session.publish("t", [], retained: false, at: 0)
      let bytes = sent(&session)
      numbers.insert(UInt16(bytes[5]) << 8 | UInt16(bytes[6]))
    }
    #expect(!session.canPublish)
    #expect(numbers.count == MQTTLimits.inFlightMax && !numbers.contains(0))
    try give(&session, [0x40, 2, 0, 1])
    // All the way round: the numbers that are in flight are left out.
    for _ in 0..<70_000 {
      session.publish("t", [], retained: false, at: 0)
      let bytes = sent(&session)
      let number = UInt16(bytes[5]) << 8 | UInt16(bytes[6])
      guard number != 0, number == 1 || !numbers.contains(number) else {
        Issue.record("\(number) is in flight already")
        return
      }
      try give(&session, [0x40, 2, bytes[5], bytes[6]])
    }
  }

  @Test func `while many bytes wait no message begins`() throws {
    var session = try opened()
    session.publish(
      "t", [UInt8](repeating: 1, count: MQTTLimits.outgoingBytesMax), retained: false, at: 0)
    #expect(!session.canPublish)
    _ = sent(&session)
    #expect(session.canPublish)
  }

  @Test func `a broker that does not read its answers is not read, and is given up`() throws {
    var session = try opened()
    var count = 0
    while session.canReceive, count < 1_000_000 {
      try give(&session, [0x32, 5, 0, 1, 0x61, 0, 1])
      count += 1
    }
    #expect(count == MQTTLimits.outgoingBytesMax / 4)
    let limit = MQTTLimits.answerNanoseconds
    #expect(tickFault(&session, at: 5) == nil)
    session.wrote(4, at: 7)
    #expect(session.canReceive)
    #expect(tickFault(&session, at: 8) == nil)
    #expect(tickFault(&session, at: limit + 5) == nil, "it has read four bytes since")
    #expect(tickFault(&session, at: limit + 7) == nil)
    #expect(tickFault(&session, at: limit + 8) == .unread)
  }

  @Test func `a quiet connection is pinged, and one without an answer is given up`() throws {
    var session = try opened()
    let half = Int64(MQTTLimits.keepAliveSeconds) * Self.second / 2
    #expect(tickFault(&session, at: half - 1) == nil && session.outgoing.isEmpty)
    #expect(tickFault(&session, at: half) == nil)
    #expect(sent(&session, at: half) == [0xC0, 0])
    try give(&session, [0xD0, 0])
    #expect(tickFault(&session, at: half + MQTTLimits.answerNanoseconds) == nil)
    #expect(sent(&session, at: half + MQTTLimits.answerNanoseconds) == [0xC0, 0])
    #expect(tickFault(&session, at: half + 2 * MQTTLimits.answerNanoseconds) == .silent)
  }

  @Test func `a greeting and a message without an answer are given up`() throws {
    var greeting = MQTTSession()
    greeting.begin([1], at: 0)
    #expect(tickFault(&greeting, at: MQTTLimits.answerNanoseconds - 1) == nil)
    #expect(tickFault(&greeting, at: MQTTLimits.answerNanoseconds) == .silent)
    var session = try opened()
    session.publish("t", [], retained: false, at: 5)
    #expect(tickFault(&session, at: MQTTLimits.answerNanoseconds + 4) == nil)
    #expect(tickFault(&session, at: MQTTLimits.answerNanoseconds + 5) == .silent)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt8>)
  func `a broker that refuses says why`(code: UInt8) {
    var session = MQTTSession()
    session.begin([1], at: 0)
    #expect(fault(&session, [0x20, 2, 0, code]) == .refused(code: code))
  }

  @Test func `answers that nobody asked for are a fault`() throws {
    for bytes: [UInt8] in [[0x40, 2, 0, 1], [0xD0, 0], [0x30, 3, 0, 1, 0x74]] {
      var session = MQTTSession()
      session.begin([1], at: 0)
      #expect(fault(&session, bytes) == .unexpected)
    }
    var session = try opened()
    #expect(fault(&session, Self.accepted) == .unexpected)
    #expect(fault(&session, [0x00]) == .malformed(.header(0)))
  }

  @Test func `messages of the broker are handed over, and acknowledged where it asks for that`()
    throws
  {
    var session = try opened()
    let messages = try give(
      &session, [0x30, 4, 0, 1, 0x74, 7] + [0x32, 6, 0, 1, 0x74, 0, 9, 8] + [0x90, 3, 0, 1, 0x80]
    ).messages
    #expect(messages.map { $0.payload } == [[7], [8]])
    #expect(sent(&session) == [0x40, 2, 0, 9])
  }

  @Test func `every fault is a sentence`() {
    let faults: [MQTTSessionFault] = [
      .socket(.missing(path: "/run/x")), .password(path: "/p", .system(code: 2)),
      .credential(name: "home"), .refused(code: 1), .refused(code: 2), .refused(code: 3),
      .refused(code: 4), .refused(code: 5), .refused(code: 9), .malformed(.length), .unexpected,
      .silent, .unread, .closed,
    ]
    for fault in faults { #expect(fault.message.utf8.count > 15) }
  }
}
