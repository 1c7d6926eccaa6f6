import System
import Text

/// `watch`: what a sensor of the running agent brings, once a second, until stopped.
enum WatchCommand {
  /// How often the agent writes down what its sensors brought.
  private static let periodNanoseconds: Int64 = 1_000_000_000

  static func execute(_ words: [String]) throws(Failure) {
    let arguments: Arguments
    let sensor: String
    var countMax = Int.max
    do throws(UsageError) {
      arguments = try Arguments(
        words, flags: ["--json"], valued: ["--config", "--socket", "--count"])
      sensor = try arguments.operand("SENSOR")
      if arguments.value("--count") != nil {
        countMax = try arguments.integer("--count", default: 1, in: 1...1_000_000)
      }
    } catch {
      throw .usage(error, .watch)
    }
    let client = try ControlClient(arguments)
    let signals = Signals()
    var screen = WatchScreen(asJSON: arguments.has("--json"))
    for count in 0..<countMax {
      screen.show(
        try client.ask { writer in
          writer.member("do", "sensor")
          writer.member("sensor", sensor)
        })
      if count + 1 == countMax { break }
      if isStopped(signals, nanoseconds: periodNanoseconds) { break }
    }
  }

  /// Waits for the next second.
  private static func isStopped(_ signals: Signals, nanoseconds: Int64) -> Bool {
    let deadline = Clock.boot() + nanoseconds
    while true {
      let left = deadline - Clock.boot()
      guard left > 0 else { return false }
      var wait = Wait()
      let end = wait.add(signals.descriptor)
      _ = try? wait.run(nanoseconds: left)
      if wait.isReady(end), signals.take() != nil { return true }
    }
  }
}

/// Where `watch` shows a sensor: on a terminal in one place, elsewhere a line for each second.
struct WatchScreen {
  private let asJSON: Bool
  private let isTerminal: Bool
  private var drawnRows = 0
  private var before: JSONValue?

  init(asJSON: Bool) {
    self.asJSON = asJSON
    isTerminal = !asJSON && Terminal.isTerminal(1) && Environment.value("TERM") != "dumb"
  }

  mutating func show(_ answer: JSONValue) {
    if asJSON { return Terminal.write(AlertsCommand.json(answer)) }
    defer { before = answer }
    guard isTerminal else { return Terminal.write(WatchText.line(answer, after: before) + "\n") }
    let rows = WatchText.rows(answer, after: before)
    // Up to the first row, and each row anew to its end.
    var text = drawnRows > 0 ? "\u{1B}[\(drawnRows)A" : ""
    for row in rows { text += "\u{1B}[2K\(row)\n" }
    text += "\u{1B}[J"
    drawnRows = rows.count
    Terminal.write(text)
  }
}
