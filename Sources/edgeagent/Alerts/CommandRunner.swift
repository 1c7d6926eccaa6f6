import CPlatform
import Synchronization
import System
import Text

/// Runs the commands that alerts ask for, one after the other, on a thread that may wait.
///
/// A command gets the alert in its environment (`EDGEAGENT_ALERT`, `…_STATE`, `…_SCORE`, …) and as
/// the JSON line of the events socket on its standard input. Its end is waited for, at most
/// `PipelineLimits.commandMilliseconds`.
final class CommandRunner: @unchecked Sendable {
  private let configuration: Configuration
  private let lines: EventLines
  private let ring = Ring<AlertEvent>(capacity: PipelineLimits.commandsWaitingMax)
  private let wakeup = Wakeup()
  /// Alerts put and not yet through with their commands.
  private let unfinished = Atomic<Int>(0)
  let heartbeat = Heartbeat()

  /// - Parameter lines: this thread's own; it is not shared.
  init(configuration: Configuration, lines: EventLines) {
    self.configuration = configuration
    self.lines = lines
  }

  /// Hot: from the hot thread. False when the queue is full.
  func put(_ event: AlertEvent) -> Bool {
    // Counted first: it must not be finished before it is counted.
    unfinished.add(1, ordering: .relaxed)
    guard ring.put(event) else {
      unfinished.subtract(1, ordering: .relaxed)
      return false
    }
    wakeup.wake()
    return true
  }

  /// Waits until every command has ended, for the end of the process: an alert raised by the last
  /// frame is as good as any other.
  ///
  /// - Returns: alerts whose commands did not get their turn in that time.
  func finish(withinMilliseconds limit: Int) -> Int {
    let deadline = Clock.boot() + Int64(limit) * 1_000_000
    while true {
      let left = unfinished.load(ordering: .acquiring)
      guard left > 0, Clock.boot() < deadline else { return left }
      usleep(2_000)
    }
  }

  /// The thread's body.
  func run() {
    while true {
      heartbeat.beat()
      while let event = ring.take() {
        for output in configuration.alerts[event.alert].outputs {
          if case .exec(let path) = output { run(path, for: event) }
          heartbeat.beat()
        }
        unfinished.subtract(1, ordering: .releasing)
      }
      var waiting = pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0)
      poll(&waiting, 1, 1000)
      wakeup.clear()
    }
  }

  private func run(_ path: String, for event: AlertEvent) {
    let alert = configuration.alerts[event.alert]
    let child = ChildProcess(
      path: path, variables: variables(alert, event), input: Array(lines.alert(event)),
      limitMilliseconds: PipelineLimits.commandMilliseconds)
    let outcome = child.run()
    if let problem = outcome.problem {
      Log.write(.error, "alert \(alert.name): command \(path): \(problem)")
    }
  }

  private func variables(_ alert: AlertSettings, _ event: AlertEvent) -> [String] {
    [
      "EDGEAGENT_AGENT=\(configuration.agent.id)",
      "EDGEAGENT_ALERT=\(alert.name)",
      "EDGEAGENT_STATE=\(event.transition.word)",
      "EDGEAGENT_SEVERITY=\(alert.severity.rawValue)",
      "EDGEAGENT_SOURCE=\(alert.source.pipeline).\(alert.source.label)",
      "EDGEAGENT_SCORE=\(event.score)",
      "EDGEAGENT_SAMPLE=\(event.sample)",
      "EDGEAGENT_AT=\(event.arrival)",
    ]
  }
}

extension ChildProcess.Outcome {
  /// What went wrong, if anything did.
  fileprivate var problem: String? {
    switch self {
    case .exited(status: 0): nil
    case .exited(let status): "ended with exit code \(status)"
    case .killedBy(let signal): "was ended by signal \(signal)"
    case .timedOut:
      "did not end within \(PipelineLimits.commandMilliseconds / 1000) s and was killed"
    case .notStarted(let code): "could not be started: \(String(cString: cp_error_text(code)))"
    }
  }
}
