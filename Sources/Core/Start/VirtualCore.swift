import Config
import EdgeRuntime
import Models
import SensorIO
import System

/// The core without devices, threads and clocks: what comes in and when is told to it, and it
/// answers with transitions. The same samples at the same times give the same transitions on every
/// board.
package final class VirtualCore {
  package struct Transition: Equatable, Sendable {
    /// Nanoseconds since the start.
    package let time: Int64
    package let alert: String
    package let state: String
    package let phase: String
    package let value: Float
    package let level: Float
    /// Of the alert's sensor: the sample that was judged last, from 1; 0 without a sensor.
    package let sample: Int64
    package let episode: Int64
    /// The agent added this alert itself.
    package let isDeadMan: Bool
  }

  private let configuration: Configuration
  let channels: [SensorChannel]
  private let joins: [[SensorJoin]]
  private let pipelines: [ScoringPipeline]
  private let board: AlertBoard
  /// Why models were refused, in lines for people.
  package let refusals: [String]
  /// For each pipeline of the configuration: its scores are given, in the place of its model's.
  private var isGiven: [Bool]
  private let health: HealthWatch
  /// Nanoseconds since the start.
  private(set) var now: Int64 = 0
  private var nextLook: Int64 = 0
  package private(set) var transitions: [Transition] = []
  /// For each pipeline of the configuration the first sample that is in a window.
  private var firstSamples: [Int64]
  /// A window was scored in the frame at hand.
  private var hasScoredInFrame = false
  /// Of the frame at hand, nanoseconds since the start: now, or before where a pause ended it.
  private var arrival: Int64 = 0
  package private(set) var windowCount: Int64 = 0
  /// Of every score so far, with the sample that completed its window: two replays with the same
  /// value gave the same bits.
  private var scoreSum = CRC32()

  /// - Throws: what keeps the agent from starting. A refused model is no error here: its alert says
  ///   so.
  @export(interface)
  package init(_ configuration: Configuration) throws(StartError) {
    self.configuration = configuration
    let builder = try PipelineBuilder(configuration)
    (channels, pipelines) = (builder.channels, builder.pipelines)
    joins = SensorJoin.joins(of: channels)
    refusals = builder.refusals.flatMap { $0.lines }
    isGiven = Array(repeating: false, count: configuration.pipelines.count)
    firstSamples = Array(repeating: 0, count: configuration.pipelines.count)
    board = AlertBoard(configuration, at: 0)
    for pipeline in pipelines { board.rebind(pipeline) }
    health = HealthWatch(
      configuration, board: board, channels: channels, pipelines: pipelines,
      outputs: OutputHealth(count: configuration.outputs.count), losses: LossSign(),
      isClockTrusted: { true }, at: 0)
    for channel in channels { channel.start(at: 0) }
  }

  /// The time goes on to there; what is due before happens before.
  ///
  /// - Parameter look: what is to be done a few times a second beside that, with the core's time.
  @export(interface)
  package func advance(to time: Int64, look: () -> Void = {}) {
    while true {
      let next = min(nextLook, board.nextDeadline)
      guard next <= time else { break }
      now = max(now, next)
      board.tick(at: now, record)
      if now >= nextLook {
        nextLook += Housekeeping.intervalNanoseconds
        for channel in channels where channel.growsStale(at: now) {
          channel.becomeStale()
          if let pause = channel.gaps.becomeStale() { channel.tookGap(pause) }
          board.gap(sensor: channel.index)
        }
        look()
        health.look(at: now, record)
      }
    }
    now = max(now, time)
  }

  /// One sample of a sensor, a value for each of its fields, now.
  @export(interface)
  package func sample(sensor: Int, _ values: UnsafeBufferPointer<Float>) {
    (hasScoredInFrame, arrival) = (false, now)
    _ = channels[sensor].values.update(fromContentsOf: values)
    takeAll(of: channels[sensor], mayScore: true)
  }

  /// The sample in the channel's values, and those of the sensors that are joined at it.
  ///
  /// - Parameter mayScore: no window was scored in this frame before.
  private func takeAll(of channel: SensorChannel, mayScore: Bool) {
    take(channel, mayScore)
    for join in joins[channel.index] {
      join.fill(at: arrival)
      take(join.channel, mayScore)
    }
  }

  private func take(_ channel: SensorChannel, _ mayScore: Bool) {
    channel.sampleCount += 1
    if channel.sees(at: now) {
      _ = channel.tookSample(at: arrival, taken: now)
    } else {
      channel.tookBlindSample(at: arrival)
    }
    board.sample(
      sensor: channel.index, values: UnsafeBufferPointer(channel.values), at: arrival
    ) { record($0, $1, $2, at: arrival) }
    for pipeline in channel.pipelines where channel.sampleCount >= firstSamples[pipeline.index] {
      let isDue = pipeline.push(channel.values)
      guard isDue || pipeline.isDueInDoubt, !isGiven[pipeline.index] else { continue }
      if !mayScore, pipeline.leavesOutInFrame(isLive: channel.isLive) { continue }
      hasScoredInFrame = true
      if isDue {
        pipeline.score(sample: channel.sampleCount)
        tell(pipeline)
      } else {
        pipeline.scoreInDoubt(sample: channel.sampleCount)
      }
    }
  }

  private func tell(_ pipeline: ScoringPipeline) {
    windowCount += 1
    sum(UInt32(truncatingIfNeeded: pipeline.sampleScored))
    for score in pipeline.scores { sum(score.bitPattern) }
    board.score(pipeline: pipeline.index, values: pipeline.scores, at: arrival) {
      record($0, $1, $2, at: arrival)
    }
  }

  private func sum(_ word: UInt32) {
    for shift: UInt32 in [0, 8, 16, 24] { scoreSum.add(UInt8(truncatingIfNeeded: word >> shift)) }
  }

  /// A score of one label in the place of the model, now. Other labels of the pipeline are 0. From
  /// here on the pipeline's own windows are not judged: a test says either what comes in or what
  /// comes out.
  @export(interface)
  package func score(pipeline: Int, label: String, _ score: Float) {
    let settings = configuration.pipelines[pipeline]
    let watched = configuration.watchedLabels(of: settings.name)
    if let channel = channels.first(where: { $0.settings.name == settings.sensor }) {
      channel.seesAll(at: now)
      _ = channel.tookSample(at: now, taken: now)
    }
    if !isGiven[pipeline] {
      isGiven[pipeline] = true
      // A column for each watched label, in their order.
      board.conditions.rebind(pipeline: pipeline, labelIndices: Array(watched.indices))
    }
    let values = watched.map { $0.label == label ? score : 0 }
    values.withUnsafeBufferPointer { board.score(pipeline: pipeline, values: $0, at: now, record) }
  }

  /// A person acts now.
  ///
  /// - Returns: why not; nil where it was done.
  @export(interface)
  package func obey(_ order: AlertTest.Order) -> String? {
    let act: AlertAct =
      switch order.act {
      case .acknowledge: .acknowledge(episode: 0)
      case .confirm: .confirm(episode: 0)
      case .reset: .reset(episode: 0)
      case .unshelve: .unshelve
      case .shelve(let length): .shelve(until: now + length)
      case .service(let isOut): .service(isOut: isOut)
      case .silence(let length): .silence(until: now + length)
      }
    let alert = board.alerts[order.alert]
    let asked = AlertOrder(alert: order.alert, kind: .act(act), person: PersonName(), at: now)
    return board.obey(asked, alert, at: now, record).refusal.map { "\($0.message); \($0.remedy)" }
  }

  private func record(_ alert: Alert, _ transition: AlertTransition, _ person: PersonName) {
    record(alert, transition, person, at: now)
  }

  private func record(
    _ alert: Alert, _ transition: AlertTransition, _ person: PersonName, at time: Int64
  ) {
    let event = board.event(
      alert, transition, person, sample: alert.sensor < 0 ? 0 : channels[alert.sensor].sampleCount,
      arrival: time, wall: 0, latency: 0)
    transitions.append(
      Transition(
        time: time, alert: alert.settings.name, state: "\(transition.word)",
        phase: "\(event.phase.word)", value: event.value, level: event.level,
        sample: event.sample, episode: event.episode,
        isDeadMan: alert.settings.isDeadMan))
  }
}

