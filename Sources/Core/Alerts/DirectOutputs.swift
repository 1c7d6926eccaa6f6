import Config
import System

/// Where the hot thread's news goes: at once to the events socket and the journal, through a ring
/// to the outbox, and to all other outputs of alerts.
final class DirectOutputs {
  private let lines: EventLines
  private let subscribers: Subscribers
  private let journal: JournalOutput
  private let others: AlertOutputs
  /// Nil without an outbox.
  private let store: OutboxQueue?
  private let reporter: Reporter

  init(
    lines: EventLines, subscribers: Subscribers, journal: JournalOutput,
    others: AlertOutputs, store: OutboxQueue? = nil, reporter: Reporter
  ) {
    self.lines = lines
    self.subscribers = subscribers
    self.journal = journal
    self.others = others
    self.store = store
    self.reporter = reporter
  }

  /// Hot: one transition to every output of its alert, the quickest first.
  func announce(_ event: AlertEvent, _ alert: Alert) {
    let now = Clock.boot()
    show(alert, at: now)
    if alert.goesToSocket || alert.goesToJournal {
      let line = lines.alert(event)
      if alert.goesToSocket { subscribers.publishAlert(line) }
      if alert.goesToJournal { others.noteJournal(journal.write(event, json: line)) }
    }
    store?.put(event)
    others.announce(event, at: now)
  }

  /// Hot: what the alert's sirens, lamps and relays show now.
  func show(_ alert: Alert, at now: Int64) {
    let signal = OutputSignal(
      alert.machine.signal, severity: alert.settings.severity,
      isEscalated: alert.machine.flags.contains(.escalated))
    others.show(signal, of: alert.index, at: now)
  }

  /// Hot: what outputs have to do without an event.
  func tick(at now: Int64) { others.tick(at: now) }

  /// Hot: when `tick` is due.
  func nextDeadline(at now: Int64) -> Int64 { others.nextDeadline(at: now) }

  /// Hot.
  func publishScores(_ pipeline: ScoringPipeline, at arrival: Int64) {
    subscribers.publish(lines.scores(pipeline, sample: pipeline.sampleScored, at: arrival))
  }

  /// Hot.
  func publishSample(_ channel: SensorChannel, at arrival: Int64) {
    subscribers.publish(lines.sample(channel, at: arrival))
  }

  /// Hot: published even where `publish` does not ask for it: it is rare, and a silent sensor is
  /// news.
  func publishSensor(_ channel: SensorChannel, _ state: SensorState) {
    subscribers.publish(lines.sensor(channel, state))
    guard store != nil, !storeState(of: channel, at: Clock.boot()) else { return }
    channel.leftOutState()
    if channel.statesLeftOut.isPowerOfTwo {
      reporter.report(.statesLeftOut(sensor: channel.index, count: channel.statesLeftOut))
    }
  }

  /// Hot: always published: what was measured over it is not what it seems.
  func publishGap(
    _ channel: SensorChannel, _ nanoseconds: Int64, after sample: Int64, at now: Int64
  ) {
    subscribers.publish(lines.gap(channel, nanoseconds, after: sample, at: now))
  }

  /// Hot: always published: a model that was trained at one rate is wrong at another.
  func publishRate(_ channel: SensorChannel, _ news: RateWatch.News, at arrival: Int64) {
    subscribers.publish(lines.rate(channel, news, at: arrival))
  }

  /// Hot: stores the sensor's state, where the outbox does not have it and takes it now.
  @discardableResult
  func storeState(of channel: SensorChannel, at now: Int64) -> Bool {
    guard let store, let state = channel.state, channel.storesState(at: now) else { return false }
    store.putSensor(channel.index, state, sample: channel.sampleCount, at: now)
    return true
  }

  /// Hot: always published: a program that reads scores has to know which version gave them.
  func publishModel(_ pipeline: ScoringPipeline, _ model: LoadedModel, _ channel: SensorChannel) {
    subscribers.publish(lines.model(pipeline, model, sample: channel.sampleCount))
    store?.putModel(
      of: pipeline.index, version: pipeline.versionCount + 1, sample: channel.sampleCount,
      at: Clock.boot())
  }

  /// Hot: the first model of a pipeline that waited for one.
  func publishFirstModel(_ pipeline: ScoringPipeline, _ channel: SensorChannel) {
    subscribers.publish(lines.firstModel(pipeline, sample: channel.sampleCount))
    store?.putModel(
      of: pipeline.index, version: 0, sample: channel.sampleCount, at: Clock.boot())
  }

  /// Hot: an alert that stands, for one subscriber.
  func tell(_ seat: Int, standing event: AlertEvent) {
    subscribers.send(lines.standing(event), to: seat, isAlert: true)
  }

  /// Hot: how many stand.
  func tell(_ seat: Int, standingCount count: Int) {
    subscribers.send(lines.standing(count: count), to: seat, isAlert: true)
  }

  /// Hot: what another thread has to say, always published.
  func publish(_ line: PreparedLine) {
    line.bytes.withUnsafeBytes { subscribers.publish($0) }
  }

  /// Hot: the answer to a subscriber's `read NAME`, for that subscriber alone.
  func tell(
    _ seat: Int, latestOf name: UnsafeRawBufferPointer, among channels: [SensorChannel],
    at now: Int64
  ) {
    for channel in channels where channel.settings.name.utf8.elementsEqual(name) {
      return subscribers.send(lines.latest(channel, at: now), to: seat)
    }
    subscribers.send(lines.unknownSensor(name), to: seat)
  }
}

extension UnsafeRawBufferPointer {
  /// Hot: what follows the request's first word and its space; nil where it begins otherwise.
  func operand(of word: StaticString) -> UnsafeRawBufferPointer? {
    let wordBytes = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard starts(with: wordBytes) else { return nil }
    return UnsafeRawBufferPointer(rebasing: self[wordBytes.count...])
  }
}
