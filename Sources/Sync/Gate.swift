import Config
import System
import Text

/// Asks whether sync may use the link now. For example, a vessel may sync in port, and a lorry
/// while its engine runs.
struct Gate {
  let settings: GateSettings
  /// The path of the core's events socket, which tells a sensor's latest value.
  let socket: String

  /// Waits for the program or for the core, `SyncLimits.gateAnswerMilliseconds` at most.
  ///
  /// - Returns: nil when sync may use the link, else the reason why it may not. A gate that gives
  ///   no answer is closed, because a fault must not open a link that costs money.
  @export(interface)
  func refusal() -> String? {
    switch settings {
    case .program(let path): refusal(ofProgram: path)
    case .sensor(let name, let field, let isAbove, let level):
      refusal(ofSensor: name, field, isAbove, level)
    }
  }

  private func refusal(ofProgram path: String) -> String? {
    let outcome = ChildProcess(path: path, variables: [], input: [])
      .run(limitMilliseconds: SyncLimits.gateAnswerMilliseconds)
    switch outcome {
    case .exited(status: 0): return nil
    case .exited(let status): return "\(path) ended with \(status)"
    case .killedBy(let signal): return "\(path) was ended by signal \(signal)"
    case .timedOut: return "\(path) took too long"
    case .notStarted(let code): return "\(path) cannot be started: \(SystemText.of(code))"
    }
  }

  private func refusal(
    ofSensor name: String, _ field: String, _ isAbove: Bool, _ level: Double
  ) -> String? {
    let core: EventsClient
    do throws(SocketError) {
      core = try EventsClient(path: socket)
    } catch {
      return "the core does not answer for sensor \(name): \(error.message)"
    }
    let deadline = Clock.boot() + Int64(SyncLimits.gateAnswerMilliseconds) * 1_000_000
    guard core.send("read \(name)\n") else { return "the core does not answer" }
    while let event = try? core.next(before: deadline) {
      guard event["type"]?.string == "sample", event["sensor"]?.string == name else { continue }
      guard let value = event["values"]?[field]?.double else {
        return "sensor \(name) has no fresh value of \(field)"
      }
      if isAbove ? value > level : value < level { return nil }
      return "\(name).\(field) is \(value)"
    }
    return "the core does not answer for sensor \(name)"
  }
}
