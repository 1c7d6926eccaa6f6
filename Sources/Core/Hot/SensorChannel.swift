import Config
import SensorIO
import System

/// One sensor as the hot thread sees it: its decoder, what it brought, the pipelines it feeds.
final class SensorChannel {
  let index: Int
  let settings: SensorSettings
  /// Nil of a joined sensor, which has no frames.
  let decoder: SampleDecoder?
  let fieldCounters: FieldCounters
  /// The sample being decoded, in field order, physical units.
  let values: UnsafeMutableBufferPointer<Float>
  /// The last good sample, for a subscriber that asks. A bad frame after it does not touch it.
  let latest: UnsafeMutableBufferPointer<Float>
  /// Those that wait for their first model come later; there is room for them.
  private(set) var pipelines: [ScoringPipeline]
  /// Bit n: the configuration's pipeline n is one of this sensor and waits for its first model.
  private(set) var waiting: UInt32
  /// Its newest frames, for the black box and for people who record; nil where no alert needs them.
  let frames: HistoryRing?
  /// The fields that pipelines and conditions look at, and when each last had a value.
  private var needed: [Int]
  private let valueTimes: UnsafeMutableBufferPointer<Int64>
  /// False for files and standard input: they wait until they are read, so they can neither send
  /// too much nor become old.
  let isLive: Bool

  /// Good samples since start; events name a sample by this count.
  var sampleCount: Int64 = 0
  /// Bad frames when the log was last told of them.
  private var faultCountTold: Int64 = 0
  /// Values that fields had not, when the log was last told of them.
  private var fieldFaultCountTold: Int64 = 0
  /// Admission of the last good sample, CLOCK_BOOTTIME; start counts as one.
  private(set) var lastArrival = Clock.boot()
  /// When the hot thread took the last good sample. The sensor's silence counts from here: samples
  /// that the agent itself kept waiting are no silence.
  private(set) var lastTaken = Clock.boot()
  private(set) var isStale = false
  /// A file or standard input that has been read to its end: no samples are expected any more.
  private(set) var hasEnded = false

  /// What subscribers were last told; nil before the first sample.
  private(set) var state: SensorState?
  /// What the outbox has, and how many changes it was spared.
  private var stateStored: SensorState?
  private(set) var statesLeftOut: Int64 = 0
  private var storing: TokenBucket

  /// Frames beyond the declared rate.
  private(set) var overRateCount: Int64 = 0
  private var rate: TokenBucket
  /// Where samples are missing, and how many come a second.
  var gaps: GapWatch
  var rates: RateWatch
  private(set) var gapCount: Int64 = 0
  /// The last sample before the pause that is in doubt.
  var doubtedSample: Int64 = 0
  /// The length of the latest gap, in nanoseconds.
  private(set) var gapLatest: Int64 = 0

  /// The first bytes of a frame that became no sample: of the first since the log was told of one.
  private(set) var faultBytes = FaultBytes()
  /// The same of the latest one.
  private(set) var faultLatest = FaultBytes()
  private(set) var framingFaultLatest: FrameError?
  private(set) var decodingFaultLatest: DecodeError?
  /// Frames of its wire that are its own.
  var frameCount: Int64 = 0
  /// What became of its requests, where its device is asked.
  var asked = ModbusCounters()
  /// What its wire could not cut into frames, and requests without a sound answer.
  var framingFaultCount: Int64 = 0

