import Config
import SensorIO
import System

/// One sensor as the hot thread sees it: its connections, its decoder, the pipelines it feeds.
final class SensorChannel {
  let index: Int
  let settings: SensorSettings
  let connections: [Connection]
  let decoder: SampleDecoder
  /// The sample being decoded, in field order, physical units.
  let values: UnsafeMutableBufferPointer<Float>
  /// The last good sample, for a subscriber that asks. A bad frame after it does not touch it.
  let latest: UnsafeMutableBufferPointer<Float>
  let pipelines: [ScoringPipeline]

  /// Good samples since start; events name a sample by this count.
  var sampleCount: Int64 = 0
  /// Bad frames when the log was last told of them.
  private var faultCountTold: Int64 = 0
  /// Arrival of the last good sample, CLOCK_BOOTTIME; start counts as one.
  private(set) var lastArrival = Clock.boot()
  private(set) var isStale = false
  /// A file or standard input that has been read to its end: no samples are expected any more.
  private(set) var hasEnded = false

  /// - Parameters:
  ///   - index: among the configuration's sensors.
  ///   - decoder: for the sensor's fields.
  init(
    index: Int, settings: SensorSettings, decoder: SampleDecoder, pipelines: [ScoringPipeline]
  ) {
    (self.index, self.settings) = (index, settings)
    (self.decoder, self.pipelines) = (decoder, pipelines)
    values = .allocate(capacity: settings.fields.count)
    values.initialize(repeating: 0)
    latest = .allocate(capacity: settings.fields.count)
    latest.initialize(repeating: 0)
    connections = (0..<Self.connectionCount(of: settings)).map { _ in Connection(settings.framing) }
  }

  static func connectionCount(of settings: SensorSettings) -> Int {
    if case .unix = settings.port { PipelineLimits.producersMax } else { 1 }
  }

  deinit {
    values.deallocate()
    latest.deallocate()
  }

  /// Silence counts from that moment: loading the models took its time.
  func start(at now: Int64) { lastArrival = now }

  /// Hot: the sample in `values` arrived at that time, CLOCK_BOOTTIME.
  ///
  /// - Returns: whether it ends a stale time.
  func tookSample(at arrival: Int64) -> Bool {
    defer { isStale = false }
    lastArrival = arrival
    _ = latest.update(fromContentsOf: values)
    return isStale
  }

  /// Hot: nothing came for too long.
  func becomeStale() {
    isStale = true
    forgetWindows()
  }

  /// Hot: no samples come any more.
  func end() { hasEnded = true }

  /// Hot: the number of bad frames so far where it is worth a notice: at the first, and at every
  /// doubling.
  func takeFaultNews() -> Int64? {
    let count = faultCount
    guard count > 0, faultCountTold == 0 || count >= 2 * faultCountTold else { return nil }
    faultCountTold = count
    return count
  }

  /// What comes after this is a new stretch of time: no window may join it to the old one.
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

/// One open stream of a sensor's bytes, or a place for one. Each has its own framer, so that two
/// producers cannot break each other's frames.
final class Connection {
  let reader: FrameReader
  private let buffer: UnsafeMutableRawBufferPointer
  private(set) var descriptor: Descriptor?
  private(set) var isAlwaysReady = false
  /// When a serial line was opened, perhaps in the middle of a frame; nil once that is settled.
  private var openedMidStream: Int64?

  static let byteCount = PipelineLimits.readBytesMax + FrameReader.byteCount

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