/// What a recording gives: frames in the place of values, with the numbers and the windows that the
/// recorded agent had.
extension VirtualCore {
  /// Before the first frame: so many samples of the sensor came before the recording.
  @export(interface)
  package func begin(sensor: Int, samplesBefore: Int64, isMidway: Bool) {
    // A file may say anything.
    channels[sensor].sampleCount = min(max(0, samplesBefore), 1 << 62)
    // The device was there long before: none of its fields warms up any more.
    if isMidway { channels[sensor].decoder?.connected(at: .min / 2) }
  }

  /// Before the first frame: a window of that pipeline ended with that sample. So the windows of
  /// the recording begin where those of the recorded agent began.
  @export(interface)
  package func align(pipeline: Int, window sample: Int64) {
    guard let pipeline = pipelines.first(where: { $0.index == pipeline }),
      let channel = channels.first(where: { $0.settings.name == pipeline.settings.sensor })
    else { return }
    let settings = pipeline.scorer.settings
    let stride = Int64(settings.stride)
    // The first window would end there if it began with the recording's first sample.
    let (end, overflows) = channel.sampleCount.addingReportingOverflow(Int64(settings.steps))
    let (distance, wraps) = sample.subtractingReportingOverflow(end)
    guard !overflows, !wraps else { return }
    let shift = (distance % stride + stride) % stride
    firstSamples[pipeline.index] = channel.sampleCount &+ 1 &+ shift
  }

