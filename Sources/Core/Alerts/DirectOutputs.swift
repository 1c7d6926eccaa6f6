import Config
import System

/// What the hot thread writes itself, at once: the events socket and the journal. Programs and the
/// outbox have threads that may wait; they get their events through rings.
final class DirectOutputs {
  private let alerts: [Alert]
  private let lines: EventLines
  private let subscribers: Subscribers
  private let journal: JournalOutput
  private let programs: ProgramQueue
  /// Nil without an outbox.
  private let store: OutboxQueue?
  private let reporter: Reporter
  /// Alerts that found the programs' ring full.
  private(set) var droppedPrograms: Int64 = 0

  init(
    alerts: [Alert], lines: EventLines, subscribers: Subscribers, journal: JournalOutput,
    programs: ProgramQueue, store: OutboxQueue? = nil, reporter: Reporter
  ) {
    self.alerts = alerts
    self.lines = lines
    self.subscribers = subscribers
    self.journal = journal
    self.programs = programs
    self.store = store
    self.reporter = reporter
  }

  /// Hot: one transition to every output of its alert, the quickest first.
  func announce(_ event: AlertEvent, _ alert: Alert) {
    let line = lines.alert(event)
    if alert.goesToSocket { subscribers.publish(line) }
    if alert.goesToJournal { journal.write(event, alert, json: line) }
    store?.put(event)
    guard alert.hasPrograms, !programs.put(event) else { return }
    droppedPrograms += 1
    if droppedPrograms.isPowerOfTwo { reporter.report(.programDropped(count: droppedPrograms)) }
  }

  /// Hot.
  func publishScores(_ pipeline: ScoringPipeline, _ channel: SensorChannel, at arrival: Int64) {
    subscribers.publish(lines.scores(pipeline, sample: channel.sampleCount, at: arrival))
  }

  /// Hot.
  func publishSample(_ channel: SensorChannel, at arrival: Int64) {
    subscribers.publish(lines.sample(channel, at: arrival))
  }

  /// Hot: published even where `publish` does not ask for it: it is rare, and a silent sensor is
  /// news.
  func publishSensor(_ channel: SensorChannel, _ state: SensorState) {
    subscribers.publish(lines.sensor(channel, state))
    store?.putSensor(channel.index, state, sample: channel.sampleCount, at: Clock.boot())
  }

  /// Hot: a person has seen the alert.
  func storeAcknowledgement(of alert: Alert) {
    store?.putAcknowledged(alert: alert.index, at: Clock.boot())
  }

  /// Hot: always published: a program that reads scores has to know which version gave them.
  func publishModel(_ pipeline: ScoringPipeline, _ model: LoadedModel, _ channel: SensorChannel) {
    subscribers.publish(lines.model(pipeline, model, sample: channel.sampleCount))
    store?.putModel(
      of: pipeline.index, version: pipeline.versionCount + 1, sample: channel.sampleCount,
      at: Clock.boot())
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

  /// The alert that a subscriber's `acknowledge NAME` means.
  func alert(named name: UnsafeRawBufferPointer) -> Alert? {
    alerts.first { $0.settings.name.utf8.elementsEqual(name) }
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