  /// - Parameters:
  ///   - index: among the configuration's sensors.
  ///   - decoder: for the sensor's fields; nil of a joined sensor.
  ///   - waiting: pipelines that wait for their first model, among the configuration's.
  init(
    index: Int, settings: SensorSettings, decoder: SampleDecoder?, pipelines: [ScoringPipeline],
    waiting: [Int] = [], needed: [Int] = [], frames: HistoryRing? = nil
  ) {
    self.frames = frames
    (self.index, self.settings) = (index, settings)
    (self.decoder, self.pipelines, self.needed) = (decoder, pipelines, needed)
    self.waiting = waiting.reduce(0) { $0 | 1 << UInt32($1) }
    if !waiting.isEmpty {
      self.pipelines.reserveCapacity(pipelines.count + waiting.count)
      self.needed.reserveCapacity(settings.fields.count)
    }
    fieldCounters =
      decoder?.fieldCounters ?? FieldCounters(fieldCount: settings.fields.count)
    isLive = settings.port.isLive
    gaps = GapWatch(rateHertz: settings.rateHertz)
    rates = RateWatch(rateHertz: settings.rateHertz)
    let now = Clock.boot()
    rate = PipelineLimits.frames(of: settings, at: now)
    storing = PipelineLimits.storedStates(at: now)
    values = .allocate(capacity: settings.fields.count)
    values.initialize(repeating: 0)
    latest = .allocate(capacity: settings.fields.count)
    latest.initialize(repeating: 0)
    valueTimes = .allocate(capacity: settings.fields.count)
    valueTimes.initialize(repeating: now)
  }

  deinit {
    values.deallocate()
    latest.deallocate()
    valueTimes.deallocate()
  }

  /// Hot: a pipeline that waited for its first model scores from the next sample on. Nothing is
  /// allocated: there is room.
  func begin(_ pipeline: ScoringPipeline, at now: Int64) {
    waiting &= ~(1 << UInt32(pipeline.index))
    // In the configuration's order, as after a start.
    var place = 0
    for other in pipelines where other.index < pipeline.index { place += 1 }
    pipelines.insert(pipeline, at: place)
    for field in pipeline.model.binding where !needed.contains(field) {
      needed.append(field)
      valueTimes[field] = now
    }
  }

  /// Silence counts from that moment: loading the models took its time.
  func start(at now: Int64) {
    (lastArrival, lastTaken) = (now, now)
    seesAll(at: now)
  }

  /// Hot: what of a frame is decoded; nil for another sensor's frame of the same CAN bus.
  func content(of frame: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let can = settings.can else { return frame }
    return can.data(of: frame)
  }

  /// Hot: whether its declared rate allows one more frame now. A sensor may be twice as fast as its
  /// rate says, and has a reserve for what it sends after a pause.
  func admitsFrame(at now: Int64) -> Bool {
    guard isLive, settings.isRateLimited, !rate.take(at: now) else { return true }
    overRateCount += 1
    return false
  }

  /// Hot: the sample in `values` arrived at `arrival` and is taken now, CLOCK_BOOTTIME.
  ///
  /// - Returns: whether it ends a stale time.
  func tookSample(at arrival: Int64, taken now: Int64) -> Bool {
    defer { isStale = false }
    (lastArrival, lastTaken) = (arrival, now)
    _ = latest.update(fromContentsOf: values)
    return isStale
  }

  /// Hot: a sample without what alerts need: it is no sign of life.
  func tookBlindSample(at arrival: Int64) {
    lastArrival = arrival
    _ = latest.update(fromContentsOf: values)
  }

  /// Hot: nothing came for too long, and that is news.
  func growsStale(at now: Int64) -> Bool {
    let limit = settings.staleAfterNanoseconds
    return limit > 0 && !isStale && !hasEnded && (now - lastTaken > limit || isBlind(at: now))
  }

  /// Hot: nothing came for too long.
  func becomeStale() {
    isStale = true
    forgetWindows()
  }

  /// Hot: no samples come any more.
  func end() { hasEnded = true }

  /// Hot.
  ///
  /// - Returns: whether that is news.
  func change(to new: SensorState) -> Bool {
    defer { state = new }
    return state != new
  }

  /// Hot: whether the outbox takes the sensor's state now. A sensor whose state changes all the
  /// time fills no outbox; its last state is stored as soon as there is room for it.
  func storesState(at now: Int64) -> Bool {
    guard let state, state != stateStored else { return false }
    guard storing.take(at: now) else { return false }
    stateStored = state
    return true
  }

  /// Hot: a change that the outbox does not get.
  func leftOutState() { statesLeftOut += 1 }

  /// Hot: the number of bad frames so far where it is worth a notice: at the first, and at every
  /// doubling.
  func takeFaultNews() -> Int64? {
    let count = faultCount
    guard count > 0, faultCountTold == 0 || count >= 2 * faultCountTold else { return nil }
    faultCountTold = count
    return count
  }

