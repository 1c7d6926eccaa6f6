import CPlatform
import Config
import System

/// Runs the programs of all alerts of one severity, on a thread of its own. So a program of an
/// *info* alert that hangs delays no siren.
///
///     hot thread ─▶ inlet (ring) ─▶ slots ─▶ running programs
///
/// The thread never waits for one program: it goes on taking events while programs run, each output
/// at most once at a time. So no program waits for one of another output, and as many run at once
/// as there are outputs, at most `ConfigurationLimits.programsMax`. A program that fails is run
/// again (`retries`), one that takes longer than `limit` is killed. What became of it is in
/// `OutputHealth`.
final class ProgramLane: @unchecked Sendable {
  let severity: AlertSeverity
  let inlet: OutputInlet
  let heartbeat = Heartbeat()
  private let configuration: Configuration
  private let lines: EventLines
  private let health: OutputHealth
  private let poller: Poller
  /// At its deadline programs that have not ended are killed.
  private let stopSign: StopSign

  // What only this lane's thread touches, until it has stopped.
  private var slots: ProgramSlots
  private var running: [Run] = []
  private var untold: [String] = []

  private struct Run {
    let task: ProgramSlots.Task
    let child: RunningChild
    let killAt: Int64
    /// Set once it was killed: when it is given up.
    var giveUpAt: Int64?
  }

  private static let wakeupToken: UInt64 = 0
  private static let childToken: UInt64 = 1

  /// - Parameter lines: no other thread uses it.
  init(
    _ severity: AlertSeverity, _ links: [OutputLink], _ configuration: Configuration,
    lines: EventLines, health: OutputHealth
  ) throws(SystemError) {
    (self.severity, self.configuration) = (severity, configuration)
    (self.lines, self.health) = (lines, health)
    slots = ProgramSlots(links)
    inlet = OutputInlet(alertCount: configuration.alerts.count)
    stopSign = StopSign(inlet.wakeup)
    poller = try Poller(eventsMax: ConfigurationLimits.programsMax + 1)
    try poller.add(inlet.wakeup.descriptor, token: Self.wakeupToken, interest: .readable)
  }

  /// The thread's body; it returns after `stop`.
  func run() {
    while true {
      heartbeat.beat()
      let deadline = stopSign.deadline
      // Asked before the ring is emptied: what was behind the ring until now is then in it.
      let isBehind = inlet.isBehind
      while let queued = inlet.take() { slots.put(queued) }
      settle(at: Clock.boot())
      startDue()
      if let deadline, Clock.boot() >= deadline || (isIdle && !isBehind) { break }
      wait(until: deadline)
    }
    for run in running { run.child.kill() }
    while let queued = inlet.take() { slots.put(queued) }
    untold = running.map { name($0.task.slot, $0.task.queued.event) }
    untold += slots.untold.map { name($0.link, $0.event) }
    running = []
    stopSign.obey()
  }

  // MARK: the main thread's side, at the end

  /// Programs get until that time to end.
  func stop(at time: Int64) { stopSign.ask(until: time) }

  var isStopped: Bool { stopSign.hasStopped }

  /// What was not told, one text each. Nil while the lane has not stopped.
  var leftOver: [String]? { isStopped ? untold : nil }

  // MARK: the lane's thread

  private var isIdle: Bool { running.isEmpty && slots.isIdle }

  private func startDue() {
    while let task = slots.next(at: Clock.boot()) { start(task) }
  }

  private func start(_ task: ProgramSlots.Task) {
    guard case .exec(let program) = configuration.outputs[slots.link(of: task.slot).output].kind
    else { return slots.finished(task) }
    let child = ChildProcess(
      path: program.path, variables: ProgramVariables.all(task.queued, configuration),
      input: Array(lines.alert(task.queued.event)))
    do throws(SystemError) {
      let started = try child.start()
      if let descriptor = started.descriptor {
        try? poller.add(descriptor.raw, token: Self.childToken, interest: .readable)
      }
      running.append(
        Run(
          task: task, child: started,
          killAt: Clock.boot().addingWithLimit(program.limitNanoseconds)))
    } catch {
      ended(task, .notStarted(code: error.code))
    }
  }

