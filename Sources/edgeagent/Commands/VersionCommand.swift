import EdgeRuntime

/// `version`
enum VersionCommand {
  static func execute(_ words: [String]) throws(Failure) {
    do throws(UsageError) {
      let arguments = try Arguments(words, flags: ["--json"])
      try arguments.noOperand()
      let version = SemanticVersion.agent.text
      Terminal.write(
        arguments.has("--json")
          ? "{\"name\":\"edgeagent\",\"version\":\"\(version)\",\"kernel\":\"\(kernelName())\"}\n"
          : "edgeagent \(version) (\(kernelName()) kernels)\n")
    } catch {
      throw .usage(error, .version)
    }
  }
}
