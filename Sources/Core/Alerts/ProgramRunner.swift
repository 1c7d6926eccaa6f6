import CPlatform
import Config
import Synchronization
import System

/// Runs the programs that alerts ask for, one after the other, on a thread that may wait.
///
/// A program gets the alert in its environment (`EDGEAGENT_ALERT`, `…_STATE`, `…_SCORE`, …) and as
/// the JSON line of the events socket on its standard input. The thread waits for its end, at most
/// `PipelineLimits.programMilliseconds`.
final class ProgramRunner: @unchecked Sendable {
  private let configuration: Configuration
  private let lines: EventLines
  let queue = ProgramQueue()
  let heartbeat = Heartbeat()

  /// - Parameter lines: no other thread uses it.
  init(configuration: Configuration, lines: EventLines) {
    self.configuration = configuration
    self.lines = lines
  }

  /// Waits at the end of the process until every program has ended: an alert that the last frame
  /// raised is as good as any other.
  ///
  /// - Returns: alerts whose programs had not ended by then.
  func finish(withinMilliseconds limit: Int) -> Int {
    let deadline = Clock.boot() + Int64(limit) * 1_000_000
    while true {
      let left = queue.unfinished
      guard left > 0, Clock.boot() < deadline else { return left }
      usleep(2_000)
    }
  }

  /// The thread's body.
  func run() {
    while true {
      heartbeat.beat()
      while let event = queue.take() {
        for output in configuration.alerts[event.alert].outputs {
          if case .exec(let path) = output { run(path, for: event) }
          heartbeat.beat()
        }
        queue.finished()
      }
      queue.wakeup.wait(milliseconds: 1000)
      queue.wakeup.clear()
    }
  }

  private func run(_ path: String, for event: AlertEvent) {
    let alert = configuration.alerts[event.alert]
    let child = ChildProcess(
      path: path, variables: variables(alert, event), input: Array(lines.alert(event)),
      limitMilliseconds: PipelineLimits.programMilliseconds)
    let outcome = child.run()
    if let problem = outcome.problem {
      Log.write(.error, "alert \(alert.name): program \(path): \(problem)")
    }
  }

  private func variables(_ alert: AlertSettings, _ event: AlertEvent) -> [String] {
    [
      "EDGEAGENT_AGENT=\(configuration.agent.id)",
      "EDGEAGENT_ALERT=\(alert.name)",
      "EDGEAGENT_STATE=\(event.transition.word)",
      "EDGEAGENT_SEVERITY=\(alert.severity.rawValue)",
      "EDGEAGENT_SOURCE=\(alert.source.text)",
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
      "did not end within \(PipelineLimits.programMilliseconds / 1000) s and was killed"
    case .notStarted(let code): "could not be started: \(String(cString: cp_error_text(code)))"
    }
  }
}