  /// Takes note of the programs that have ended, and kills those whose time is over.
  private func settle(at now: Int64) {
    var index = 0
    while index < running.count {
      let run = running[index]
      var outcome = run.child.outcome()
      if outcome == nil, let giveUpAt = run.giveUpAt {
        // Not even SIGKILL ended it: it is left to the reaper.
        if now >= giveUpAt { outcome = .timedOut }
      } else if outcome == nil, now >= run.killAt {
        run.child.kill()
        running[index].giveUpAt = now + RunningChild.killNanoseconds
      } else if outcome != nil, run.giveUpAt != nil {
        outcome = .timedOut
      }
      guard let outcome else {
        index += 1
        continue
      }
      if let descriptor = run.child.descriptor { poller.remove(descriptor.raw) }
      running.remove(at: index)
      ended(run.task, outcome)
    }
  }

  private func ended(_ task: ProgramSlots.Task, _ outcome: ChildProcess.Outcome) {
    let link = slots.link(of: task.slot)
    let output = configuration.outputs[link.output]
    guard case .exec(let program) = output.kind else { return }
    guard let problem = outcome.problem(limitNanoseconds: program.limitNanoseconds) else {
      if health.well(link.output) { Log.write(.notice, "program \(program.path): works again") }
      return slots.finished(task)
    }
    health.failed(link.output)
    let isLast = task.failures >= program.retries
    if isLast {
      slots.finished(task)
    } else {
      slots.again(task, at: Clock.boot() + Self.pauseNanoseconds(afterFailures: task.failures))
    }
    let alert = configuration.alerts[link.alert].name
    let next = isLast ? "" : "; it is run again"
    Log.write(.error, "alert \(alert): program \(program.path): \(problem)\(next)")
  }

  static func pauseNanoseconds(afterFailures count: Int) -> Int64 {
    let range = OutputLimits.retryNanoseconds
    return min(range.lowerBound << Int64(min(count, 16)), range.upperBound)
  }

  /// Until a program ends, an event comes, or something is due.
  private func wait(until deadline: Int64?) {
    let now = Clock.boot()
    var due = now + OutputLimits.roundNanoseconds
    if let deadline { due = min(due, deadline) }
    if let retry = slots.nextRetry { due = min(due, retry) }
    for run in running {
      due = min(due, run.giveUpAt ?? run.killAt)
      if run.child.descriptor == nil { due = min(due, now + OutputLimits.lookNanoseconds) }
    }
    _ = try? poller.wait(timeoutMilliseconds: Int32(max(0, due - now) / 1_000_000) + 1)
    inlet.wakeup.clear()
  }

  private func name(_ slot: Int, _ event: AlertEvent) -> String {
    name(slots.link(of: slot), event)
  }

  private func name(_ link: OutputLink, _ event: AlertEvent) -> String {
    "alert \(configuration.alerts[link.alert].name) \(event.transition.word): "
      + configuration.outputs[link.output].name
  }
}

extension Int64 {
  /// The greatest number where the sum would be greater.
  fileprivate func addingWithLimit(_ other: Int64) -> Int64 {
    let (sum, hasOverflowed) = addingReportingOverflow(other)
    return hasOverflowed ? .max : sum
  }
}

extension ChildProcess.Outcome {
  /// What went wrong, if anything did.
  fileprivate func problem(limitNanoseconds: Int64) -> String? {
    switch self {
    case .exited(status: 0): nil
    case .exited(let status): "ended with exit code \(status)"
    case .killedBy(let signal): "was ended by signal \(signal)"
    case .timedOut:
      "did not end within \(Double(limitNanoseconds) / 1e9) s and was killed"
    case .notStarted(let code): "could not be started: \(SystemText.of(code))"
    }
  }
}
