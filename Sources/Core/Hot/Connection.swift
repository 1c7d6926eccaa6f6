import CPlatform
import Config
import SensorIO
import System

/// One open stream of a sensor's bytes, or a place for one. Each has its own framer, so that two
/// producers cannot break each other's frames.
///
/// It keeps what it has read until the hot thread has looked at all of it, however many rounds that
/// takes, and knows since when those bytes wait.
final class Connection {
  let reader: FrameReader
  private let keepsMessages: Bool
  /// What the reader was done with, and since when it holds what comes after that.
  private var position: UInt64 = 0
  private var heldSince: Int64 = 0
  private let buffer: UnsafeMutableRawBufferPointer
  /// The bytes that were read and not yet looked at are from `first` to `end`.
  private var first = 0
  private var end = 0
  /// Of those bytes.
  private(set) var arrival = ArrivalStamp(time: 0)
  private var inKernel = KernelBytes()
  private(set) var descriptor: Descriptor?
  private(set) var isAlwaysReady = false
  /// The poller does not watch it.
  private(set) var isPaused = false
  /// When a serial line was opened, perhaps in the middle of a frame; nil once that is settled.
  private var openedMidStream: Int64?
  /// When it was opened, and when it brought its last good sample; nil before the first. Both in
  /// CLOCK_BOOTTIME.
  private var openedAt: Int64 = 0
  private var sampledAt: Int64?
  /// When it was read, or asked whether it is there.
  private var lookedAt: Int64 = 0

  static func byteCount(_ framings: [FramingSettings]) -> Int {
    PipelineLimits.readBytesMax + FrameReader.byteCount(of: framings)
  }

  /// - Parameters:
  ///   - framings: of all sensors of the wire, each once.
  ///   - keepsMessages: what is read at once is whole messages.
  init(_ framings: [FramingSettings], keepsMessages: Bool = false) {
    self.keepsMessages = keepsMessages
    reader = FrameReader(framings)
    buffer = .allocate(byteCount: PipelineLimits.readBytesMax, alignment: 16)
  }

  deinit { buffer.deallocate() }

  func open(_ descriptor: Descriptor, isAlwaysReady: Bool, joinsMidStream: Bool) {
    self.descriptor = descriptor
    (self.isAlwaysReady, isPaused) = (isAlwaysReady, false)
    (first, end, inKernel) = (0, 0, KernelBytes())
    (openedAt, sampledAt) = (Clock.boot(), nil)
    lookedAt = openedAt
    openedMidStream = joinsMidStream ? openedAt : nil
    reader.reset(discardUntilBoundary: joinsMidStream)
  }

  /// Gives the descriptor away; a half frame is forgotten.
  func close() -> Descriptor? {
    defer { descriptor = nil }
    (first, end, isPaused) = (0, 0, false)
    return descriptor
  }

  /// Hot: it is not read until `resume`; its bytes wait in the Linux kernel.
  func pause(at stamp: ArrivalStamp) -> Descriptor? {
    isPaused = descriptor != nil
    inKernel.waits(since: stamp)
    return descriptor
  }

  /// Hot: the descriptor that the poller has to watch again.
  func resume() -> Int32? {
    isPaused = false
    return descriptor?.raw
  }

  enum Received {
    /// That many.
    case bytes(Int)
    case nothing, end
  }

  /// Hot: whether bytes wait that nobody has looked at.
  var hasWaiting: Bool { first < end }

  /// Hot: whether more bytes wait in the Linux kernel.
  var hasMoreInKernel: Bool { inKernel.isKnown }

  /// Hot: the poller says that there is something to read. Where bytes of before still wait, the
  /// new ones stay in the Linux kernel, and their stamp is kept.
  ///
  /// An error that is not "later" or "gone" is treated as gone: the doorkeeper finds out more when
  /// it opens the port again.
  func receive(at stamp: ArrivalStamp) -> Received {
    guard let descriptor else { return .nothing }
    guard !hasWaiting else {
      inKernel.waits(since: stamp)
      return .nothing
    }
    lookedAt = stamp.time
    switch try? descriptor.read(into: buffer) {
    case .bytes(let count)?:
      settleBoundary()
      (first, end) = (0, count)
      arrival = inKernel.took(
        count, isAll: count < descriptor.bytesMax(of: buffer.count) || isAlwaysReady,
        from: descriptor.raw, at: stamp)
      if !reader.isMidFrame { heldSince = arrival.time }
      return .bytes(count)
    case .wouldBlock?:
      inKernel = KernelBytes()
      return .nothing
    case .end?, nil: return .end
    }
  }

  /// What is done with a frame: it, the index of its framing, and the count of the bytes behind
  /// it. It returns whether to go on.
  typealias Body = (UnsafeRawBufferPointer, Int, Int) -> Bool

