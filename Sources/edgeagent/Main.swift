import CPlatform
import System

@main
struct Main {
  static func main() {
    do {
      try execute(Environment.arguments)
      exit(0)
    } catch {
      for line in error.lines { Log.write(.error, line) }
      exit(error.exitCode)
    }
  }

  private static func execute(_ words: [String]) throws(Failure) {
    guard let verb = words.first else { throw .usage(.verbMissing) }
    if ["help", "--help", "-h"].contains(verb) { return Terminal.write(Command.help) }
    if verb == "--version" { return try Command.version.execute([]) }
    guard let command = Command(rawValue: verb) else { throw .usage(.unknownVerb(verb)) }
    if words.dropFirst().contains("--help") {
      return Terminal.write("edgeagent \(command.usage)\n\n\(command.summary)\n")
    }
    try command.execute(Array(words.dropFirst()))
  }
}
