import CPlatform
import System
import Text

/// `replay`: shows each alert that a recording raises, with the sample that caused it. No program
/// runs and no other output is used for these alerts.
///
/// CSV goes to the real agent in a child process, through a pseudo-terminal and byte for byte as
/// the sensor would send it. A raw recording has the bytes and their times already: it goes through
/// the same framers, decoders, models and alerts in its own time, and gives the same on every
/// board.
enum ReplayCommand {
  static func execute(_ words: [String]) throws(Failure) {
    let options = try parse(words)
    for path in options.recordings where Files.kind(path) == .file && Files.bytes(of: path) == 0 {
      throw .failed("\(path): the file is empty")
    }
    let rawCount = options.recordings.count { RawReplay.isRaw($0) }
    if rawCount > 0 {
      guard rawCount == options.recordings.count else {
        throw .failed("raw recordings and CSV are replayed apart: give those of one kind")
      }
      if options.isJoined { throw .failed("--joined is for CSV: a raw recording has its own time") }
      return try RawReplay.play(options)
    }
    var total = ReplaySummary()
    if options.isJoined {
      var replay = try Replay(options)
      try show(try replay.play(options.recordings), options, &total)
    } else {
      for recording in options.recordings {
        var replay = try Replay(options)
        try show(try replay.play([recording]), options, &total)
      }
    }
    if !options.asJSON { Terminal.write(total.text) }
    guard total.lost == 0 else {
      throw .failed(
        "\(Decimal.grouped(total.lost)) of \(Decimal.count(total.rows, "frame")) did not arrive as "
          + "samples")
    }
  }

  private static func parse(_ words: [String]) throws(Failure) -> ReplayOptions {
    do throws(UsageError) {
      let arguments = try Arguments(
        words, flags: ["--json", "--joined"], valued: ["--config", "--sensor", "--speed"])
      let path = try arguments.required("--config")
      let speed = arguments.value("--speed") ?? "line"
      guard let pace = ReplayOptions.Pace(rawValue: speed) else {
        throw .choice(option: "--speed", text: speed, choices: ["line", "real", "max"])
      }
      return ReplayOptions(
        pace: pace, isJoined: arguments.has("--joined"), asJSON: arguments.has("--json"),
        recordings: try arguments.anyOperands("RECORDING"), sensor: arguments.value("--sensor"),
        configurationPath: path)
    } catch {
      throw .usage(error, .replay)
    }
  }

  private static func show(
    _ results: [ReplayResult], _ options: ReplayOptions, _ total: inout ReplaySummary
  ) throws(Failure) {
    for result in results {
      total.add(result)
      Terminal.write(options.asJSON ? result.json : result.text)
    }
  }
}

struct ReplayOptions {
  enum Pace: String {
    /// As fast as the configured baud rate carries the bytes, ten bits each; of a raw recording as
    /// `max`.
    case line
    /// At the sensor's own rate; of a raw recording at the times of its bytes.
    case real
    /// As fast as the agent reads.
    case max
  }
  let pace: Pace
  /// One agent gets all recordings as one stream; otherwise each recording has a new agent.
  let isJoined: Bool
  let asJSON: Bool
  let recordings: [String]
  let sensor: String?
  let configurationPath: String
}

struct ReplaySummary {
  private(set) var recordings = 0
  private(set) var rows = 0
  private(set) var lost = 0
  private(set) var alerts = 0

  mutating func add(_ result: ReplayResult) {
    recordings += 1
    rows += result.rows
    lost += result.rows - result.samples
    alerts += result.alerts.filter { $0.state != "cleared" }.count
  }

  var text: String {
    "\(Decimal.count(recordings, "recording")), \(Decimal.count(rows, "frame")) sent, "
      + "\(Decimal.grouped(lost)) lost, \(Decimal.count(alerts, "alert"))\n"
  }
}
