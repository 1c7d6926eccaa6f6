import System
import Text

/// One event of an agent, as its subscribers read it.
enum AgentEvent {
  struct Alert {
    let name: String
    let state: String
    let severity: String
    /// False: the value is in the unit of the condition's source.
    let isScore: Bool
    /// Nil where the condition has none, and where it is unknown.
    let value: Double?
    let sample: Int
  }
  struct Scores {
    let sample: Int
    let runMicroseconds: Double
    /// The scores in the model's order.
    let scores: [(label: String, value: Double)]
  }
  case alert(Alert)
  case score(Scores)
  case sample(number: Int)
  case sensor(name: String, state: String)
  /// The reader was too slow for so many lines.
  case dropped(lines: Int)
}

extension AgentEvent {
  /// Nil for an event that no demonstration needs.
  init?(_ line: JSONValue) {
    func text(_ name: String) -> String { line[name]?.string ?? "" }
    func count(_ name: String) -> Int { Int(line[name]?.int64 ?? 0) }
    switch text("type") {
    case "alert":
      self = .alert(
        .init(
          name: text("alert"), state: text("state"), severity: text("severity"),
          isScore: line["score"] != nil, value: (line["score"] ?? line["value"])?.double,
          sample: count("sample")))
    case "score":
      let scores = line["scores"]?.members ?? []
      self = .score(
        .init(
          sample: count("sample"), runMicroseconds: line["run_us"]?.double ?? 0,
          scores: scores.map { ($0.name, $0.value.double ?? 0) }))
    case "sample": self = .sample(number: count("sample"))
    case "sensor": self = .sensor(name: text("sensor"), state: text("state"))
    case "dropped": self = .dropped(lines: count("lines"))
    default: return nil
    }
  }
}

extension EventsClient {
  /// Hands over the events that are here, without waiting.
  func events(_ body: (AgentEvent) -> Void) throws(Failure) {
    do throws(Fault) {
      try read { if let event = AgentEvent($0) { body(event) } }
    } catch {
      switch error {
      case .gone: throw .failed("the agent has gone")
      case .lineTooLong(let bytesMax):
        throw .failed("not an agent's events: a line longer than \(bytesMax)")
      }
    }
  }
}
