import CPlatform
import Config
import EdgeRuntime
import SensorIO
import System

/// The thread that must never be late: bytes in, alert out.
///
/// After READY it allocates nothing, opens nothing, takes no lock and waits only in its poller. It
/// is the process's main thread, because systemd gives that one the real-time priority.
final class HotThread {
  private let poller: Poller
  private let signals: Signals
  let channels: [SensorChannel]
  private let subscribers: Subscribers
  let outputs: DirectOutputs
  private let admissions: Ring<Admission>
  private let admissionWakeup: Wakeup
  let models: ModelExchange
  let housekeeping: Housekeeping
  private let reporter: Reporter
  private let publishes: EventKinds
  private var isStopping = false
  /// Spent on candidates since the start, and that sum when the bytes in hand arrived.
  var candidateNanoseconds: Int64 = 0
  var candidateBeforeArrival: Int64 = 0

  init(_ parts: HotParts) throws(SystemError) {
    poller = parts.poller
    signals = parts.signals
    channels = parts.channels
    subscribers = parts.subscribers
    outputs = parts.outputs
    admissions = parts.admissions
    admissionWakeup = parts.admissionWakeup
    models = parts.models
    housekeeping = parts.housekeeping
    reporter = parts.reporter
    publishes = parts.publishes
    try poller.add(signals.descriptor, token: Token.signals.raw, interest: .readable)
    try poller.add(admissionWakeup.descriptor, token: Token.admissions.raw, interest: .readable)
  }

  /// Runs until a signal asks it to stop, or every input has ended.
  func run() throws(SystemError) {
    while !isStopping {
      let events = try poller.wait(timeoutMilliseconds: pauseMilliseconds())
      adoptModels()
      adoptAdmissions()
      for event in events { serve(event) }
      for channel in channels { readFiles(of: channel) }
      housekeeping.keep(at: Clock.boot())
      if housekeeping.hasEveryInputEnded { isStopping = true }
    }
  }

  private func serve(_ event: PollEvent) {
    switch Token(raw: event.token) {
    case .signals:
      if signals.take() != nil { isStopping = true }
    case .admissions:
      admissionWakeup.clear()
    case .connection(let sensor, let connection):
      let channel = channels[sensor]
      receive(channel, channel.connections[connection])
    case .subscriber(let seat):
      let gone = subscribers.serve(
        seat: seat, isReadable: event.isReadable, isWritable: event.isWritable,
        isHangUp: event.isHangUp
      ) { obey($0, of: seat) }
      if let gone { reporter.report(.subscriberGone(gone)) }
    }
  }

  // MARK: the flow

  /// Bytes → frames.
  private func receive(_ channel: SensorChannel, _ connection: Connection) {
    switch connection.receive() {
    case .bytes(let bytes):
      let arrival = Clock.boot()
      candidateBeforeArrival = candidateNanoseconds
      connection.reader.push(bytes) { frame in take(frame, channel, at: arrival) }
      housekeeping.checkFaults(of: channel, connection)
    case .nothing:
      return
    case .end:
      disconnect(channel, connection)
    }
  }

  /// Frame → sample → window → scores → alert.
  private func take(_ frame: UnsafeRawBufferPointer, _ channel: SensorChannel, at arrival: Int64) {
    // A frame that is no sample has been counted by its kind.
    guard (try? channel.decoder.decode(frame, into: channel.values)) != nil else { return }
    channel.sampleCount += 1
    housekeeping.sawSample(of: channel, at: arrival)
    for pipeline in channel.pipelines where pipeline.push(channel.values) {
      pipeline.score()
      for alert in pipeline.alerts { judge(alert, pipeline, channel, at: arrival) }
      pipeline.report(sample: channel.sampleCount, at: arrival)
      watch(pipeline, channel, at: arrival)
      if publishes.contains(.scores) { outputs.publishScores(pipeline, channel, at: arrival) }
    }
    if publishes.contains(.samples) { outputs.publishSample(channel, at: arrival) }
    // Last of all: however long a candidate takes, this sample's alerts are out.
    for pipeline in channel.pipelines where pipeline.candidate != nil {
      scoreCandidate(of: pipeline, channel, at: arrival)
    }
  }

