import CPlatform
import SensorIO
import System

/// The programs that read events from the Unix socket, one JSON object a line.
///
/// The hot thread waits for no subscriber. What the Linux kernel does not take now waits in the
/// subscriber's own buffer. A line that does not fit there is dropped, whole and for that
/// subscriber alone. So are the lines after it, until the buffer is empty again. The subscriber
/// finds one gap, and in its place a line that says how many lines are missing.
///
/// Samples and scores never cost it an alert: a part of the buffer is for alerts alone, and they
/// are dropped only when that is full too. Who comes late, or finds a gap, is told which alerts
/// stand.
///
/// None can keep the thread busy: each has a reserve of requests. One that has used it up gets one
/// line that says so, and is not read from for a second.
final class Subscribers {
  private final class Seat {
    var descriptor: Descriptor?
    /// The number of the process that connected.
    var process: Int32 = 0
    /// Its place in the order in which all subscribers came.
    var number = 0
    /// The unsent bytes, from `first` to `end`.
    let pending = UnsafeMutableRawBufferPointer.allocate(
      byteCount: PipelineLimits.pendingBytesMax + PipelineLimits.alertBytesMax, alignment: 16)
    var first = 0
    var end = 0
    /// Since the buffer was full; above 0 only while something is pending.
    var droppedLines = 0
    let requests = FrameReader(Subscribers.framing)
    var reserve = Subscribers.reserve(at: 0)
    /// It asked for too much, and is not read from until then, CLOCK_BOOTTIME; nil otherwise.
    var deafUntil: Int64?
    /// It has closed its writing side, as `nc` does at the end of its input, and still reads.
    var isMute = false

    deinit { pending.deallocate() }

    var hasPending: Bool { first < end }

    var interest: PollInterest {
      let reads: PollInterest = isMute || deafUntil != nil ? [] : .readable
      return hasPending ? reads.union(.writable) : reads
    }
  }

  private let seats: [Seat]
  private let poller: Poller
  private let tokenBase: UInt64
  private let lines: EventLines
  private let answers: AnswerLines
  private var arrivalCount = 0
  private var deafCount = 0
  /// Lines dropped for slow subscribers since start.
  private(set) var droppedLines = 0
  /// A bit for each seat that has to be told which alerts stand.
  private var untold: UInt32 = 0
  /// Of these, the seats of newcomers.
  private var new: UInt32 = 0

  private static let framing = FramingSettings.line(LineSettings(end: .lf))

  static let byteCount =
    PipelineLimits.subscribersMax
    * (PipelineLimits.pendingBytesMax + PipelineLimits.alertBytesMax
      + FrameReader.byteCount(of: [framing]))

  /// - Parameter tokenBase: the poller's token of the first seat; the others follow.
  init(poller: Poller, tokenBase: UInt64, lines: EventLines, answers: AnswerLines) {
    seats = (0..<PipelineLimits.subscribersMax).map { _ in Seat() }
    self.poller = poller
    self.tokenBase = tokenBase
    self.lines = lines
    self.answers = answers
  }

  private static func reserve(at now: Int64) -> TokenBucket {
    TokenBucket(
      perSecond: PipelineLimits.requestsPerSecond, capacity: PipelineLimits.requestsAtOnce, at: now)
  }

  var count: Int { seats.reduce(0) { $0 + ($1.descriptor == nil ? 0 : 1) } }

  enum Seating {
    case seated
    /// The descriptor of the one that lost its seat.
    case seatedInPlace(of: Descriptor)
    case refused
  }

