import System

/// One peer's connection: the bytes of a request that has not ended, and those of an answer that
/// the peer has not read. While an answer waits, no further request is read: so a peer holds one
/// answer at most.
final class ControlPeer {
  enum State: Equatable { case open, gone }

  let descriptor: Descriptor
  let identity: PeerIdentity
  private let input: UnsafeMutableRawBufferPointer
  private var inputCount = 0
  private var output: [UInt8] = []
  private var outputDone = 0
  private(set) var state = State.open
  /// CLOCK_BOOTTIME in nanoseconds.
  private var lastRequest: Int64
  private var answeredAt: Int64 = 0
  private var requests: TokenBucket

  init(_ descriptor: Descriptor, _ identity: PeerIdentity, at now: Int64) {
    (self.descriptor, self.identity) = (descriptor, identity)
    input = .allocate(byteCount: ControlLimits.requestBytesMax, alignment: 16)
    lastRequest = now
    requests = TokenBucket(
      perSecond: ControlLimits.requestsPerSecond, capacity: ControlLimits.requestsPerSecond,
      at: now)
  }

  deinit { input.deallocate() }

  var waitsForReader: Bool { outputDone < output.count }

  /// It asks nothing, or it does not read.
  func isIdle(at now: Int64) -> Bool {
    if waitsForReader { return now - answeredAt > ControlLimits.unreadNanoseconds }
    return now - lastRequest > ControlLimits.idleNanoseconds
  }

  /// Reads what is there, and answers the next whole line with what the closure returns. The rest
  /// waits for the next round, so that no peer takes the thread for itself.
  func serve(at now: Int64, _ answer: (UnsafeRawBufferPointer) -> ControlAnswer) {
    flush()
    guard state == .open, !waitsForReader else { return }
    if line == nil { receive() }
    guard state == .open, let length = line else { return }
    lastRequest = now
    let request = UnsafeRawBufferPointer(rebasing: input[..<length])
    put(requests.take(at: now) ? answer(request) : .refused(.tooManyRequests), at: now)
    drop(length + 1)
  }

  /// A whole line is there already: the poller does not tell of it again.
  var hasLine: Bool { state == .open && !waitsForReader && line != nil }

  private var line: Int? { input[..<inputCount].firstIndex(of: UInt8(ascii: "\n")) }

  private func receive() {
    guard inputCount < input.count else { return refuseLongLine() }
    let room = UnsafeMutableRawBufferPointer(rebasing: input[inputCount...])
    switch try? descriptor.read(into: room) {
    case .bytes(let count)?: inputCount += count
    case .wouldBlock?: break
    case .end?, nil: state = .gone
    }
    if state == .open, line == nil, inputCount == input.count { refuseLongLine() }
  }

  /// Where the line ends cannot be known any more: the peer is told and dropped.
  private func refuseLongLine() {
    put(.refused(.lineTooLong), at: lastRequest)
    state = .gone
  }

  private func drop(_ count: Int) {
    let base = input.baseAddress!
    base.copyMemory(from: base + count, byteCount: inputCount - count)
    inputCount -= count
  }

  private func put(_ answer: ControlAnswer, at now: Int64) {
    (output, outputDone, answeredAt) = (answer.bytes, 0, now)
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
