import SensorIO
import System
import Text

/// One sensor as the hot thread sees it: its connections, its decoder, the pipelines it feeds.
final class SensorChannel {
  let index: Int
  let settings: SensorSettings
  let connections: [Connection]
  let decoder: SampleDecoder
  /// The sample being decoded, in field order, physical units.
  let values: UnsafeMutableBufferPointer<Float>
  /// The last good sample, which no bad frame after it touches: for whoever asks.
  let latest: UnsafeMutableBufferPointer<Float>
  /// Set once at start.
  var pipelines: [ScoringPipeline] = []

  /// Good samples since start; events name a sample by this count.
  var sampleCount: Int64 = 0
  /// Bad frames when the log was last told of them.
  var faultCountTold: Int64 = 0
  /// Arrival of the last good sample, CLOCK_BOOTTIME; start counts as one.
  var lastArrival = Clock.boot()
  var isStale = false
  /// A file or standard input that has been read to its end: no samples are expected any more.
  var hasEnded = false

  init(index: Int, settings: SensorSettings) throws(DecodingSetupError) {
    self.index = index
    self.settings = settings
    decoder = try SampleDecoder(settings.decoding, fields: settings.fields)
    values = .allocate(capacity: settings.fields.count)
    values.initialize(repeating: 0)
    latest = .allocate(capacity: settings.fields.count)
    latest.initialize(repeating: 0)
    var count = 1
    if case .unix = settings.port { count = PipelineLimits.producersMax }
    connections = (0..<count).map { _ in Connection(settings.framing) }
  }

  deinit {
    values.deallocate()
    latest.deallocate()
  }

  /// Everything after this is a new stretch of time: half a window must not be glued to it.
  func forgetWindows() {
    for pipeline in pipelines { pipeline.forget() }
  }

  var isConnected: Bool { connections.contains { $0.descriptor != nil } }

  /// Frames that became no sample: broken in framing, or not decodable.
  var faultCount: Int64 {
    var count = decoder.counters.faults
    for connection in connections { count += connection.reader.counters.faults }
    return Int64(count)
  }
}

/// One open stream of a sensor's bytes, or a place for one. Each has a framer of its own, so that
/// two producers cannot break each other's frames.
final class Connection {
  let reader: FrameReader
  private let buffer: UnsafeMutableRawBufferPointer
  private(set) var descriptor: Descriptor?
  private(set) var isAlwaysReady = false
  /// When a serial line was opened that may be in the middle of a frame; nil once that is settled.
  private var openedMidStream: Int64?

  init(_ framing: FramingSettings) {
    reader = FrameReader(framing)
    buffer = .allocate(byteCount: PipelineLimits.readBytesMax, alignment: 16)
  }

  deinit { buffer.deallocate() }

  func open(_ descriptor: Descriptor, isAlwaysReady: Bool, joinsMidStream: Bool) {
    self.descriptor = descriptor
    self.isAlwaysReady = isAlwaysReady
    openedMidStream = joinsMidStream ? Clock.boot() : nil
    reader.reset(discardUntilBoundary: joinsMidStream)
  }

  /// Gives the descriptor away; a half frame is forgotten.
  func close() -> Descriptor? {
    defer { descriptor = nil }
    return descriptor
  }

  enum Received {
    case bytes(UnsafeRawBufferPointer)
    case nothing
    case end
  }

  /// One buffer of what is there, valid until the next call. An error that is not "later" or "gone"
  /// is treated as gone too: the doorkeeper finds out more when it opens the port again.
  func receive() -> Received {
    guard let descriptor else { return .nothing }
    switch try? descriptor.read(into: buffer) {
    case .bytes(let count)?:
      settleBoundary()
      return .bytes(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    case .wouldBlock?: return .nothing
    case .end?, nil: return .end
    }
  }

  /// A line that was quiet since it was opened begins with a whole frame: nothing needs to be
  /// thrown away. In the middle of a frame the next byte would have come at once.
  private func settleBoundary() {
    guard let opened = openedMidStream else { return }
    openedMidStream = nil
    if Clock.boot() - opened >= PipelineLimits.quietNanoseconds { reader.reset() }
  }
}
