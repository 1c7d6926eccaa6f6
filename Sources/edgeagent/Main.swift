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
    guard let word = words.first else { throw .usage(.commandMissing) }
    if ["help", "--help", "-h"].contains(word) { return Terminal.write(Command.help) }
    if word == "--version" { return try Command.version.execute([]) }
    guard let command = Command(rawValue: word) else { throw .usage(.unknownCommand(word)) }
    let words = Array(words.dropFirst())
    if words.contains("--help") { return Terminal.write(command.help(words)) }
    try command.execute(words)
  }
}
