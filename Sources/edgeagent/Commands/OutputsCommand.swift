import Config
import Core
import System

/// `outputs`: what a configuration's outputs are, and how its GPIO lines are left when the agent
/// has stopped.
enum OutputsCommand {
  enum Action: String, CommandAction {
    case list, off

    var usage: String { "\(rawValue) --config FILE" }
  }

  static func execute(_ words: [String]) throws(Failure) {
    let action: Action
    let path: String
    do throws(UsageError) {
      action = try Action(words)
      let arguments = try Arguments(Array(words.dropFirst()), valued: ["--config"])
      try arguments.noOperand()
      path = try arguments.required("--config")
    } catch {
      throw .usage(error, .outputs, words)
    }
    let configuration = try RunCommand.configuration(path)
    switch action {
    case .list:
      for line in OutputsOff.list(configuration) { Terminal.write(line + "\n") }
    case .off: try off(configuration)
    }
  }

  /// All lines are tried, whatever becomes of one.
  private static func off(_ configuration: Configuration) throws(Failure) {
    var faults: [String] = []
    for result in OutputsOff.drive(configuration) {
      if let error = result.error { faults.append("output \(result.name): \(error.message)") }
    }
    if !faults.isEmpty { throw Failure(exitCode: 1, lines: faults) }
  }
}
