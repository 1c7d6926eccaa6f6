import Config
import System
import Text

/// `alerts`: what people do about alerts, asked of the running core over its control socket.
enum AlertsCommand {
  enum Action: String, CommandAction {
    case list, ack, confirm, reset, shelve, unshelve, service, pause, history, stats, drill, set
    case unset, recording

    var usage: String {
      switch self {
      case .list: "list \(Self.place)"
      case .ack: "ack NAME|all [--by WHO] [--note TEXT] [--episode N] \(Self.place)"
      case .confirm, .reset:
        "\(rawValue) NAME [--by WHO] [--note TEXT] [--episode N] \(Self.place)"
      case .shelve: "shelve NAME DURATION [--once] --reason TEXT [--by WHO] \(Self.place)"
      case .service: "service NAME on|off --reason TEXT [--by WHO] \(Self.place)"
      case .pause: "pause DURATION [--by WHO] \(Self.place)"
      case .history: "history [--since DURATION] [--alert NAME] \(Self.place)"
      case .stats: "stats [--since DURATION] \(Self.place)"
      case .set: "set NAME KEY NUMBER [NUMBER] [--by WHO] [--note TEXT] \(Self.place)"
      case .recording: "recording ID [--sensor NAME] (--config FILE | --store FILE) > FILE"
      case .unshelve, .drill, .unset: "\(rawValue) NAME [--by WHO] \(Self.place)"
      }
    }

    private static let place = "[--json] [--config FILE | --socket PATH]"

    var flags: [String] {
      switch self {
      case .shelve: ["--json", "--once"]
      case .recording: []
      default: ["--json"]
      }
    }

    var valued: [String] {
      let place = ["--config", "--socket"]
      switch self {
      case .list: return place
      case .ack, .confirm, .reset: return place + ["--by", "--note", "--episode"]
      case .shelve, .service: return place + ["--by", "--reason"]
      case .set: return place + ["--by", "--note"]
      case .unshelve, .pause, .drill, .unset: return place + ["--by"]
      case .history: return place + ["--since", "--alert"]
      case .stats: return place + ["--since"]
      case .recording: return ["--config", "--store", "--sensor"]
      }
    }
  }

  static func execute(_ words: [String]) throws(Failure) {
    if words.first == Action.recording.rawValue { return try AlertRecording.execute(words) }
    let action: Action
    let request: AlertsRequest
    let arguments: Arguments
    do throws(UsageError) {
      (action, arguments) = try parse(words)
      request = try AlertsRequest(action, arguments)
    } catch {
      throw .usage(error, .alerts, words)
    }
    let client = try ControlClient(arguments)
    let answer =
      switch action {
      case .list: try client.askAll("alerts", request.put)
      case .history: try client.askAll("history", request.put)
      default: try client.ask(request.put)
      }
    Terminal.write(
      arguments.has("--json") ? json(answer) : AlertsText.text(action, request, answer))
  }

  /// `alerts` alone is `alerts list`.
  private static func parse(_ words: [String]) throws(UsageError) -> (Action, Arguments) {
    let isList = words.first.map { $0.utf8.first == UInt8(ascii: "-") } ?? true
    let action = try Action(isList ? ["list"] : words)
    let rest = Array(words.dropFirst(isList ? 0 : 1))
    return (action, try Arguments(rest, flags: action.flags, valued: action.valued))
  }

  static func json(_ answer: JSONValue) -> String {
    JSONWriter.text { writer in
      for member in answer.members ?? [] { writer.member(member.name, member.value) }
    } + "\n"
  }
}
