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
  let pipelines: [ScoringPipeline]
  let refusals: [StartError]
  let lines: EventLines
  let subscribers: Subscribers
  let outputs: DirectOutputs
  let housekeeping: Housekeeping
  let programs: ProgramRunner
  let doorkeeperHeart = Heartbeat()
  let notices = Ring<Notice>(capacity: PipelineLimits.noticesMax)
  let exchange = ModelExchange()
  /// Only the test takes from it.
  let store = OutboxQueue()
  private let admissions = Ring<Admission>(capacity: PipelineLimits.admissionsMax)
  private let (hotWakeup, doorWakeup) = (Wakeup(), Wakeup())
  private let signals = Signals()
  private let hot: HotThread
  /// The running thread's pthread_t; 0 before and after.
  private let thread = Atomic<UInt>(0)
  private let hasStopped = Atomic<Bool>(false)

  var alerts: [Alert] { pipelines.flatMap { $0.alerts } }

  init(
    _ configuration: Configuration, journal: JournalOutput? = nil,
    notifier: ServiceNotifier = ServiceNotifier { _ in nil }
  ) throws {
    self.configuration = configuration
    let builder = try PipelineBuilder(configuration)
    (channels, pipelines, refusals) = (builder.channels, builder.pipelines, builder.refusals)
    let alerts = builder.pipelines.flatMap { $0.alerts }
    let poller = try Poller(eventsMax: PipelineLimits.admissionsMax)
    let reporter = Reporter(notices: notices, wakeup: doorWakeup)
    lines = EventLines(configuration)
    subscribers = Subscribers(poller: poller, tokenBase: Token.subscriberBase, lines: lines)
    programs = ProgramRunner(configuration: configuration, lines: EventLines(configuration))
    outputs = DirectOutputs(
      alerts: alerts, lines: lines, subscribers: subscribers,
      journal: journal ?? JournalOutput(configuration, socketPath: ""), programs: programs.queue,
      reporter: reporter)
    housekeeping = Housekeeping(
      channels: channels, outputs: outputs, reporter: reporter, notifier: notifier,
      status: StatusLine(channels: channels, alerts: alerts), otherThreads: [doorkeeperHeart])
    hot = try HotThread(
      HotParts(
        poller: poller, signals: signals, channels: channels, subscribers: subscribers,
        outputs: outputs, admissions: admissions, admissionWakeup: hotWakeup, models: exchange,
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
  func subscribe() throws -> Descriptor {
    let (ours, theirs) = try socketPair()
    deliver(.subscriber, ours)
    return theirs
  }

  /// The other end of a sensor's connection.
  func connect(_ sensor: Int = 0) throws -> Descriptor {
    let (ours, theirs) = try socketPair()
    deliver(.connection(sensor: sensor, isAlwaysReady: false), ours)
    return theirs
  }

  /// A regular file as a sensor.
  func open(_ path: String, as sensor: Int = 0) throws {
    deliver(.connection(sensor: sensor, isAlwaysReady: true), try FilePort.open(path: path))
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

  /// Takes what was delivered without a round of the thread.
  func adopt() {
    hot.adoptModels()
    hot.adoptAdmissions()
  }

  /// The models' thread; the test calls its rounds.
  func adopter() -> ModelAdopter {
    ModelAdopter(
      configuration, pipelines, exchange: exchange,
      history: ModelHistory(pipelines.map { ($0.index, ModelHistory.Model($0.bundle)) }),
      hotWakeup: hotWakeup, store: store)
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
