import CPlatform
import Config
import EdgeRuntime
import SensorIO
import System

/// The thread that must never be late: bytes in, alert out.
///
/// After READY it allocates nothing, opens nothing, takes no lock and waits only in its poller. It
/// is the process's main thread, because systemd gives that one the real-time priority. What one
/// round does for a sensor, a subscriber or a newcomer is bounded (`Turns`, `Subscribers`,
/// `PipelineLimits`).
final class HotThread {
  let poller: Poller
  private let signals: Signals
  let wires: [Wire]
  /// The sensors, in the configuration's order.
  let channels: [SensorChannel]
  /// For each sensor those that are joined at its samples.
  let joins: [[SensorJoin]]
  let subscribers: Subscribers
  let outputs: DirectOutputs
  let board: AlertBoard
  let health: HealthWatch
  /// Nil where no people act, as in a bench.
  let people: PeopleLinks?
  /// When the others are told of values that changed nothing.
  var nextTelling: Int64 = 0
  /// Nil where no alert leaves a recording.
  let blackBox: BlackBox?
  let answers: AnswerLines
  let stages: StageTimes
  let admissions: Ring<Admission>
  private let admissionWakeup: Wakeup
  let models: ModelExchange
  let housekeeping: Housekeeping
  let reporter: Reporter
  let publishes: EventKinds
  private(set) var isStopping = false
  private(set) var round: RoundClock
  /// The wire that is next among those whose bytes wait.
  var nextWire = 0
  /// Sensors may be paused.
  var hasPaused = false
  /// More newcomers may wait than the last round has taken in.
  var hasMoreAdmissions = false
  /// Spent on candidates since the start, and that sum when the frame in hand arrived.
  var candidateNanoseconds: Int64 = 0
  var candidateBeforeArrival: Int64 = 0

  init(_ parts: HotParts) throws(SystemError) {
    poller = parts.poller
    signals = parts.signals
    (wires, channels) = (parts.wires, parts.channels)
    joins = SensorJoin.joins(of: channels)
    subscribers = parts.subscribers
    outputs = parts.outputs
    (board, health, people) = (parts.board, parts.health, parts.people)
    blackBox = parts.blackBox
    answers = parts.answers
    stages = parts.stages
    admissions = parts.admissions
    admissionWakeup = parts.admissionWakeup
    models = parts.models
    housekeeping = parts.housekeeping
    reporter = parts.reporter
    publishes = parts.publishes
    round = RoundClock(ArrivalStamp(time: Clock.boot()))
    try poller.add(signals.descriptor, token: Token.signals.raw, interest: .readable)
    try poller.add(admissionWakeup.descriptor, token: Token.admissions.raw, interest: .readable)
  }

  /// Runs until a signal asks it to stop, or every input has ended.
  func run() throws(SystemError) {
    // Alerts that stood when the agent stopped.
    for alert in board.alerts { outputs.show(alert, at: Clock.boot()) }
    while !isStopping { try goRound() }
    takeLastTurns()
  }

  func goRound() throws(SystemError) {
    let events = try waitForEvents()
    adoptModels()
    obeyOrders()
    for event in events { serve(event) }
    // After the events: a seat that changes hands has no event of its last owner left.
    adoptAdmissions(atMost: PipelineLimits.admissionsPerRound)
    takeTurns()
    askDevices()
    promptDevices()
    let now = Clock.boot()
    subscribers.resume(at: now)
    resumeSensors(at: now)
    tellUntold()
    let isLook = housekeeping.keep(at: now)
    if isLook { endPauses(at: now) }
    if isLook && !housekeeping.hasEveryInputEnded {
      health.look(at: now) { announce($1, $0, $2, at: now) }
    }
    board.tick(at: now) { announce($1, $0, $2, at: now) }
    outputs.tick(at: now)
    tellOthers(at: now)
    if housekeeping.hasEveryInputEnded { isStopping = true }
  }

  /// Asks the poller first, and waits only when there is nothing: what it reports at once may have
  /// arrived while this thread was busy.
  private func waitForEvents() throws(SystemError) -> PollEvents {
    var events = try poller.wait(timeoutMilliseconds: 0)
    let waits = events.isEmpty && !hasWork
    if waits {
      let now = Clock.boot()
      let due = min(
        board.nextDeadline, outputs.nextDeadline(at: now), nextQuestion, nextPrompt)
      let alerts = due > now ? Int32(clamping: (due - now) / 1_000_000 + 1) : 0
      let pause = min(housekeeping.pauseMilliseconds(at: now), alerts)
      events = try poller.wait(timeoutMilliseconds: pause)
    }
    round.pollerReturned(
      at: ArrivalStamp(time: Clock.boot(), candidateNanoseconds: candidateNanoseconds),
      hasWaited: waits)
    return events
  }

  private func serve(_ event: PollEvent) {
    switch Token(raw: event.token) {
    case .signals:
      if signals.take() != nil { isStopping = true }
    case .admissions:
      admissionWakeup.clear()
      hasMoreAdmissions = true
    case .connection(let wire, let connection):
      listen(wires[wire], wires[wire].connections[connection], at: round.stamp)
    case .subscriber(let seat):
      let gone = subscribers.serve(
        seat: seat, isReadable: event.isReadable, isWritable: event.isWritable,
        isHangUp: event.isHangUp, at: round.stamp.time
      ) { obey($0, of: seat) }
      if let gone { reporter.report(.subscriberGone(gone)) }
    }
  }

  // MARK: transitions

  /// Transition → outputs. The latency counts from the arrival of the bytes that caused it.
  func announce(
    _ transition: AlertTransition, _ alert: Alert, _ person: PersonName, at arrival: Int64
  ) {
    let event = event(alert, transition, person, at: arrival)
    tellOthers(of: alert, at: event.arrival + event.latency, wall: event.wall + event.latency)
    outputs.announce(event, alert)
    if transition == .raised { blackBox?.mark(event, alert, channels) }
    people?.keeper.put(KeptTransition(event: event, state: alert.machine.state))
  }

  func event(
    _ alert: Alert, _ transition: AlertTransition, _ person: PersonName, at arrival: Int64
  ) -> AlertEvent {
    let latency = Clock.boot() - arrival
    return board.event(
      alert, transition, person, sample: alert.sensor < 0 ? 0 : channels[alert.sensor].sampleCount,
      arrival: arrival, wall: Clock.wall() - latency, latency: latency)
  }
}

/// What the hot thread is made of.
struct HotParts {
  let poller: Poller
  let signals: Signals
  let wires: [Wire]
  let channels: [SensorChannel]
  let subscribers: Subscribers
  let outputs: DirectOutputs
  let board: AlertBoard
  let health: HealthWatch
  var people: PeopleLinks? = nil
  var blackBox: BlackBox? = nil
  let answers: AnswerLines
  let stages: StageTimes
  let admissions: Ring<Admission>
  let admissionWakeup: Wakeup
  let models: ModelExchange
  let housekeeping: Housekeeping
  let publishes: EventKinds
  let reporter: Reporter
}