  /// Hot: hands over frames until `body` returns false or no byte is left.
  func take(while body: Body) {
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[first..<end])
    first += reader.take(bytes, while: body)
    if reader.position != position { (position, heldSince) = (reader.position, arrival.time) }
    guard keepsMessages, !hasWaiting else { return }
    // A message that fills the buffer was cut: its last line may be half of one.
    reader.endMessage(isCut: end == buffer.count) { frame, framing in _ = body(frame, framing, 0) }
  }

  /// Hot: hands over everything that was read, as it came: the port's master knows what it is.
  func takeAll(_ body: (UnsafeRawBufferPointer) -> Void) {
    body(UnsafeRawBufferPointer(rebasing: buffer[first..<end]))
    first = end
  }

  /// Hot: writes bytes that fit the port at once, as a request does. Where the device takes none,
  /// it will not answer.
  ///
  /// - Returns: how many bytes the port took; nil when it is gone.
  func send(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard let descriptor else { return nil }
    return try? descriptor.write(bytes)
  }

  /// Hot: whether the device has taken all that was sent, as far as the Linux kernel tells.
  var hasSentAll: Bool { descriptor.map { $0.unsentBytes == 0 } ?? true }

  /// Hot: whether it is in the middle of a frame for longer than its device ever is: silent, or
  /// with bytes that a false length swallows.
  func isBroken(at now: Int64, after limit: Int64) -> Bool {
    descriptor != nil && !hasWaiting && !hasMoreInKernel && reader.isMidFrame
      && now - heldSince > limit
  }

  /// Hot: whether a device that was silent for a while is gone, where the poller does not tell. It
  /// is asked only as often as that while is long.
  func isFoundGone(at now: Int64) -> Bool {
    guard let descriptor, !isPaused, !hasWaiting,
      now - lookedAt >= PipelineLimits.unheardNanoseconds
    else { return false }
    lookedAt = now
    return descriptor.isGone
  }

  /// Hot: drops the half frame. Where its length was false, there may be frames in it.
  func endFrame(_ body: Body) { reader.pause { frame, framing in _ = body(frame, framing, 0) } }

  /// Hot: a frame of it became a sample.
  func tookSample(at now: Int64) { sampledAt = now }

  /// Whether it may have to give way to a newcomer, and how urgently: since when it has brought no
  /// good sample. One that never brought any goes before all others.
  func silence(at now: Int64) -> Int64? {
    guard descriptor != nil else { return nil }
    guard let sampledAt else { return .max - max(0, openedAt) }
    return now - sampledAt >= PipelineLimits.silentProducerNanoseconds ? now - sampledAt : nil
  }

  /// A line that was quiet since it was opened begins with a whole frame: nothing needs to be
  /// thrown away. In the middle of a frame the next byte would have come at once.
  private func settleBoundary() {
    guard let opened = openedMidStream else { return }
    openedMidStream = nil
    if Clock.boot() - opened >= PipelineLimits.quietNanoseconds { reader.reset() }
  }
}

/// What is known of the bytes that a connection has left in the Linux kernel.
///
/// A read that fills the buffer leaves bytes behind, which arrived no later than that read. The
/// kernel says how many there are at that moment: these are as old as the bytes before them may be,
/// and what comes behind them is younger. So a stamp is too early by at most the time that one full
/// queue of the kernel takes.
private struct KernelBytes: BitwiseCopyable {
  /// The earliest arrival of the next byte; nil while nothing is known to be there.
  private var next: ArrivalStamp?
  /// How many bytes have that stamp, and the stamp of those behind them.
  private var count = 0
  private var behind = ArrivalStamp(time: 0)

  /// Hot.
  var isKnown: Bool { next != nil }

  /// Hot: bytes are there that are not read now.
  mutating func waits(since stamp: ArrivalStamp) {
    guard next == nil else { return }
    (next, behind, count) = (stamp, stamp, .max)
  }

  /// Hot: so many bytes were read in a round with that stamp.
  ///
  /// - Parameter isAll: no byte was left behind.
  /// - Returns: the stamp of the bytes.
  mutating func took(
    _ bytes: Int, isAll: Bool, from descriptor: Int32, at stamp: ArrivalStamp
  ) -> ArrivalStamp {
    let arrival = next ?? stamp
    if isAll {
      next = nil
    } else if next == nil || count == .max {
      mark(arrival, descriptor, stamp)
    } else if count > bytes {
      count -= bytes
    } else {
      mark(behind, descriptor, stamp)
    }
    return arrival
  }

  private mutating func mark(_ old: ArrivalStamp, _ descriptor: Int32, _ now: ArrivalStamp) {
    let unread = unreadBytes(descriptor)
    // Without an answer the stamp could never become younger.
    next = unread == 0 ? nil : unread == nil ? now : old
    (behind, count) = (now, unread ?? .max)
  }
}