  /// Hot: the last field that had no value, why, and how often a field had none, where it is worth
  /// a notice: at the first time, and at every doubling.
  func takeFieldNews() -> (field: Int, kind: FieldFault, count: Int64)? {
    let count = Int64(clamping: fieldCounters.absentCount)
    guard count > 0, fieldFaultCountTold == 0 || count >= 2 * fieldFaultCountTold,
      let latest = fieldCounters.absentLatest
    else { return nil }
    fieldFaultCountTold = count
    return (latest.field, latest.kind, count)
  }

  /// Hot: a frame, of which these are the first bytes, became no sample.
  ///
  /// - Parameters:
  ///   - framing: why it could not be cut; of half a frame before a pause nil, as the other.
  ///   - decoding: why it could not be decoded.
  func noteFault(_ bytes: FaultBytes, framing: FrameError? = nil, decoding: DecodeError? = nil) {
    if faultBytes.count == 0 { faultBytes = bytes }
    (faultLatest, framingFaultLatest, decodingFaultLatest) = (bytes, framing, decoding)
  }

  /// Hot: the log was told.
  func forgetFault() { faultBytes = FaultBytes() }

  /// Hot: the sample in `values` is taken now. True where each field that alerts need has had a
  /// value of late: a sensor that says of one that it has none is as good as silent.
  func sees(at now: Int64) -> Bool {
    for field in needed where !values[field].isNaN { valueTimes[field] = now }
    return !isBlind(at: now)
  }

  /// Each field had a value now.
  func seesAll(at now: Int64) { for field in needed { valueTimes[field] = now } }

  /// Hot: samples may come, and a field that alerts need has had no value for too long.
  func isBlind(at now: Int64) -> Bool {
    let limit = settings.staleAfterNanoseconds
    guard limit > 0 else { return false }
    for field in needed where now - valueTimes[field] > limit { return true }
    return false
  }

  /// What the time of a sample says of those before it.
  enum TimeNews: Equatable {
    case none
    /// There was a gap of that length after the sample of that number.
    case gap(nanoseconds: Int64, after: Int64)
    /// A pause was none: windows that were kept back may be due.
    case noGap
  }

  /// Hot: a sample arrived; windows that span a gap before it are broken off, and those that may
  /// span one are kept back.
  ///
  /// - Parameter deviceTime: by the device's own clock, in nanoseconds, if it has one.
  func looksAtTime(_ deviceTime: Int64?, arrival: Int64) -> TimeNews {
    guard isLive || deviceTime != nil else { return .none }
    let verdict =
      deviceTime.map { gaps.sample(atDevice: $0, arrival: arrival) } ?? gaps.sample(at: arrival)
    switch verdict {
    case .none: return .none
    case .doubt:
      doubtedSample = sampleCount
      for pipeline in pipelines { pipeline.doubt() }
      return .none
    case .gap(let nanoseconds, let isInDoubtAgain):
      for pipeline in pipelines { pipeline.breakOff() }
      tookGap(nanoseconds)
      let before = doubtedSample
      if isInDoubtAgain {
        doubtedSample = sampleCount
        for pipeline in pipelines { pipeline.doubt() }
      }
      return .gap(nanoseconds: nanoseconds, after: before)
    case .gapHere(let nanoseconds):
      forgetWindows()
      tookGap(nanoseconds)
      return .gap(nanoseconds: nanoseconds, after: sampleCount)
    case .noGap: return .noGap
    }
  }

  /// Hot: there was a gap of that length.
  func tookGap(_ nanoseconds: Int64) {
    gapCount += 1
    gapLatest = nanoseconds
    rates.gap(nanoseconds: nanoseconds)
  }

  /// What comes after this is a new stretch of time: no window may join it to the old one.
  func forgetWindows() {
    for pipeline in pipelines { pipeline.forget() }
  }

  /// Frames that became no sample, for whatever reason.
  var refusedCount: Int64 { faultCount + overRateCount }

  /// Frames that became no sample: broken in framing, or not decodable.
  var faultCount: Int64 { Int64(clamping: decoder?.counters.faults ?? 0) + framingFaultCount }
}
