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
    /// The agent added this alert itself.
    package let isDeadMan: Bool
  }

  private let configuration: Configuration
  let channels: [SensorChannel]
  private let joins: [[SensorJoin]]
  private let pipelines: [ScoringPipeline]
  private let board: AlertBoard
  /// For each pipeline of the configuration: its scores are given, in the place of its model's.
  private var isGiven: [Bool]
  private let health: HealthWatch
  private var now: Int64 = 0
  private var nextLook: Int64 = 0
  package private(set) var transitions: [Transition] = []

  /// - Throws: what keeps the agent from starting. A refused model is no error here: its alert says
  ///   so.
  @export(interface)
  package init(_ configuration: Configuration) throws(StartError) {
    self.configuration = configuration
    let builder = try PipelineBuilder(configuration)
    (channels, pipelines) = (builder.channels, builder.pipelines)
    joins = SensorJoin.joins(of: channels)
    isGiven = Array(repeating: false, count: configuration.pipelines.count)
    board = AlertBoard(configuration, at: 0)
    for pipeline in pipelines { board.rebind(pipeline) }
    health = HealthWatch(
      configuration, board: board, channels: channels, pipelines: pipelines,
      outputs: OutputHealth(count: configuration.outputs.count), losses: LossSign(),
      isClockTrusted: { true }, at: 0)
    for channel in channels { channel.start(at: 0) }
  }

  /// The time goes on to there; what is due before happens before.
  @export(interface)
  package func advance(to time: Int64) {
    while true {
      let next = min(nextLook, board.nextDeadline)
      guard next <= time else { break }
      now = max(now, next)
      board.tick(at: now, record)
      if now >= nextLook {
        nextLook += Housekeeping.intervalNanoseconds
        for channel in channels where channel.growsStale(at: now) {
          channel.becomeStale()
          board.gap(sensor: channel.index)
        }
        health.look(at: now, record)
      }
    }
    now = max(now, time)
  }

  /// One sample of a sensor, a value for each of its fields, now.
  @export(interface)
  package func sample(sensor: Int, _ values: UnsafeBufferPointer<Float>) {
    _ = channels[sensor].values.update(fromContentsOf: values)
    take(channels[sensor])
    for join in joins[sensor] {
      join.fill(at: now)
      take(join.channel)
    }
  }

  /// The sample in the channel's values.
  private func take(_ channel: SensorChannel) {
    channel.sampleCount += 1
    if channel.sees(at: now) {
      _ = channel.tookSample(at: now, taken: now)
    } else {
      channel.tookBlindSample(at: now)
    }
    board.sample(
      sensor: channel.index, values: UnsafeBufferPointer(channel.values), at: now, record)
    for pipeline in channel.pipelines where pipeline.push(channel.values) {
      guard !isGiven[pipeline.index] else { continue }
      pipeline.score()
      board.score(
        pipeline: pipeline.index, values: pipeline.scorer.scores, at: now, record)
    }
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
    let event = board.event(
      alert, transition, person, sample: 0, arrival: now, wall: 0, latency: 0)
    transitions.append(
      Transition(
        time: now, alert: alert.settings.name, state: "\(transition.word)",
        phase: "\(event.phase.word)", value: event.value, level: event.level,
        isDeadMan: alert.settings.isDeadMan))
  }
}
