import Config
import SensorIO
import System
import Text

/// Asks a running agent for a sensor's frames, some times a second, and writes them to a raw
/// recording. The file is made with the first frame, whose number is in its head.
final class AgentRecorder {
  /// The agent takes 20 requests a second from one program.
  private static let pauseNanoseconds: Int64 = 100_000_000

  private let sensor: SensorSettings
  private var head: RecordingHead
  private let options: RecordCommand.Options
  private let client: ControlClient
  private let signals = Signals()
  private var writer: RawRecordingWriter?
  /// With the writer.
  private var output: RecordingFile?
  private var begin: Int64
  private var next: Int64
  private var outcome: PortRecorder.End?
  private var hasMissed = false
  private var lastFlush: Int64 = 0

  /// - Parameter socket: the agent's, for people.
  init(
    _ sensor: SensorSettings, _ head: RecordingHead, _ options: RecordCommand.Options,
    socket: String
  ) throws(Failure) {
    (self.sensor, self.head, self.options) = (sensor, head, options)
    client = try ControlClient(path: socket)
    let answer = try client.ask { writer in
      writer.member("do", "record")
      writer.member("sensor", sensor.name)
    }
    guard let at = answer["at"]?.int64, let next = answer["next"]?.int64 else {
      throw .failed("\(socket): the agent's version knows no recordings", "restart it")
    }
    (begin, self.next) = (at, next)
    guard Files.kind(options.output) == .missing else {
      throw .failed("\(options.output): File exists", "give --output a name that no file has")
    }
  }

  /// Records until the time is over, the file is full, the agent ends, or somebody stops it.
  func run() throws(Failure) -> PortRecorder.Outcome {
    let end = begin + (options.nanoseconds ?? RawRecordingLimits.nanosecondsMax)
    while outcome == nil {
      let now = Clock.boot()
      var wait = Wait()
      let signal = wait.add(signals.descriptor)
      _ = try? wait.run(nanoseconds: min(Self.pauseNanoseconds, max(0, end - now)))
      if wait.isReady(signal), signals.take() != nil { outcome = .stopped }
      do throws(Failure) {
        try takePages()
      } catch {
        // What came so far is worth keeping.
        guard writer != nil else { throw error }
        outcome = .ended
      }
      if outcome == nil, Clock.boot() >= end { outcome = .time }
      if Clock.boot() - lastFlush >= 1_000_000_000 {
        writer?.closeChunk()
        try flush(isSynchronized: true)
      }
    }
    return try finish()
  }

  private func takePages() throws(Failure) {
    var isFull = true
    while isFull, outcome != .size {
      let page = try client.ask { writer in
        writer.member("do", "record")
        writer.member("sensor", sensor.name)
        writer.member("after", next)
      }
      if page["missed"]?.bool == true {
        hasMissed = true
        writer?.addHole()
      }
      for frame in page["frames"]?.array ?? [] where outcome != .size { try take(frame) }
      next = page["next"]?.int64 ?? next
      isFull = page["full"]?.bool == true
      try flush(isSynchronized: false)
      guard isFull else { return }
      var wait = Wait()
      _ = try? wait.run(nanoseconds: Self.pauseNanoseconds / 2)
    }
  }

  private func take(_ frame: JSONValue) throws(Failure) {
    guard let at = frame["at"]?.int64, let sample = frame["sample"]?.int64,
      let text = frame["bytes"]?.string, let bytes = Base64.bytes(text)
    else { throw .failed("\(client.path): the agent's answer is no frame") }
    // A frame that arrived before the first question and was taken after it.
    begin = writer == nil ? min(begin, at) : begin
    try makeFile(sample)
    guard writer!.fileBytes + RawRecordingWriter.room(for: bytes.count) <= options.bytesMax else {
      outcome = .size
      return
    }
    let arrival = at.subtractingReportingOverflow(begin).partialValue
    bytes.span.withUnsafeBytes { writer!.add($0, .frames, arrival: arrival) }
  }

  private func makeFile(_ samplesBefore: Int64) throws(Failure) {
    guard writer == nil else { return }
    (head.at, head.samplesBefore) = (begin, samplesBefore)
    writer = RawRecordingWriter(head: head.text(sensor: sensor.written))
    output = try RecordingFile(options.output, writer!.take())
  }

  private func flush(isSynchronized: Bool) throws(Failure) {
    guard let bytes = writer?.take() else { return }
    if isSynchronized { lastFlush = Clock.boot() }
    try output?.append(bytes, isSynchronized: isSynchronized)
  }

  private func finish() throws(Failure) -> PortRecorder.Outcome {
    try makeFile(0)
    let time = Clock.boot() - begin
    writer!.finish(at: time)
    try flush(isSynchronized: true)
    if hasMissed {
      Terminal.write(
        "warning: frames are missing: the agent wrote over them before they were asked for; "
          + "give [black_box] more memory\n", to: 2)
    }
    return PortRecorder.Outcome(
      end: outcome ?? .time, reads: writer!.itemCount, bytes: writer!.byteCount, nanoseconds: time)
  }
}
