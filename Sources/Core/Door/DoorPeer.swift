import Store
import System

/// One peer at the door: the bytes of a request that has not ended, and those of an answer that the
/// peer has not read. It has one request under way.
final class DoorPeer {
  enum State: Equatable {
    case open
    /// The outbox thread has its request of this number.
    case asking(UInt64)
    case gone
  }

  let descriptor: Descriptor
  private(set) var state = State.open
  private(set) var listens = false
  private var input: [UInt8] = []
  private var output: [UInt8] = []
  private var outputDone = 0
  /// CLOCK_BOOTTIME in nanoseconds: the last request, or the last answer.
  private var lastActive: Int64
  private var requests: TokenBucket

  init(_ descriptor: Descriptor, at now: Int64) {
    self.descriptor = descriptor
    lastActive = now
    requests = TokenBucket(
      perSecond: DoorLimits.requestsPerSecond, capacity: DoorLimits.requestsPerSecond, at: now)
  }

  var waitsForReader: Bool { outputDone < output.count }

  /// It asks nothing, or it does not read.
  func isIdle(at now: Int64) -> Bool {
    if listens { return false }
    if waitsForReader { return now - lastActive > DoorLimits.unreadNanoseconds }
    return state == .open && now - lastActive > DoorLimits.idleNanoseconds
  }

  /// A whole request is there already: the poller does not tell of it again.
  var hasRequest: Bool {
    guard state == .open, !waitsForReader, let length = DoorMessage.length(input[...]) else {
      return false
    }
    return input.count >= length
  }

  /// What the poller has to wait for.
  var interest: PollInterest {
    if waitsForReader { return .writable }
    return state == .open ? .readable : []
  }

  /// Reads what is there, and hands over the next whole request.
  ///
  /// - Parameter take: false where nobody can take it now. Then it stays.
  /// - Returns: false when the peer asks too often: the caller pauses.
  func serve(at now: Int64, _ take: (DoorRequest) -> UInt64?) -> Bool {
    flush()
    guard state == .open, !waitsForReader else { return true }
    if !hasRequest { receive() }
    guard hasRequest, let length = DoorMessage.length(input[...]) else { return true }
    guard requests.take(at: now) else { return false }
    guard let request = DoorMessage.request(input[DoorMessage.headBytes..<length]) else {
      state = .gone
      return true
    }
    if request == .listen {
      listens = true
    } else {
      guard let number = take(request) else { return false }
      state = .asking(number)
    }
    input.removeFirst(length)
    lastActive = now
    return true
  }

  /// It has gone. While its request is under way nothing else would tell.
  func hangUp() { if case .asking = state { state = .gone } }

  private func receive() {
    var piece = [UInt8](repeating: 0, count: DoorMessage.requestBytesMax)
    switch piece.withUnsafeMutableBytes({ try? descriptor.read(into: $0) }) {
    case .bytes(let count)?: input += piece[..<count]
    case .wouldBlock?: break
    case .end?, nil: state = .gone
    }
    // The next request may be behind this one, so there are two at most.
    if let length = DoorMessage.length(input[...]), length > DoorMessage.requestBytesMax {
      state = .gone
    }
  }

  func answer(_ bytes: [UInt8], at now: Int64) {
    (output, outputDone, lastActive) = (bytes, 0, now)
    if state != .gone { state = .open }
    flush()
  }

  /// For a peer that listens. One that has not read the last one gets no other.
  func ring() {
    guard listens, !waitsForReader, state == .open else { return }
    (output, outputDone) = (DoorMessage.bytes(.bell), 0)
    flush()
  }

  /// Writes what the peer takes now.
  private func flush() {
    while waitsForReader {
      let sent = output.withUnsafeBytes { bytes -> Int? in
        let rest = UnsafeRawBufferPointer(rebasing: bytes[outputDone...])
        do throws(SystemError) {
          return try descriptor.write(rest)
        } catch {
          return -1
        }
      }
      guard let sent else { return }
      guard sent >= 0 else {
        state = .gone
        break
      }
      outputDone += sent
    }
    (output, outputDone) = ([], 0)
  }
}
