import CPlatform
import System

/// A connection to the core's door, which asks one question at a time. The descriptor does not
/// block; this waits for the core, for a bounded time.
final class DoorConnection {
  /// A core whose disk hangs answers later. Then the next round tries again.
  static let answerMilliseconds: Int64 = 10_000

  let descriptor: Descriptor
  /// The bytes of the answer that has not ended.
  private var input: [UInt8] = []

  /// - Returns: nil where no core listens, or where this user may not ask it.
  init?(_ path: String) {
    guard let descriptor = try? UnixSocket.connect(path: path) else { return nil }
    self.descriptor = descriptor
  }

  /// - Throws: `.silent` when the core does not answer in time, or has gone; the core's error.
  func ask(_ request: DoorRequest) throws(OutboxError) -> DoorAnswer {
    let end = Clock.boot() + Self.answerMilliseconds * 1_000_000
    try send(DoorMessage.bytes(request), until: end)
    while true {
      if let answer = try take() {
        if case .failed(let error) = answer { throw error }
        return answer
      }
      try receive(until: end)
    }
  }

  func send(_ bytes: [UInt8], until end: Int64) throws(OutboxError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count: Int?
      do throws(SystemError) {
        count = try rest.span.withUnsafeBytes { (bytes) throws(SystemError) in
          try descriptor.write(bytes)
        }
      } catch {
        throw .silent
      }
      guard let count else {
        try wait(for: .writable, until: end)
        continue
      }
      rest = rest.dropFirst(count)
    }
  }

  /// The next answer; nil while it is not whole.
  func take() throws(OutboxError) -> DoorAnswer? {
    guard let length = DoorMessage.length(input[...]) else { return nil }
    guard length <= DoorMessage.answerBytesMax else { throw .silent }
    guard input.count >= length else { return nil }
    guard let answer = DoorMessage.answer(input[DoorMessage.headBytes..<length]) else {
      throw .silent
    }
    input.removeFirst(length)
    return answer
  }

  /// Reads what is there, and waits if nothing is.
  func receive(until end: Int64) throws(OutboxError) {
    if try !receiveNow() { try wait(for: .readable, until: end) }
  }

  /// - Returns: false when nothing is there now.
  func receiveNow() throws(OutboxError) -> Bool {
    var piece = [UInt8](repeating: 0, count: 16 << 10)
    let result: ReadResult
    do throws(SystemError) {
      var room = piece.mutableSpan
      result = try room.withUnsafeMutableBytes { (room) throws(SystemError) in
        try descriptor.read(into: room)
      }
    } catch {
      throw .silent
    }
    switch result {
    case .bytes(let count):
      input += piece[..<count]
      return true
    case .wouldBlock: return false
    case .end: throw .silent
    }
  }

  private func wait(for interest: PollInterest, until end: Int64) throws(OutboxError) {
    let left = end - Clock.boot()
    guard left > 0 else { throw .silent }
    var wait = Wait()
    wait.add(descriptor.raw, for: interest)
    _ = try? wait.run(nanoseconds: left)
  }
}

/// Hears from the core when an alert is in the outbox.
package final class DoorBell {
  private let connection: DoorConnection

  /// - Parameter outbox: its path.
  /// - Returns: nil where no core listens.
  package init?(of outbox: String) {
    guard let connection = DoorConnection(OutboxDoor.path(beside: outbox)) else { return nil }
    self.connection = connection
    let end = Clock.boot() + 1_000_000_000
    guard (try? connection.send(DoorMessage.bytes(.listen), until: end)) != nil else { return nil }
  }

  /// Readable when the core rang, or has gone.
  package var descriptor: Int32 { connection.descriptor.raw }

  /// Takes what the core wrote, without waiting.
  ///
  /// - Returns: whether it rang; nil when the core has gone.
  package func hasRung() -> Bool? {
    var hasRung = false
    do throws(OutboxError) {
      while try connection.receiveNow() {}
      while let answer = try connection.take() { if answer == .bell { hasRung = true } }
      return hasRung
    } catch {
      return nil
    }
  }
}

/// A wish that the core adopts a bundle. The core may take minutes: the models' golden vectors are
/// run. So its asker waits for the descriptor and does other things meanwhile.
package final class DoorAdoption {
  private let connection: DoorConnection

  /// - Parameter outbox: its path, beside which the door is, whether there is an outbox or not.
  /// - Returns: nil where no core listens.
  package init?(_ wish: DoorWish, of outbox: String) {
    guard let connection = DoorConnection(OutboxDoor.path(beside: outbox)) else { return nil }
    self.connection = connection
    let end = Clock.boot() + 1_000_000_000
    guard (try? connection.send(DoorMessage.bytes(.adopt(wish)), until: end)) != nil else {
      return nil
    }
  }

  /// Readable when the core has answered, or has gone.
  package var descriptor: Int32 { connection.descriptor.raw }

  /// Takes what the core wrote, without waiting.
  ///
  /// - Returns: the answer; nil while it is on its way.
  /// - Throws: `.silent` when the core has gone, and what it says is wrong.
  package func takeAnswer() throws(OutboxError) -> [UInt8]? {
    while try connection.receiveNow() {}
    switch try connection.take() {
    case .adopted(let bytes)?: return bytes
    case .failed(let error)?: throw error
    case nil: return nil
    default: throw .silent
    }
  }
}
