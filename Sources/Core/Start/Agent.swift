import CPlatform
import Config
import System
import Text

/// The core: everything is made here, once, and then the hot thread runs.
///
///     ports ─▶ hot thread ─▶ subscribers, journal
///       ▲        │  ▲  ├ring─▶ programs' thread
///       │        │  │  └rings▶ outbox thread ─▶ SQLite
///       │    notices admissions
///       └────── doorkeeper ─▶ log        models' thread: looks for new versions
package final class Agent {
  private let configuration: Configuration
  private let notifier: ServiceNotifier
  private let doorkeeper: Doorkeeper
  private let programs: ProgramRunner
  /// Nil without an outbox.
  private let store: OutboxThread?
  private let adopter: ModelAdopter
  private let starts: StartGuard
  private let hot: HotThread
  private let channels: [SensorChannel]
  private let pipelines: [ScoringPipeline]

  /// Loads and checks every model, allocates every buffer, opens every port that is there.
  ///
  /// - Throws: what keeps the agent from doing anything useful. A refused model among several, or a
  ///   sensor that is not there, is logged and does not stop the others.
  @export(interface)
  package init(_ configuration: Configuration) throws(StartError) {
    self.configuration = configuration
    notifier = ServiceNotifier()
    let signals = Signals()
    starts = StartGuard(configuration)
    let outboxQueue = configuration.store.map { _ in OutboxQueue() }
    let builder = try Self.builder(configuration, outboxQueue, starts)
    for refusal in builder.refusals {
      for line in refusal.lines { Log.write(.error, line) }
    }
    if builder.pipelines.isEmpty, let refusal = builder.refusals.first {
      // The next starts lead to the version before: systemd must try them.
      throw .nothingToRun(starts.isCounting ? 1 : refusal.exitCode)
    }
    (channels, pipelines) = (builder.channels, builder.pipelines)
    let alerts = pipelines.flatMap { $0.alerts }

    let admissions = Ring<Admission>(capacity: PipelineLimits.admissionsMax)
    let notices = Ring<Notice>(capacity: PipelineLimits.noticesMax)
    let (hotWakeup, doorWakeup) = (Wakeup(), Wakeup())
    doorkeeper = try Doorkeeper(
      configuration: configuration, admissions: admissions, notices: notices, hotWakeup: hotWakeup,
      wakeup: doorWakeup)
    programs = ProgramRunner(
      configuration: configuration, lines: EventLines(configuration))
    let exchange = ModelExchange()
    let history = ModelHistory(pipelines.map { ($0.index, ModelHistory.Model($0.bundle)) })
    adopter = ModelAdopter(
      configuration, pipelines, exchange: exchange, history: history, hotWakeup: hotWakeup,
      store: outboxQueue, starts: starts)
    for note in starts.notes { outboxQueue?.put(note) }
    let reporter = Reporter(notices: notices, wakeup: doorWakeup)
    store = Self.store(configuration, pipelines, history, outboxQueue)

    do throws(SystemError) {
      let poller = try Poller(eventsMax: PipelineLimits.admissionsMax)
      let lines = EventLines(configuration)
      let subscribers = Subscribers(
        poller: poller, tokenBase: Token.subscriberBase, lines: lines)
      let outputs = DirectOutputs(
        alerts: alerts, lines: lines, subscribers: subscribers,
        journal: JournalOutput(configuration), programs: programs.queue, store: outboxQueue,
        reporter: reporter)
      let housekeeping = Housekeeping(
        channels: channels, outputs: outputs, reporter: reporter, notifier: notifier,
        status: StatusLine(channels: channels, alerts: alerts),
        otherThreads: [doorkeeper.heartbeat, programs.heartbeat])
      hot = try HotThread(
        HotParts(
          poller: poller, signals: signals, channels: channels, subscribers: subscribers,
          outputs: outputs, admissions: admissions, admissionWakeup: hotWakeup, models: exchange,
          housekeeping: housekeeping, publishes: configuration.events.publish,
          reporter: reporter))
    } catch {
      throw .system(error)
    }
  }

  /// Runs until SIGTERM, SIGINT or the end of every input.
  ///
  /// - Returns: what it did, in a line.
  @export(interface)
  package func run() throws(StartError) -> String {
    let (doorkeeper, programs, adopter) = (doorkeeper, programs, adopter)
    guard Thread.start("doorkeeper", { doorkeeper.run() }),
      Thread.start("programs", { programs.run() }),
      !adopter.isNeeded || Thread.start("models", { adopter.run() })
    else { throw .noThread }
    if let store {
      guard Thread.start("outbox", { store.run() }) else { throw .noThread }
    }
    for channel in channels { channel.start(at: Clock.boot()) }
    hot.adoptAdmissions()
    // The code that read configurations and verified models is not needed for what follows.
    cp_drop_code_pages()
    notifier.ready()
    let allocationsAtReady = cp_thread_allocations()
    do throws(SystemError) {
      try hot.run()
    } catch {
      throw .system(error)
    }
    let allocations = cp_thread_allocations() - allocationsAtReady
    notifier.stopping()
    starts.settle(pipelines)
    let unfinished = programs.finish(withinMilliseconds: PipelineLimits.stopMilliseconds)
    for pipeline in pipelines { pipeline.flushResults() }
    if let store, !store.finish() { Log.write(.error, "stopped before the outbox was written") }
    if unfinished > 0 {
      Log.write(.error, "stopped before the programs of \(Decimal.count(unfinished, "alert"))")
    }
    doorkeeper.close()
    return summary(allocations: cp_thread_allocations() < 0 ? nil : allocations)
  }

  /// A wrong configuration is no fault of a version. Where a configuration and a version do not go
  /// together, the version may be at fault.
  private static func builder(
    _ configuration: Configuration, _ queue: OutboxQueue?, _ starts: StartGuard
  ) throws(StartError) -> PipelineBuilder {
    do throws(StartError) {
      return try PipelineBuilder(configuration, queue: queue)
    } catch {
      switch error {
      case .system, .noThread, .noSensor, .eventsSocket, .decoding, .spareTooLarge:
        starts.settleAll()
      case .bundle, .configuration, .scorer, .rate, .labelUnknown, .nothingToRun: break
      }
      throw error
    }
  }

  /// The outbox thread, which takes what the pipelines report.
  private static func store(
    _ configuration: Configuration, _ pipelines: [ScoringPipeline], _ history: ModelHistory,
    _ queue: OutboxQueue?
  ) -> OutboxThread? {
    guard let settings = configuration.store, let queue else { return nil }
    let names = pipelines.map { RecordMaker.Pipeline(index: $0.index, name: $0.settings.name) }
    return OutboxThread(
      settings, configuration, pipelines: names, history: history, queue: queue)
  }

  private func summary(allocations: Int64?) -> String {
    let samples = channels.reduce(0) { $0 + $1.sampleCount }
    let faults = channels.reduce(0) { $0 + $1.faultCount }
    let windows = pipelines.reduce(0) { $0 + $1.windowCount }
    let overruns = pipelines.reduce(0) { $0 + $1.overrunCount }
    let alerts = pipelines.flatMap { $0.alerts }.reduce(0) { $0 + $1.raiseCount }
    let heap = allocations.map { "\($0)" } ?? "not counted in this build"
    let kinds = channels.compactMap { $0.faultSummary }.joined(separator: "; ")
    return "stopped: \(Decimal.count(Int(samples), "sample")), "
      + Decimal.count(Int(faults), "bad frame") + (kinds.isEmpty ? "" : " (\(kinds))")
      + ", \(Decimal.count(Int(windows), "window")) scored, \(Decimal.grouped(Int(overruns))) late, "
      + "\(Decimal.count(Int(alerts), "alert")); heap allocations after ready: \(heap)"
  }
}