  /// Scores → transition → outputs.
  private func judge(
    _ alert: Alert, _ pipeline: ScoringPipeline, _ channel: SensorChannel, at arrival: Int64
  ) {
    let score = pipeline.scorer.scores[alert.label]
    guard let transition = alert.judge(score, at: arrival) else { return }
    announce(transition, alert, score: score, sample: channel.sampleCount, at: arrival)
  }

  private func announce(
    _ transition: AlertTransition, _ alert: Alert, score: Float, sample: Int64, at arrival: Int64
  ) {
    let latency = Clock.boot() - arrival
    outputs.announce(
      AlertEvent(
        alert: alert.index, transition: transition, score: score, sample: sample,
        arrival: arrival, wall: Clock.wall() - latency, latency: latency), alert)
  }

  /// A subscriber's request: `acknowledge NAME` or `read SENSOR`.
  private func obey(_ request: UnsafeRawBufferPointer, of seat: Int) {
    if let name = request.operand(of: "read ") {
      outputs.tell(seat, latestOf: name, among: channels, at: Clock.boot())
    } else if let name = request.operand(of: "acknowledge "),
      let alert = outputs.alert(named: name), let transition = alert.acknowledge()
    {
      outputs.storeAcknowledgement(of: alert)
      announce(transition, alert, score: 0, sample: 0, at: Clock.boot())
    }
  }

  // MARK: connections

  /// Takes over what the doorkeeper opened.
  func adoptAdmissions() {
    while let admission = admissions.take() {
      switch admission.role {
      case .connection(let sensor, let isAlwaysReady):
        connect(channels[sensor], admission.descriptor, isAlwaysReady: isAlwaysReady)
      case .subscriber:
        if !subscribers.add(admission.descriptor) {
          reporter.report(.subscriberRefused(admission.descriptor))
        }
      }
    }
  }

  private func connect(
    _ channel: SensorChannel, _ descriptor: Descriptor, isAlwaysReady: Bool
  ) {
    guard let slot = channel.connections.firstIndex(where: { $0.descriptor == nil }) else {
      return reporter.report(.producerRefused(sensor: channel.index, descriptor))
    }
    if !isAlwaysReady {
      let token = Token.connection(sensor: channel.index, connection: slot)
      do throws(SystemError) {
        try poller.add(descriptor.raw, token: token.raw, interest: .readable)
      } catch {
        return reporter.report(.lost(sensor: channel.index, descriptor))
      }
    }
    // Only a serial line may have sent before the agent opened it.
    let joinsMidStream = if case .serial = channel.settings.port { true } else { false }
    channel.connections[slot].open(
      descriptor, isAlwaysReady: isAlwaysReady, joinsMidStream: joinsMidStream)
    outputs.publishSensor(channel, .connected)
  }

  private func disconnect(_ channel: SensorChannel, _ connection: Connection) {
    // A loss that the doorkeeper does not hear of would leave the sensor closed for good: the next
    // round tries again.
    guard reporter.hasRoom, let descriptor = connection.close() else { return }
    poller.remove(descriptor.raw)
    switch channel.settings.port {
    case .standardInput, .file:
      housekeeping.inputEnded(channel)
      outputs.publishSensor(channel, .ended)
      reporter.report(.ended(sensor: channel.index, descriptor))
    case .serial, .unix:
      if !channel.isConnected { channel.forgetWindows() }
      outputs.publishSensor(channel, .lost)
      reporter.report(.lost(sensor: channel.index, descriptor))
    }
  }

  /// The poller does not take regular files: each gives one buffer a round, so that no other sensor
  /// starves.
  private func readFiles(of channel: SensorChannel) {
    for connection in channel.connections where connection.isAlwaysReady {
      receive(channel, connection)
    }
  }

  private func pauseMilliseconds() -> Int32 {
    for channel in channels {
      for connection in channel.connections
      where connection.isAlwaysReady && connection.descriptor != nil { return 0 }
    }
    return housekeeping.pauseMilliseconds(at: Clock.boot())
  }
}

/// What the hot thread is made of.
struct HotParts {
  let poller: Poller
  let signals: Signals
  let channels: [SensorChannel]
  let subscribers: Subscribers
  let outputs: DirectOutputs
  let admissions: Ring<Admission>
  let admissionWakeup: Wakeup
  let models: ModelExchange
  let housekeeping: Housekeeping
  let publishes: EventKinds
  let reporter: Reporter
}