  /// Hot: gives a newcomer a seat.
  ///
  /// A process that has as many seats as one may have loses its oldest. Where all seats are taken,
  /// the process with the most of them loses its oldest, and where each has one, the newcomer is
  /// refused. Whoever loses reads why.
  func add(_ descriptor: Descriptor, process: Int32, at now: Int64) -> Seating {
    let free = seats.firstIndex { $0.descriptor == nil }
    let hasMost = seatCount(of: process) >= PipelineLimits.seatsPerProcess
    let loser = hasMost ? oldestSeat(of: process) : free == nil ? oldestSeatOfTheGreediest() : nil
    guard let index = loser ?? free else {
      _ = try? descriptor.write(answers.refused())
      return .refused
    }
    var evicted: Descriptor?
    if loser != nil {
      send(answers.evicted(), to: index)
      evicted = remove(index)
    }
    let token = tokenBase + UInt64(index)
    guard (try? poller.add(descriptor.raw, token: token, interest: .readable)) != nil else {
      return .refused
    }
    let seat = seats[index]
    (seat.descriptor, seat.process, seat.number) = (descriptor, process, arrivalCount)
    arrivalCount += 1
    (seat.first, seat.end, seat.droppedLines, seat.isMute) = (0, 0, 0, false)
    seat.reserve = Self.reserve(at: now)
    seat.requests.reset(discardUntilBoundary: false)
    send(lines.hello(), to: index)
    untold |= 1 << UInt32(index)
    new |= 1 << UInt32(index)
    guard let evicted else { return .seated }
    return .seatedInPlace(of: evicted)
  }

  private func seatCount(of process: Int32) -> Int {
    seats.reduce(0) { $0 + ($1.descriptor != nil && $1.process == process ? 1 : 0) }
  }

  private func oldestSeat(of process: Int32) -> Int? {
    var oldest: Int?
    for index in seats.indices
    where seats[index].descriptor != nil && seats[index].process == process {
      if oldest == nil || seats[index].number < seats[oldest!].number { oldest = index }
    }
    return oldest
  }

  /// Nil where no process has more than one seat.
  private func oldestSeatOfTheGreediest() -> Int? {
    var (process, most): (Int32, Int) = (0, 1)
    for seat in seats where seat.descriptor != nil {
      let count = seatCount(of: seat.process)
      if count > most { (process, most) = (seat.process, count) }
    }
    return most > 1 ? oldestSeat(of: process) : nil
  }

  /// Hot: sends a line to every subscriber. `line` ends with LF.
  func publish(_ line: UnsafeRawBufferPointer) {
    for index in seats.indices where seats[index].descriptor != nil { send(line, to: index) }
  }

  /// Hot: sends an alert to every subscriber.
  func publishAlert(_ line: UnsafeRawBufferPointer) {
    for index in seats.indices where seats[index].descriptor != nil {
      send(line, to: index, isAlert: true)
    }
  }

  /// Hot: the seat asks which alerts stand.
  func markUntold(_ seat: Int) { untold |= 1 << UInt32(seat) }

  /// Hot: a seat that has to be told which alerts stand; each is named once.
  func takeUntoldSeat() -> (seat: Int, isNew: Bool)? {
    guard untold != 0 else { return nil }
    let seat = untold.trailingZeroBitCount
    let bit = UInt32(1) << UInt32(seat)
    defer { (untold, new) = (untold & ~bit, new & ~bit) }
    return (seat, new & bit != 0)
  }

  /// Hot: what the poller said about a seat.
  ///
  /// - Parameter onRequest: gets each request that the subscriber wrote, as far as its reserve
  /// goes.
  /// - Returns: the descriptor of a subscriber that has gone.
  func serve(
    seat index: Int, isReadable: Bool, isWritable: Bool, isHangUp: Bool, at now: Int64,
    onRequest: (UnsafeRawBufferPointer) -> Void
  ) -> Descriptor? {
    let seat = seats[index]
    guard let descriptor = seat.descriptor else { return nil }
    if isWritable { flush(index) }
    // What it wrote before it left still counts.
    if isReadable && !seat.isMute && seat.deafUntil == nil {
      listen(to: index, descriptor, at: now, onRequest)
    }
    if isHangUp { return remove(index) }
    if seat.isMute { watch(index) }
    return nil
  }

