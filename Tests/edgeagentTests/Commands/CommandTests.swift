import Testing

@testable import edgeagent

/// Goal: the help names everything there is, and every command refuses what it does not know before
/// it does anything.
@Suite struct CommandTests {
  @Test func `help names every command with its usage and its summary`() {
    let lines = Command.help.split(separator: "\n").map { String($0) }
    #expect(lines[0] == "usage: edgeagent COMMAND [OPTIONS]")
    for command in Command.allCases {
      #expect(command.usage == command.rawValue || command.usage.hasPrefix(command.rawValue + " "))
      #expect(!command.summary.isEmpty)
      #expect(
        lines.contains { $0.hasPrefix("  \(command.rawValue) ") && $0.hasSuffix(command.summary) })
      #expect(lines.contains { $0.hasPrefix("  edgeagent \(command.rawValue)") })
    }
    #expect(lines.allSatisfy { $0.utf8.count <= 100 })
  }

  @Test(arguments: Command.allCases)
  func `the help of a command has its usage, its summary and its actions`(command: Command) {
    let help = command.help(["--json", "--help"])
    #expect(help.hasPrefix("usage: edgeagent \(command.usage)\n\n\(command.summary)\n"))
    for action in command.actions {
      #expect(help.contains("\n  edgeagent \(command) \(action.usage)\n"))
    }
  }

  @Test(arguments: [Command.alerts, .models, .store, .keys])
  func `the help of an action is its usage, and so is the hint at a wrong option`(
    command: Command
  ) {
    #expect(!command.actions.isEmpty)
    for action in command.actions {
      let usage = "usage: edgeagent \(command) \(action.usage)"
      #expect(action.usage.split(separator: " ").first.map { String($0) } == action.name)
      #expect(command.help([action.name, "x", "--help"]) == usage + "\n")
      do {
        try command.execute([action.name, "--no-such-option"])
        Issue.record("taken")
      } catch {
        #expect(error.exitCode == 2 && error.lines.last == usage)
      }
    }
  }

  @Test(arguments: Command.allCases) func `an unknown option is a usage error`(command: Command) {
    do {
      try command.execute(["--no-such-option"])
      Issue.record("taken")
    } catch {
      #expect(error.exitCode == 2)
      #expect(error.lines.last == "usage: edgeagent \(command.usage)")
    }
  }

  @Test func `failures carry the exit codes of their kind`() {
    #expect(Failure.failed("a", "b").exitCode == 1)
    #expect(Failure.failed("a", "b").lines == ["a", "b"])
    #expect(Failure.usage(.commandMissing).exitCode == 2)
    #expect(Failure.usage(.commandMissing).lines.last == "try: edgeagent --help")
    #expect(Failure.configuration(["a"]).exitCode == 78)
  }

  @Test(arguments: [Command.run, .check, .replay])
  func `a configuration that is not there is exit code 78`(command: Command) {
    let words = ["--config", "/nonexistent/edgeagent.toml"]
    do {
      try command.execute(command == .replay ? words + ["recording.csv"] : words)
      Issue.record("taken")
    } catch {
      #expect(error.exitCode == 78)
      #expect(error.lines.contains { $0.contains("/nonexistent/edgeagent.toml") })
    }
  }

  @Test(arguments: [Command.inspect, .bench, .infer])
  func `a model that is not there is exit code 1`(command: Command) {
    let words = ["/nonexistent.tflite"]
    do {
      try command.execute(
        command == .infer ? words + ["--input", "/dev/null", "--output", "/dev/null"] : words)
      Issue.record("taken")
    } catch {
      #expect(error.exitCode == 1)
      #expect(error.lines.contains { $0.contains("/nonexistent.tflite") })
    }
  }
}
