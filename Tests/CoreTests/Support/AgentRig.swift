import CPlatform
import Synchronization
import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System
import TestSupport

/// The core without its other threads: the hot thread and all that it is made of. The test takes
/// the places of the doorkeeper, of systemd and of the world outside.
final class AgentRig: @unchecked Sendable {
  let configuration: Configuration
  let channels: [SensorChannel]
  let wires: [Wire]
  let pipelines: [ScoringPipeline]
  let refusals: [StartError]
  /// Pipelines that wait for their first model.
  let waiting: [Int]
  let lines: EventLines
  let subscribers: Subscribers
  let outputs: DirectOutputs
  let board: AlertBoard
  let housekeeping: Housekeeping
  let others: AlertOutputs
  let (doorkeeperHeart, outboxHeart) = (Heartbeat(), Heartbeat())
  let notices = Ring<Notice>(capacity: PipelineLimits.noticesMax)
  let exchange = ModelExchange()
  let stages = StageTimes()
  private var processCount: Int32 = 0
  /// Only the test takes from it. With `stores`, the outputs put their records here.
  let store = OutboxQueue()
  private let admissions = Ring<Admission>(capacity: PipelineLimits.admissionsMax)
  private let (hotWakeup, doorWakeup) = (Wakeup(), Wakeup())
  private let signals = Signals()
  let hot: HotThread
  /// The running thread's pthread_t; 0 before and after.
  private let thread = Atomic<UInt>(0)
  private let hasStopped = Atomic<Bool>(false)

  var alerts: [Alert] { board.alerts }

  init(
    _ configuration: Configuration, journal: JournalOutput? = nil,
    notifier: ServiceNotifier = ServiceNotifier { _ in nil }, stores: Bool = false,
    people: PeopleLinks? = nil
  ) throws {
    self.configuration = configuration
    let builder = try PipelineBuilder(configuration)
    (channels, wires) = (builder.channels, builder.wires)
    (pipelines, refusals, waiting) = (builder.pipelines, builder.refusals, builder.waiting)
    board = AlertBoard(configuration, at: Clock.boot())
    for pipeline in pipelines { board.rebind(pipeline) }
    others = try AlertOutputs(configuration, hotWakeup: hotWakeup)
    let health = HealthWatch(
      configuration, board: board, channels: channels, pipelines: pipelines,
      outputs: others.health, losses: LossSign(),
      at: Clock.boot())
    let poller = try Poller(eventsMax: PipelineLimits.admissionsMax)
    let reporter = Reporter(notices: notices, wakeup: doorWakeup)
    lines = EventLines(configuration)
    let answers = AnswerLines(configuration)
    subscribers = Subscribers(
      poller: poller, tokenBase: Token.subscriberBase, lines: lines, answers: answers)
    outputs = DirectOutputs(
      lines: lines, subscribers: subscribers,
      journal: journal ?? JournalOutput(configuration, socketPath: ""), others: others,
      store: stores ? store : nil, reporter: reporter)
    housekeeping = Housekeeping(
      channels: channels, outputs: outputs, board: board, reporter: reporter, notifier: notifier,
      status: StatusLine(
        channels: channels, board: board,
        waits: configuration.pipelines.map(FirstModelText.status)),
      otherThreads: [
        WatchedThread(name: .doorkeeper, heartbeat: doorkeeperHeart),
        WatchedThread(name: .outbox, heartbeat: outboxHeart),
      ])
    hot = try HotThread(
      HotParts(
        poller: poller, signals: signals, wires: wires, channels: channels,
        subscribers: subscribers,
        outputs: outputs, board: board, health: health, people: people, answers: answers,
        stages: stages,
        admissions: admissions,
        admissionWakeup: hotWakeup, models: exchange,
        housekeeping: housekeeping, publishes: configuration.events.publish, reporter: reporter))
  }

  deinit {
    for raw in [hotWakeup.descriptor, doorWakeup.descriptor, signals.descriptor] { close(raw) }
  }

  // MARK: in the doorkeeper's place

  func deliver(_ role: Admission.Role, _ descriptor: Descriptor) {
    #expect(admissions.put(Admission(role: role, descriptor: descriptor)))
    hotWakeup.wake()
  }

  /// A subscriber; its first line will be the hello.
  ///
  /// - Parameter process: the number of its process; without one, a new process.
  func subscribe(process: Int32? = nil) throws -> Descriptor {
    let (ours, theirs) = try socketPair()
    processCount += 1
    deliver(.subscriber(process: process ?? processCount), ours)
    return theirs
  }

  /// The other end of a sensor's connection.
  func connect(_ sensor: Int = 0) throws -> Descriptor {
    let (ours, theirs) = try socketPair()
    deliver(.connection(wire: sensor, isAlwaysReady: false), ours)
    return theirs
  }

  /// A regular file as a sensor.
  func open(_ path: String, as sensor: Int = 0) throws {
    deliver(.connection(wire: sensor, isAlwaysReady: true), try FilePort.open(path: path))
  }

  /// Everything the hot thread has told so far.
  func told() -> [Notice.Kind] {
    var kinds: [Notice.Kind] = []
    while let notice = notices.take() { kinds.append(notice.kind) }
    return kinds
  }

  // MARK: running

  /// On the caller's thread, until every input has ended.
  func run() throws { try hot.run() }

  /// So many rounds on the caller's thread.
  func goRound(_ count: Int = 1) throws {
    for _ in 0..<count { try hot.goRound() }
  }

  /// Reads again from sensors that were not read for a while.
  func resumeSensors(at now: Int64) { hot.resumeSensors(at: now) }

  /// Takes what was delivered without a round of the thread.
  func adopt() {
    hot.adoptModels()
    hot.adoptAdmissions()
  }

  /// The models' thread; the test calls its rounds.
  func adopter() -> ModelAdopter {
    ModelAdopter(
      configuration, pipelines, exchange: exchange,
      history: ModelHistory(
        pipelines.map { ($0.index, ModelHistory.Model($0.bundle)) }, waiting: waiting),
      hotWakeup: hotWakeup, store: store, waiting: waiting)
  }

  func start() {
    let isStarted = Thread.start("hot") { [self] in
      thread.store(UInt(pthread_self()), ordering: .releasing)
      try? hot.run()
      hasStopped.store(true, ordering: .releasing)
    }
    #expect(isStarted)
    #expect(eventually { thread.load(ordering: .acquiring) != 0 })
  }

  /// As systemd would, with SIGTERM.
  func stop() {
    guard !hasStopped.load(ordering: .acquiring) else { return }
    pthread_kill(pthread_t(thread.load(ordering: .acquiring)), SIGTERM)
    #expect(eventually { hasStopped.load(ordering: .acquiring) })
  }

  var hasEnded: Bool { hasStopped.load(ordering: .acquiring) }
}
