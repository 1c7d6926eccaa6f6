import SensorIO
import System
import Text

/// Reads one port as the agent would, and writes what comes to a raw recording.
///
/// Once a second, and whenever a chunk is full, whole blocks go to the file. Once a second the file
/// is synchronized, so a power cut costs what came after that.
final class PortRecorder {
  enum End { case time, size, stopped, ended }

  struct Outcome {
    let end: End
    let reads: UInt64
    let bytes: UInt64
    let nanoseconds: Int64

    func text(_ path: String) -> String {
      var text = "\(path): \(Decimal.grouped(Int(clamping: bytes))) bytes in "
      text += "\(Decimal.count(Int(clamping: reads), "piece")), "
      text += "\(Decimal.text(Double(nanoseconds) / 1e9, decimals: 2)) s; "
      switch end {
      case .time: text += "the time is over"
      case .size: text += "the file is full (--max)"
      case .stopped: text += "stopped"
      case .ended: text += "the port has ended"
      }
      return text + "\n"
    }
  }

  private static let flushNanoseconds: Int64 = 1_000_000_000
  private static let signalToken: UInt64 = 0
  private static let listenerToken: UInt64 = 1
  private static let streamToken: UInt64 = 2

  private let output: RecordingFile
  private let bytesMax: Int
  private let poller: Poller
  private let signals: Signals
  private let listener: UnixListener?
  /// A file, which is read without waiting.
  private let file: Descriptor?
  private var streams: [Descriptor?]
  private var writer: RawRecordingWriter
  private let begin: Int64
  private let end: Int64
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: RawRecordingLimits.itemBytesMax, alignment: 8)
  private var outcome: End?

  /// Opens the port and makes the file.
  ///
  /// - Throws: also when there is a file of that name: no recording is overwritten.
  init(
    _ port: PortAddress, head: String, _ options: RecordCommand.Options
  ) throws(Failure) {
    bytesMax = options.bytesMax
    signals = Signals()
    let opened: OpenedPort
    do throws(PortError) {
      opened = try openPort(port)
    } catch {
      throw .failed(error.message)
    }
    begin = Clock.boot()
    end = begin + (options.nanoseconds ?? RawRecordingLimits.nanosecondsMax)
    streams = Array(repeating: nil, count: RawRecordingLimits.streamsMax)
    writer = RawRecordingWriter(head: head)
    switch opened {
    case .listener(let listening): (listener, file) = (listening, nil)
    case .alwaysReady(let descriptor): (listener, file) = (nil, descriptor)
    case .bound(let bound):
      (listener, file) = (bound, nil)
      streams[0] = bound.descriptor
    case .stream(let descriptor):
      (listener, file) = (nil, nil)
      streams[0] = descriptor
    }
    do throws(SystemError) {
      poller = try Poller(eventsMax: 8)
      try poller.add(signals.descriptor, token: Self.signalToken, interest: .readable)
      if let stream = streams[0] {
        try poller.add(stream.raw, token: Self.streamToken, interest: .readable)
      } else if let listener {
        try poller.add(listener.descriptor.raw, token: Self.listenerToken, interest: .readable)
      }
    } catch {
      throw .failed(error.message)
    }
    output = try RecordingFile(options.output, writer.take())
  }

  deinit { buffer.deallocate() }

  /// Records until the time is over, the file is full, the port ends, or somebody stops it.
  func run() throws(Failure) -> Outcome {
    var nextFlush = begin + Self.flushNanoseconds
    while outcome == nil {
      let now = Clock.boot()
      guard now < end else {
        outcome = .time
        break
      }
      if now >= nextFlush {
        writer.closeChunk()
        try flush(isSynchronized: true)
        nextFlush = now + Self.flushNanoseconds
      }
      do throws(SystemError) {
        try round(until: min(end, nextFlush), now)
      } catch {
        // What came so far is worth keeping.
        try finish()
        throw .failed(error.message)
      }
      try flush(isSynchronized: false)
    }
    let time = try finish()
    return Outcome(
      end: outcome ?? .time, reads: writer.itemCount, bytes: writer.byteCount, nanoseconds: time)
  }

  @discardableResult
  private func finish() throws(Failure) -> Int64 {
    let time = Clock.boot() - begin
    writer.finish(at: time)
    try flush(isSynchronized: true)
    return time
  }

  private func flush(isSynchronized: Bool) throws(Failure) {
    try output.append(writer.take(), isSynchronized: isSynchronized)
  }

  private func round(until due: Int64, _ now: Int64) throws(SystemError) {
    let pause = file == nil ? Int32(clamping: max(0, due - now) / 1_000_000 + 1) : 0
    let events = try poller.wait(timeoutMilliseconds: pause)
    let stamp = Clock.boot()
    for event in events where outcome == nil {
      switch event.token {
      case Self.signalToken: if signals.take() != nil { outcome = .stopped }
      case Self.listenerToken: try admit(at: stamp)
      default: try read(Int(event.token - Self.streamToken), at: stamp)
      }
    }
    if let file, outcome == nil { try read(file, 0, at: stamp) }
  }

  /// Takes a producer in; where every place is taken, it is turned away.
  private func admit(at stamp: Int64) throws(SystemError) {
    while let descriptor = try listener?.accept() {
      guard let place = streams.firstIndex(where: { $0 == nil }) else { continue }
      try poller.add(
        descriptor.raw, token: Self.streamToken + UInt64(place), interest: .readable)
      streams[place] = descriptor
      // An item without bytes: the connection begins anew.
      add(UnsafeRawBufferPointer(start: nil, count: 0), place, at: stamp)
    }
  }

  private func read(_ place: Int, at stamp: Int64) throws(SystemError) {
    guard let descriptor = streams[place] else { return }
    try read(descriptor, place, at: stamp)
  }

  private func read(
    _ descriptor: Descriptor, _ place: Int, at stamp: Int64
  ) throws(SystemError) {
    switch try descriptor.read(into: buffer) {
    case .bytes(let count):
      add(UnsafeRawBufferPointer(rebasing: buffer[..<count]), place, at: stamp)
    case .wouldBlock: break
    case .end where listener != nil && streams[0] !== listener?.descriptor:
      poller.remove(descriptor.raw)
      streams[place] = nil
    case .end where listener != nil: break  // a datagram without a byte
    case .end: outcome = .ended
    }
  }

  private func add(_ bytes: UnsafeRawBufferPointer, _ place: Int, at stamp: Int64) {
    guard writer.fileBytes + RawRecordingWriter.room(for: bytes.count) <= bytesMax else {
      outcome = .size
      return
    }
    writer.add(bytes, .bytes, arrival: stamp - begin, stream: UInt16(place))
  }
}
