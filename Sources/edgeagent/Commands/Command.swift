import CPlatform

/// The verbs of the command line.
enum Command: String, CaseIterable {
  case run, sync, check, inspect, infer, bench, replay, demo, models, keys, store, fetch, version

  /// What it takes, as the usage text and errors show it.
  var usage: String {
    switch self {
    case .run: "run --config FILE"
    case .sync: "sync --config FILE [--once | --status [--json]]"
    case .check: "check --config FILE [--json]"
    case .inspect: "inspect MODEL [--json]"
    case .infer: "infer MODEL --input IN.bin --output OUT.bin"
    case .bench: "bench MODEL [--runs N | --frames N --rate HZ] [--json]"
    case .replay: "replay --config FILE [--speed line|real|max] [--joined] [--json] RECORDING..."
    case .demo: "demo"
    case .models: "models list|pull|activate|rollback|pin|unpin|remove|sign|verify OPERANDS"
    case .keys: "keys new --private FILE --public FILE [--algorithm ed25519|ecdsa-p256]"
    case .store:
      "store info|verify|export|drain|send (--config FILE | --store FILE) [OPTIONS]"
    case .fetch: "fetch URL --output FILE [OPTIONS], see docs/network.md"
    case .version: "version [--json]"
    }
  }

  var summary: String {
    switch self {
    case .sync: "send records, fetch models, as [sync] says, until stopped or once"
    case .run: "read sensors, score, alert, until stopped"
    case .check: "check a configuration, its models, memory and time on this board"
    case .inspect: "show a model: operators, shapes, arena, multiplications"
    case .infer: "run a model on raw little-endian tensors, samples back to back"
    case .bench: "time a model, or with --frames the way from a frame to its alert"
    case .replay: "play recordings through a pseudo-terminal to the configured agent"
    case .demo: "a simulated wrist sensor with a fall in it, live, in 25 seconds"
    case .models: "install, activate, roll back, sign and verify models"
    case .keys: "make a pair of keys to sign models with"
    case .store: "what waits for a server: its sizes, its soundness, its records"
    case .fetch: "download with the agent's own client: does the link, proxy, CA, pin work?"
    case .version: "print the version"
    }
  }

  func execute(_ words: [String]) throws(Failure) {
    switch self {
    case .run: try RunCommand.execute(words)
    case .sync: try SyncCommand.execute(words)
    case .check: try CheckCommand.execute(words)
    case .inspect: try InspectCommand.execute(words)
    case .infer: try InferCommand.execute(words)
    case .bench: try BenchCommand.execute(words)
    case .replay: try ReplayCommand.execute(words)
    case .demo: try DemoCommand.execute(words)
    case .models: try ModelsCommand.execute(words)
    case .keys: try KeysCommand.execute(words)
    case .store: try StoreCommand.execute(words)
    case .fetch: try FetchCommand.execute(words)
    case .version: try VersionCommand.execute(words)
    }
  }

  static var help: String {
    let width = 9
    var text = "usage: edgeagent VERB [OPTIONS]\n\n"
    for command in allCases {
      let name = command.rawValue
      text += "  " + name + String(repeating: " ", count: width - name.utf8.count)
      text += command.summary + "\n"
    }
    text += "\n"
    for command in allCases { text += "  edgeagent \(command.usage)\n" }
    text += "\nMODEL is a .tflite file or a bundle folder. Exit 0 done, 1 failed, 2 usage, "
    return text + "78 configuration.\n"
  }
}

/// A verb that did not succeed: what to print on standard error, and the exit code.
package struct Failure: Error {
  let exitCode: Int32
  let lines: [String]

  static func failed(_ lines: String...) -> Failure { Failure(exitCode: 1, lines: lines) }

  static func usage(_ error: UsageError, _ command: Command? = nil) -> Failure {
    let hint = command.map { "usage: edgeagent \($0.usage)" } ?? "try: edgeagent --help"
    return Failure(exitCode: 2, lines: [error.message, hint])
  }

  static func configuration(_ lines: [String]) -> Failure { Failure(exitCode: 78, lines: lines) }
}
