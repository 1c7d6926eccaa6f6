import CPlatform
import Config
import Models
import Store
import System
import Text

/// The core: everything is made here, once, and then the hot thread runs.
///
///     ports ─▶ hot thread ─▶ subscribers, journal
///       ▲        │  ▲  ├rings▶ outputs: programs, brokers
///       │        │  │  └rings▶ outbox thread ─▶ SQLite
///       │    notices admissions
///       └────── doorkeeper ─▶ log        models' thread: looks for new versions
package final class Agent {
  private let configuration: Configuration
  private let notifier: ServiceNotifier
  private let doorkeeper: Doorkeeper
  private let others: AlertOutputs
  /// Nil without an outbox.
  private let store: OutboxThread?
  /// Nil without an outbox, and where its socket cannot be made.
  private let door: DoorThread?
  /// No other agent works in its state folder.
  private let lock: FileLock?
  private let adopter: ModelAdopter
  private let starts: StartGuard
  private let hot: HotThread
  private let board: AlertBoard
  private let people: PeopleSide
  private let channels: [SensorChannel]
  private let wires: [Wire]
  private let pipelines: [ScoringPipeline]

  /// Loads and checks every model, allocates every buffer, opens every port that is there.
  ///
  /// - Throws: what keeps the agent from doing anything useful. A refused model among several, or a
  ///   sensor that is not there, is logged and does not stop the others.
  @export(interface)
  package init(_ configuration: Configuration) throws(StartError) {
    self.configuration = configuration
    cp_share_heap()
    // Before anything of the other agent's is touched.
    lock = try AgentLock.take(in: configuration.agent.state)
    notifier = ServiceNotifier()
    let signals = Signals()
    starts = StartGuard(configuration)
    let outboxQueue = configuration.store.map { _ in OutboxQueue() }
    let trust = try Self.trust(configuration, starts)
    let builder = try Self.builder(configuration, outboxQueue, starts, trust)
    let fallbacks = starts.goBack(builder.fallbacks, in: configuration)
    for refusal in builder.refusals {
      for line in refusal.lines { Log.write(.error, line) }
    }
    for line in builder.waitingLines { Log.write(.warning, line) }
    if builder.pipelines.isEmpty, builder.waiting.isEmpty, let refusal = builder.refusals.first,
      !configuration.hasAlertWithoutModel
    {
      // The next starts lead to the version before: systemd must try them.
      throw .nothingToRun(starts.isCounting ? 1 : refusal.exitCode)
    }
    (channels, wires, pipelines) = (builder.channels, builder.wires, builder.pipelines)
    for alert in configuration.alerts where !alert.isDeadMan && alert.outputs.isEmpty {
      Log.write(.warning, "alert \(alert.name) has no outputs: nobody is told of it")
    }
    let (hotWakeup, doorWakeup) = (Wakeup(), Wakeup())
    let people = PeopleSide(
      configuration,
      ranges: LevelRanges(
        scores: pipelines.map { (pipeline: $0.settings.name, range: $0.scorer.scoreRange) }),
      hotWakeup: hotWakeup, outbox: outboxQueue, frames: channels.map { $0.frames })
    self.people = people
    board = people.board(for: pipelines)
    do throws(SystemError) {
      others = try AlertOutputs(configuration, hotWakeup: hotWakeup)
    } catch {
      throw .system(error)
    }
    let health = HealthWatch(
      configuration, board: board, channels: channels, pipelines: pipelines,
      outputs: others.health, losses: outboxQueue?.lossSign ?? LossSign(), at: Clock.boot())

    let passed = PassedSockets.take()
    for path in passed.paths(notAmong: configuration.sensors.compactMap { $0.port.path }) {
      Log.write(.warning, "systemd passed a socket at \(path), which is no sensor's port")
    }
    let admissions = Ring<Admission>(capacity: PipelineLimits.admissionsMax)
    let notices = Ring<Notice>(capacity: PipelineLimits.noticesMax)
    do throws(StartError) {
      doorkeeper = try Doorkeeper(
        configuration: configuration, admissions: admissions, notices: notices,
        hotWakeup: hotWakeup, wakeup: doorWakeup, passed: passed)
    } catch {
      // A socket or a device that is not there is no fault of a version.
      starts.settleAll()
      throw error
    }
    let exchange = ModelExchange()
    let history = ModelHistory(
      pipelines.map { ($0.index, ModelHistory.Model($0.bundle)) }, waiting: builder.waiting)
    // Sync that runs as another user asks for adoptions there, too.
    let hasWishes = configuration.hasWishes
    let hasDoor = outboxQueue != nil || hasWishes
    let doorQueue =
      hasDoor
      ? DoorQueue(outboxQueue?.wakeup, models: hasWishes ? exchange.wakeup : nil) : nil
    adopter = ModelAdopter(
      configuration, pipelines, exchange: exchange, history: history, hotWakeup: hotWakeup,
      store: outboxQueue, starts: starts, trust: trust, waiting: builder.waiting,
      door: hasWishes ? doorQueue : nil)
    for note in starts.notes + fallbacks { outboxQueue?.put(.trial(note)) }
    let reporter = Reporter(notices: notices, wakeup: doorWakeup)
    let hasRings = channels.contains { $0.frames != nil }
    let blackBox = outboxQueue.flatMap { hasRings ? BlackBox(wakeup: $0.wakeup) : nil }
    door = doorQueue.flatMap { Self.door(configuration.outboxPath, $0) }
    store = Self.store(configuration, builder, history, outboxQueue, doorQueue, blackBox)

    var otherThreads = [WatchedThread(name: .doorkeeper, heartbeat: doorkeeper.heartbeat)]
    otherThreads += others.threads + people.threads
    if adopter.isNeeded {
      otherThreads.append(WatchedThread(name: .models, heartbeat: adopter.heartbeat))
    }
    if let store {
      otherThreads.append(WatchedThread(name: .outbox, heartbeat: store.heartbeat))
    }
    if let door { otherThreads.append(WatchedThread(name: .door, heartbeat: door.heartbeat)) }

    do throws(SystemError) {
      let poller = try Poller(eventsMax: PipelineLimits.admissionsMax)
      let lines = EventLines(configuration)
      let answers = AnswerLines(configuration)
      let subscribers = Subscribers(
        poller: poller, tokenBase: Token.subscriberBase, lines: lines, answers: answers)
      let outputs = DirectOutputs(
        lines: lines, subscribers: subscribers,
        journal: JournalOutput(configuration), others: others, store: outboxQueue,
        reporter: reporter)
      let housekeeping = Housekeeping(
        channels: channels, outputs: outputs, board: board, reporter: reporter,
        notifier: notifier,
        status: StatusLine(
          channels: channels, board: board,
          disabledCount: builder.refusals.count,
          waits: configuration.pipelines.map(FirstModelText.status)),
        otherThreads: otherThreads)
      hot = try HotThread(
        HotParts(
          poller: poller, signals: signals, wires: wires, channels: channels,
          subscribers: subscribers,
          outputs: outputs, board: board, health: health, people: people.links,
          blackBox: blackBox, answers: answers,
          stages: StageTimes(), admissions: admissions, admissionWakeup: hotWakeup,
          models: exchange,
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
    let (doorkeeper, adopter) = (doorkeeper, adopter)
    // Whoever asks before the first round hears what stands.
    hot.tellOthers(at: Clock.boot())
    try people.listen()
    guard Thread.start("doorkeeper", { doorkeeper.run() }),
      others.start(), people.start(),
      !adopter.isNeeded || Thread.start("models", { adopter.run() })
    else { throw .noThread }
    if let store {
      guard Thread.start("outbox", { store.run() }) else { throw .noThread }
    }
    if let door {
      guard Thread.start("door", { door.run() }) else { throw .noThread }
    }
    for channel in channels { channel.start(at: Clock.boot()) }
    hot.adoptAdmissions()
    // The code that read configurations and verified models is not needed for what follows.
    cp_drop_code_pages()
    for pipeline in pipelines { pipeline.warmUp() }
    Punctuality(configuration.agent).begin()
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
    let untold = others.finish(withinMilliseconds: PipelineLimits.stopMilliseconds)
    for channel in channels {
      for pipeline in channel.pipelines { pipeline.flushResults() }
    }
    door?.close()
    if let store, !store.finish() { Log.write(.error, "stopped before the outbox was written") }
    for text in untold { Log.write(.error, "stopped before this was told: \(text)") }
    people.finish()
    doorkeeper.close()
    for wire in wires {
      for connection in wire.connections { connection.descriptor?.stopDevice() }
    }
    return summary(allocations: cp_thread_allocations() < 0 ? nil : allocations)
  }

  /// Says at every start who does not verify this board's models, where nobody does.
  private static func trust(
    _ configuration: Configuration, _ starts: StartGuard
  ) throws(StartError) -> BundleTrust {
    do throws(StartError) {
      let trust = try BoardTrust(configuration)
      switch trust.news {
      case .decided?: Log.write(.notice, trust.news!.text)
      case .undecided?: Log.write(.warning, trust.news!.text)
      case nil: break
      }
      return trust.bundles
    } catch {
      starts.settleAll()
      throw error
    }
  }

  /// A wrong configuration is no fault of a version. Where a configuration and a version do not go
  /// together, the version may be at fault.
  private static func builder(
    _ configuration: Configuration, _ queue: OutboxQueue?, _ starts: StartGuard,
    _ trust: BundleTrust
  ) throws(StartError) -> PipelineBuilder {
    do throws(StartError) {
      return try PipelineBuilder(configuration, queue: queue, trust: trust)
    } catch {
      switch error {
      case .system, .noThread, .stateInUse, .noSensor, .eventsSocket, .controlSocket, .port,
        .decoding, .trust, .spareTooLarge:
        starts.settleAll()
      case .bundle, .configuration, .scorer, .rate, .labelUnknown, .levelUnreachable,
        .votesTooLong, .holdTooShort, .nothingToRun:
        break
      }
      throw error
    }
  }

  /// The outbox thread, which takes what the pipelines report.
  private static func store(
    _ configuration: Configuration, _ builder: PipelineBuilder, _ history: ModelHistory,
    _ queue: OutboxQueue?, _ door: DoorQueue?, _ blackBox: BlackBox?
  ) -> OutboxThread? {
    guard let settings = configuration.store, let queue, let door else { return nil }
    let recorder = blackBox.map { box in
      AlertRecorder(
        configuration, settings, history: history, box: box,
        rings: builder.channels.map { $0.frames })
    }
    let indices = builder.pipelines.map { $0.index } + builder.waiting
    let names = indices.map {
      RecordMaker.Pipeline(index: $0, name: configuration.pipelines[$0].name)
    }
    return OutboxThread(
      settings, configuration, pipelines: names, history: history, queue: queue, door: door,
      recorder: recorder)
  }

  /// Alerts need no door. Without one, sync and the commands get no records while the agent runs.
  private static func door(_ outbox: String, _ queue: DoorQueue) -> DoorThread? {
    let path = OutboxDoor.path(beside: outbox)
    Files.makeFolder(of: path)
    do throws(SocketError) {
      return try DoorThread(path, queue: queue)
    } catch {
      Log.write(.error, "\(error.message); records stay on the board until the agent has it")
      return nil
    }
  }

  private func summary(allocations: Int64?) -> String {
    let totals = AgentTotals(channels, board)
    let heap = allocations.map { "\($0)" } ?? "not counted in this build"
    let kinds = wires.compactMap { $0.faultSummary }.joined(separator: "; ")
    return "stopped: \(Decimal.count(Int(totals.samples), "sample")), "
      + Decimal.count(Int(totals.badFrames), "bad frame") + (kinds.isEmpty ? "" : " (\(kinds))")
      + ", \(Decimal.count(Int(totals.windows), "window")) scored, "
      + "\(Decimal.grouped(Int(totals.late))) late, "
      + "\(Decimal.count(Int(totals.raised), "alert")); heap allocations after ready: \(heap)"
  }
}
