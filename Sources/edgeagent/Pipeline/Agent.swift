import CPlatform
import EdgeRuntime
import SensorIO

/// The core process: everything is made here, once, and then the hot thread runs.
///
///     ports ─▶ hot thread ─▶ subscribers, journal
///       ▲        │  ▲  └ring─▶ commands' thread
///       │    notices arrivals
///       └────── doorkeeper ─▶ log
final class Agent {
  private let configuration: Configuration
  private let notifier: ServiceNotifier
  private let doorkeeper: Doorkeeper
  private let commands: CommandRunner
  private let hot: HotThread
  private let channels: [SensorChannel]
  let pipelines: [ScoringPipeline]

  /// Loads and checks every model, allocates every buffer, opens every port that is there.
  ///
  /// - Throws: what keeps the agent from doing anything useful. One model out of several that was
  ///   refused, or a sensor that is not there, is logged and does not stop the others.
  init(_ configuration: Configuration) throws(StartError) {
    self.configuration = configuration
    notifier = ServiceNotifier()
    let signals = Signals()
    channels = try Self.channels(configuration)
    pipelines = try Self.pipelines(configuration, feeding: channels)
    let alarms = pipelines.flatMap { $0.alarms }

    let arrivals = Ring<Arrival>(capacity: PipelineLimits.arrivalsMax)
    let notices = Ring<Notice>(capacity: PipelineLimits.noticesMax)
    let (hotWakeup, doorWakeup) = (Wakeup(), Wakeup())
    doorkeeper = try Doorkeeper(
      configuration: configuration, arrivals: arrivals, notices: notices, hotWakeup: hotWakeup,
      wakeup: doorWakeup)
    commands = CommandRunner(
      configuration: configuration, lines: EventLines(configuration))
    let reporter = Reporter(notices: notices, wakeup: doorWakeup)

    do throws(SystemError) {
      let poller = try Poller(eventsMax: PipelineLimits.arrivalsMax)
      let lines = EventLines(configuration)
      let subscribers = Subscribers(
        poller: poller, tokenBase: Token.subscriberBase, lines: lines)
      let outputs = DirectOutputs(
        alarms: alarms, lines: lines, subscribers: subscribers,
        journal: JournalOutput(configuration), commands: commands, reporter: reporter)
      let housekeeping = Housekeeping(
        channels: channels, outputs: outputs, reporter: reporter, notifier: notifier,
        status: StatusLine(channels: channels, alarms: alarms),
        otherThreads: [doorkeeper.heartbeat, commands.heartbeat])
      hot = try HotThread(
        HotParts(
          poller: poller, signals: signals, channels: channels, subscribers: subscribers,
          outputs: outputs, arrivals: arrivals, arrivalWakeup: hotWakeup,
          housekeeping: housekeeping, publishes: configuration.events.publish,
          reporter: reporter))
    } catch {
      throw .system(error)
    }
  }

  /// Runs until SIGTERM, SIGINT or the end of every input.
  func run() throws(StartError) {
    let (doorkeeper, commands) = (doorkeeper, commands)
    guard Thread.start("doorkeeper", { doorkeeper.run() }),
      Thread.start("commands", { commands.run() })
    else { throw .noThread }
    hot.adoptArrivals()
    notifier.ready()
    let allocationsAtReady = cp_thread_allocations()
    do throws(SystemError) {
      try hot.run()
    } catch {
      throw .system(error)
    }
    let allocations = cp_thread_allocations() - allocationsAtReady
    notifier.stopping()
    Log.write(.notice, summary(allocations: cp_thread_allocations() < 0 ? nil : allocations))
  }

  private func summary(allocations: Int64?) -> String {
    let samples = channels.reduce(0) { $0 + $1.sampleCount }
    let faults = channels.reduce(0) { $0 + $1.faultCount }
    let windows = pipelines.reduce(0) { $0 + $1.windowCount }
    let overruns = pipelines.reduce(0) { $0 + $1.overrunCount }
    let alerts = pipelines.flatMap { $0.alarms }.reduce(0) { $0 + $1.raiseCount }
    let heap = allocations.map { "\($0)" } ?? "not counted in this build"
    return "stopped: \(samples) samples, \(faults) bad frames, \(windows) windows scored, "
      + "\(overruns) late, \(alerts) alerts; heap allocations after ready: \(heap)"
  }

  private static func channels(
    _ configuration: Configuration
  ) throws(StartError) -> [SensorChannel] {
    var channels: [SensorChannel] = []
    for (index, settings) in configuration.sensors.enumerated() {
      do throws(DecodingSetupError) {
        channels.append(try SensorChannel(index: index, settings: settings))
      } catch {
        throw .decoding(place: settings.fieldsPlace, error)
      }
    }
    return channels
  }

  private static func pipelines(
    _ configuration: Configuration, feeding channels: [SensorChannel]
  ) throws(StartError) -> [ScoringPipeline] {
    let store = ModelStore(folder: configuration.agent.models)
    var pipelines: [ScoringPipeline] = []
    var refused: [StartError] = []
    for (index, settings) in configuration.pipelines.enumerated() {
      let sensor = configuration.sensorIndex(named: settings.sensor)!
      do throws(BundleError) {
        let bundle = try ModelBundle(folder: try store.locate(settings.model))
        let pipeline = try ScoringPipeline(
          index: index, settings: settings, sensor: configuration.sensors[sensor],
          bundle: bundle)
        pipelines.append(pipeline)
        channels[sensor].pipelines.append(pipeline)
      } catch {
        let refusal = StartError.bundle(
          pipeline: settings.name, place: settings.modelPlace, error)
        refused.append(refusal)
        for line in refusal.lines { Log.write(.error, line) }
      }
    }
    if pipelines.isEmpty, let first = refused.first { throw .nothingToRun(first.exitCode) }
    try attachAlarms(configuration, to: pipelines)
    return pipelines
  }

  private static func attachAlarms(
    _ configuration: Configuration, to pipelines: [ScoringPipeline]
  ) throws(StartError) {
    for (index, settings) in configuration.alerts.enumerated() {
      // Its model was refused, and that has been said.
      guard let pipeline = pipelines.first(where: { $0.settings.name == settings.source.pipeline })
      else { continue }
      let labels = pipeline.bundle.manifest.labels
      guard let label = labels.firstIndex(of: settings.source.label) else {
        throw .labelUnknown(
          place: settings.sourcePlace, label: settings.source.label, labels: labels)
      }
      pipeline.alarms.append(Alarm(index: index, settings: settings, label: label))
    }
  }
}

/// What the hot thread is made of.
struct HotParts {
  let poller: Poller
  let signals: Signals
  let channels: [SensorChannel]
  let subscribers: Subscribers
  let outputs: DirectOutputs
  let arrivals: Ring<Arrival>
  let arrivalWakeup: Wakeup
  let housekeeping: Housekeeping
  let publishes: EventKinds
  let reporter: Reporter
}

/// Why the core does not start.
enum StartError: Error {
  case system(SystemError)
  case noThread
  case eventsSocket(place: SourcePlace, PortError)
  case decoding(place: SourcePlace, DecodingSetupError)
  case bundle(pipeline: String, place: SourcePlace, BundleError)
  case binding(ConfigurationError)
  case labelUnknown(place: SourcePlace, label: String, labels: [String])
  /// Every pipeline's model was refused, and each refusal has been logged.
  case nothingToRun(Int32)
}