  /// Hot: reads again from those that have waited long enough.
  func resume(at now: Int64) {
    guard deafCount > 0 else { return }
    for index in seats.indices {
      guard let time = seats[index].deafUntil, time <= now else { continue }
      seats[index].deafUntil = nil
      deafCount -= 1
      watch(index)
    }
  }

  private func listen(
    to index: Int, _ descriptor: Descriptor, at now: Int64,
    _ onRequest: (UnsafeRawBufferPointer) -> Void
  ) {
    let seat = seats[index]
    var bytes = PipelineLimits.RequestStorage(repeating: 0)
    var span = bytes.mutableSpan
    span.withUnsafeMutableBufferPointer { buffer in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      switch try? descriptor.read(into: raw) {
      case .bytes(let count)?:
        let read = UnsafeRawBufferPointer(rebasing: raw[..<count])
        var hasAsked = false
        seat.requests.push(read) { request in
          hasAsked = true
          guard seat.deafUntil == nil else { return }
          if seat.reserve.take(at: now) { onRequest(request) } else { deafen(index, at: now) }
        }
        // Bytes that are no request cost the thread as much as one.
        if !hasAsked && !seat.reserve.take(at: now) { deafen(index, at: now) }
      case .wouldBlock?: return
      case .end?, nil: seat.isMute = true
      }
    }
  }

  /// It has used up its reserve.
  private func deafen(_ index: Int, at now: Int64) {
    seats[index].deafUntil = now + PipelineLimits.deafNanoseconds
    deafCount += 1
    send(answers.tooManyRequests(), to: index)
    watch(index)
  }

  func remove(_ index: Int) -> Descriptor? {
    guard let descriptor = seats[index].descriptor else { return nil }
    poller.remove(descriptor.raw)
    seats[index].descriptor = nil
    if seats[index].deafUntil != nil { deafCount -= 1 }
    seats[index].deafUntil = nil
    return descriptor
  }

  /// Hot: sends a line to one subscriber. `line` ends with LF.
  func send(_ line: UnsafeRawBufferPointer, to index: Int, isAlert: Bool = false) {
    let seat = seats[index]
    guard let descriptor = seat.descriptor else { return }
    guard seat.droppedLines == 0 || isAlert else { return drop(seat) }
    var sent = 0
    if !seat.hasPending {
      // An error here is a subscriber that has gone; the poller reports it as readable next.
      if let written = try? descriptor.write(line) { sent = written }
      if sent == line.count { return }
    }
    let rest = line.count - sent
    makeRoom(seat)
    let room = isAlert ? seat.pending.count : PipelineLimits.pendingBytesMax
    // What is there of a line that was begun is sent, so its rest has to go too.
    guard rest <= (sent > 0 ? seat.pending.count : room) - seat.end else { return drop(seat) }
    (seat.pending.baseAddress! + seat.end).copyMemory(
      from: line.baseAddress! + sent, byteCount: rest)
    seat.end += rest
    watch(index)
  }

  private func flush(_ index: Int) {
    let seat = seats[index]
    guard let descriptor = seat.descriptor, seat.hasPending else { return }
    let waiting = UnsafeRawBufferPointer(rebasing: seat.pending[seat.first..<seat.end])
    if let written = try? descriptor.write(waiting) { seat.first += written }
    guard !seat.hasPending else { return }
    (seat.first, seat.end) = (0, 0)
    watch(index)
    guard seat.droppedLines > 0 else { return }
    let loss = lines.dropped(count: seat.droppedLines)
    seat.droppedLines = 0
    send(loss, to: index)
    untold |= 1 << UInt32(index)
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

  private func watch(_ index: Int) {
    guard let descriptor = seats[index].descriptor else { return }
    let token = tokenBase + UInt64(index)
    try? poller.modify(descriptor.raw, token: token, interest: seats[index].interest)
  }
}
