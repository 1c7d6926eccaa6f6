import CPlatform

/// The commands: the first word after `edgeagent`.
enum Command: String, CaseIterable {
  case run, sync, check, alerts, status, inspect, infer, bench, record, replay, demo, models, keys
  case outputs, store, fetch, sniff
  case initialize = "init"
  case watch, time, version

  /// The command and all that it takes, as its help and errors show it.
  var usage: String {
    switch self {
    case .run: "run --config FILE"
    case .sync: "sync --config FILE [--once | --status [--json]]"
    case .check: "check --config FILE [--network | --test FILE] [--json]"
    case .status: "status [--json] [--config FILE | --socket PATH]"
    case .inspect: "inspect MODEL [--json]"
    case .infer: "infer MODEL --input IN.bin --output OUT.bin"
    case .bench: "bench MODEL [--runs N | --frames N --rate HZ] | --sensors [--frames N] [--json]"
    case .record:
      "record [SENSOR|PORT] --output FILE [--config FILE] [--for DURATION] [--max SIZE] [--baud N]"
    case .replay:
      "replay --config FILE [--sensor NAME] [--speed line|real|max] [--joined] [--json] "
        + "RECORDING..."
    case .demo: "demo [--record FILE]"
    case .alerts, .models, .keys, .outputs, .store:
      "\(rawValue) \(actions.map { $0.name }.joined(separator: "|")) [OPTIONS]"
    case .fetch:
      "fetch URL --output FILE [--sha256 DIGEST] [--bytes N] [--attempts N] [--json] "
        + NetworkOptions.usage
    case .sniff: "sniff PORT [--baud N] [--prompt BYTES] [--for TIME] [--name NAME] [--json]"
    case .initialize:
      "init [--port PORT] [--baud N] [--prompt BYTES] [--for TIME] [--name NAME] [--field FIELD] "
        + "[--above LEVEL | --below LEVEL] [--output FILE] [--force] [--yes]"
    case .watch: "watch SENSOR [--count N] [--json] [--config FILE | --socket PATH]"
    case .time: "time [--config FILE | --models FOLDER] [--reset] [--json]"
    case .version: "version [--json]"
    }
  }

  /// The usage on one line of a terminal, for the list of all commands.
  private var shortUsage: String {
    switch self {
    case .alerts: "alerts ACTION [OPTIONS]"
    case .record: "record [SENSOR|PORT] --output FILE [OPTIONS]"
    case .replay: "replay --config FILE [OPTIONS] RECORDING..."
    case .fetch: "fetch URL --output FILE [OPTIONS]"
    case .initialize: "init [OPTIONS]"
    default: usage
    }
  }

  var actions: [(name: String, usage: String)] {
    switch self {
    case .alerts: AlertsCommand.Action.usages
    case .models: ModelsCommand.Action.usages
    case .keys: KeysCommand.Action.usages
    case .outputs: OutputsCommand.Action.usages
    case .store: StoreCommand.Action.usages
    default: []
    }
  }

  /// The usage of the action that the first word names; without such a word, of the command.
  func usage(_ words: [String]) -> String {
    for action in actions where action.name == words.first { return "\(rawValue) \(action.usage)" }
    return usage
  }

  /// What `--help` behind these words of the command prints.
  func help(_ words: [String]) -> String {
    let usage = usage(words)
    var text = "usage: edgeagent \(usage)\n"
    guard usage == self.usage else { return text }
    text += "\n\(summary)\n"
    if !actions.isEmpty { text += "\n" }
    for action in actions { text += "  edgeagent \(rawValue) \(action.usage)\n" }
    return text
  }

  var summary: String {
    switch self {
    case .sync: "send records, fetch models, as [sync] says, until stopped or once"
    case .run: "read sensors, score, alert, until stopped"
    case .check: "check a configuration, its models, memory and time on this board"
    case .alerts: "what stands and why; acknowledge, shelve, drill, get its recording"
    case .status: "what a running agent says of itself and its alerts"
    case .inspect: "show a model: operators, shapes, arena, multiplications"
    case .infer: "run a model on raw little-endian tensors, samples back to back"
    case .bench: "time a model, with --frames the way from a frame to its alert, or sensors' bytes"
    case .record: "write down what a sensor or a port brings, byte for byte"
    case .replay: "play recordings to the configured models and alerts"
    case .demo: "a simulated wrist sensor with a fall in it, live, in 25 seconds"
    case .models: "install, activate, roll back, sign and verify models"
    case .keys: "make a pair of keys to sign models with"
    case .outputs: "show the outputs of alerts; leave the GPIO lines as without an agent"
    case .store: "what waits for a server: its sizes, its soundness, its records"
    case .fetch: "download with the agent's own client: does the link, proxy, CA, pin work?"
    case .sniff: "find out what a sensor says, and print the lines that read it"
    case .initialize: "write a configuration for one sensor and one limit, by questions"
    case .watch: "a sensor of the running agent, live: values, rate, bad frames"
    case .time: "the clock, the floor of trusted time and its witnesses; put it back"
    case .version: "print the version"
    }
  }

  func execute(_ words: [String]) throws(Failure) {
    switch self {
    case .run: try RunCommand.execute(words)
    case .sync: try SyncCommand.execute(words)
    case .check: try CheckCommand.execute(words)
    case .alerts: try AlertsCommand.execute(words)
    case .status: try StatusCommand.execute(words)
    case .inspect: try InspectCommand.execute(words)
    case .infer: try InferCommand.execute(words)
    case .bench: try BenchCommand.execute(words)
    case .record: try RecordCommand.execute(words)
    case .replay: try ReplayCommand.execute(words)
    case .demo: try DemoCommand.execute(words)
    case .models: try ModelsCommand.execute(words)
    case .keys: try KeysCommand.execute(words)
    case .outputs: try OutputsCommand.execute(words)
    case .store: try StoreCommand.execute(words)
    case .fetch: try FetchCommand.execute(words)
    case .sniff: try SniffCommand.execute(words)
    case .initialize: try InitCommand.execute(words)
    case .watch: try WatchCommand.execute(words)
    case .time: try TimeCommand.execute(words)
    case .version: try VersionCommand.execute(words)
    }
  }

  static var help: String {
    let width = 9
    var text = "usage: edgeagent COMMAND [OPTIONS]\n\n"
    for command in allCases {
      let name = command.rawValue
      text += "  " + name + String(repeating: " ", count: width - name.utf8.count)
      text += command.summary + "\n"
    }
    text += "\n"
    for command in allCases { text += "  edgeagent \(command.shortUsage)\n" }
    return text
      + "\n`edgeagent COMMAND --help` has all options. MODEL is a .tflite file or a bundle folder.\n"
      + "Exit 0 done, 1 failed, 2 usage, 78 configuration.\n"
  }
}

/// A command that failed: the lines for standard error, and the exit code.
package struct Failure: Error {
  let exitCode: Int32
  let lines: [String]

  static func failed(_ lines: String...) -> Failure { Failure(exitCode: 1, lines: lines) }

  /// - Parameter words: what stands behind the command; the first one may name an action.
  static func usage(
    _ error: UsageError, _ command: Command? = nil, _ words: [String] = []
  ) -> Failure {
    let hint = command.map { "usage: edgeagent \($0.usage(words))" } ?? "try: edgeagent --help"
    return Failure(exitCode: 2, lines: [error.message, hint])
  }

  static func configuration(_ lines: [String]) -> Failure { Failure(exitCode: 78, lines: lines) }
}