  /// One whole frame of a sensor, now: decoded and judged as the hot thread does it.
  ///
  /// - Parameter arrival: when its bytes came, where that is not now.
  @export(interface)
  package func frame(
    sensor: Int, _ whole: UnsafeRawBufferPointer, arrival frameArrival: Int64? = nil
  ) {
    let channel = channels[sensor]
    guard let decoder = channel.decoder, let frame = channel.content(of: whole) else { return }
    channel.frameCount += 1
    (hasScoredInFrame, arrival) = (false, frameArrival ?? now)
    // A frame that is no sample has been counted by its kind.
    try? decoder.decode(frame, at: arrival, into: channel.values) { deviceTime in
      // As the hot thread: a window that a doubt had kept back leaves out none at this sample.
      let mayScore = !hasScoredInFrame
      switch channel.looksAtTime(deviceTime, arrival: arrival) {
      case .none: break
      case .gap: board.gap(sensor: channel.index)
      case .noGap:
        for pipeline in channel.pipelines {
          pipeline.trust()
          while pipeline.takeKept() { tell(pipeline) }
        }
      }
      takeAll(of: channel, mayScore: mayScore)
    }
  }

  /// What a port could not cut into frames so far.
  func framingFaults(sensor: Int, _ count: Int64) { channels[sensor].framingFaultCount = count }

  /// Good samples, counted as the recorded agent did, and frames that became none.
  @export(interface)
  package func counts(sensor: Int) -> (samples: Int64, refused: Int64) {
    (channels[sensor].sampleCount, channels[sensor].faultCount)
  }

  @export(interface)
  package var scoreChecksum: UInt32 { scoreSum.value }

  /// `name/version` of the model that scores for a pipeline; nil where it was refused.
  @export(interface)
  package func model(pipeline: Int) -> String? {
    pipelines.first { $0.index == pipeline }.map {
      "\($0.bundle.manifest.name)/\($0.bundle.manifest.version)"
    }
  }
}
