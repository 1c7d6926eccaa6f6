import CPlatform
import SensorIO
import System

/// The programs that read events from the Unix socket, one JSON object a line.
///
/// The hot thread waits for no subscriber. What the Linux kernel does not take now waits in the
/// subscriber's own buffer. A line that does not fit there is dropped, whole and for that
/// subscriber alone. So are the lines after it, until the buffer is empty again. The subscriber
/// finds one gap, and in its place a line that says how many lines are missing.
final class Subscribers {
  private final class Seat {
    var descriptor: Descriptor?
    /// The unsent bytes, from `first` to `end`.
    let pending = UnsafeMutableRawBufferPointer.allocate(
      byteCount: PipelineLimits.pendingBytesMax, alignment: 16)
    var first = 0
    var end = 0
    /// Since the buffer was full; above 0 only while something is pending.
    var droppedLines = 0
    let requests = FrameReader(.line)
    /// It has closed its writing side, as `nc` does at the end of its input, and still reads.
    var isMute = false

    deinit { pending.deallocate() }

    var hasPending: Bool { first < end }
  }

  private let seats: [Seat]
  private let poller: Poller
  private let tokenBase: UInt64
  private let lines: EventLines
  /// Lines dropped for slow subscribers since start.
  private(set) var droppedLines = 0

  static let byteCount =
    PipelineLimits.subscribersMax * (PipelineLimits.pendingBytesMax + FrameReader.byteCount)

  /// - Parameter tokenBase: the poller's token of the first seat; the others follow.
  init(poller: Poller, tokenBase: UInt64, lines: EventLines) {
    seats = (0..<PipelineLimits.subscribersMax).map { _ in Seat() }
    self.poller = poller
    self.tokenBase = tokenBase
    self.lines = lines
  }

  var count: Int { seats.reduce(0) { $0 + ($1.descriptor == nil ? 0 : 1) } }

  /// - Returns: false when every seat is taken or the poller refuses.
  func add(_ descriptor: Descriptor) -> Bool {
    guard let index = seats.firstIndex(where: { $0.descriptor == nil }) else { return false }
    let token = tokenBase + UInt64(index)
    guard (try? poller.add(descriptor.raw, token: token, interest: .readable)) != nil else {
      return false
    }
    let seat = seats[index]
    seat.descriptor = descriptor
    (seat.first, seat.end, seat.droppedLines, seat.isMute) = (0, 0, 0, false)
    seat.requests.reset(discardUntilBoundary: false)
    send(lines.hello(), to: index)
    return true
  }

  /// Hot: sends a line to every subscriber. `line` ends with LF.
  func publish(_ line: UnsafeRawBufferPointer) {
    for index in seats.indices where seats[index].descriptor != nil { send(line, to: index) }
  }

  /// Hot: what the poller said about a seat.
  ///
  /// - Parameter onRequest: gets each request that the subscriber wrote.
  /// - Returns: the descriptor of a subscriber that has gone.
  func serve(
    seat index: Int, isReadable: Bool, isWritable: Bool, isHangUp: Bool,
    onRequest: (UnsafeRawBufferPointer) -> Void
  ) -> Descriptor? {
    let seat = seats[index]
    guard let descriptor = seat.descriptor else { return nil }
    if isWritable { flush(index) }
    // What it wrote before it left still counts.
    if isReadable && !seat.isMute { listen(to: seat, descriptor, onRequest) }
    if isHangUp { return remove(index) }
    if seat.isMute { watch(index, seat.hasPending ? .writable : []) }
    return nil
  }

  private func listen(
    to seat: Seat, _ descriptor: Descriptor, _ onRequest: (UnsafeRawBufferPointer) -> Void
  ) {
    var bytes = PipelineLimits.RequestStorage(repeating: 0)
    var span = bytes.mutableSpan
    span.withUnsafeMutableBufferPointer { buffer in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      switch try? descriptor.read(into: raw) {
      case .bytes(let count)?:
        seat.requests.push(UnsafeRawBufferPointer(rebasing: raw[..<count]), onRequest)
      case .wouldBlock?: return
      case .end?, nil: seat.isMute = true
      }
    }
  }

  func remove(_ index: Int) -> Descriptor? {
    guard let descriptor = seats[index].descriptor else { return nil }
    poller.remove(descriptor.raw)
    seats[index].descriptor = nil
    return descriptor
  }

  /// Hot: sends a line to one subscriber. `line` ends with LF.
  func send(_ line: UnsafeRawBufferPointer, to index: Int) {
    let seat = seats[index]
    guard let descriptor = seat.descriptor else { return }
    guard seat.droppedLines == 0 else { return drop(seat) }
    var sent = 0
    if !seat.hasPending {
      // An error here is a subscriber that has gone; the poller reports it as readable next.
      if let written = try? descriptor.write(line) { sent = written }
      if sent == line.count { return }
    }
    let rest = line.count - sent
    makeRoom(seat)
    guard rest <= seat.pending.count - seat.end else { return drop(seat) }
    (seat.pending.baseAddress! + seat.end).copyMemory(
      from: line.baseAddress! + sent, byteCount: rest)
    seat.end += rest
    watch(index, seat.isMute ? .writable : [.readable, .writable])
  }

  private func flush(_ index: Int) {
    let seat = seats[index]
    guard let descriptor = seat.descriptor, seat.hasPending else { return }
    let waiting = UnsafeRawBufferPointer(rebasing: seat.pending[seat.first..<seat.end])
    if let written = try? descriptor.write(waiting) { seat.first += written }
    guard !seat.hasPending else { return }
    (seat.first, seat.end) = (0, 0)
    watch(index, seat.isMute ? [] : .readable)
    guard seat.droppedLines > 0 else { return }
    let loss = lines.dropped(count: seat.droppedLines)
    seat.droppedLines = 0
    send(loss, to: index)
  }

  private func drop(_ seat: Seat) {
    seat.droppedLines += 1
    droppedLines += 1
  }

  /// Moves what is pending to the front.
  private func makeRoom(_ seat: Seat) {
    guard seat.first > 0 else { return }
    let base = seat.pending.baseAddress!
    base.copyMemory(from: base + seat.first, byteCount: seat.end - seat.first)
    (seat.first, seat.end) = (0, seat.end - seat.first)
  }

  private func watch(_ index: Int, _ interest: PollInterest) {
    guard let descriptor = seats[index].descriptor else { return }
    try? poller.modify(descriptor.raw, token: tokenBase + UInt64(index), interest: interest)
  }
}
