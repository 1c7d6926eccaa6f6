import Config
import Sync
import System
import Text
import Trust

/// `time`: the clock, the floor of trusted time, who bears it, and by what keys expire. `--reset`
/// puts the floor back to the release of this agent.
enum TimeCommand {
  static func execute(_ words: [String]) throws(Failure) {
    let arguments: Arguments
    do throws(UsageError) {
      arguments = try Arguments(
        words, flags: ["--json", "--reset"], valued: ["--config", "--models"])
      try arguments.noOperand()
      if arguments.value("--config") != nil, arguments.value("--models") != nil {
        throw .exclusive("--config", "--models")
      }
    } catch {
      throw .usage(error, .time)
    }
    var time = TrustedTime(path: try floor(arguments))
    if arguments.has("--reset") {
      do throws(Files.Failure) {
        try time.reset()
      } catch {
        throw .failed(
          "\(time.path): \(error.text); the agent's user or root can put the floor back")
      }
    }
    let report = TimeReport(time, clock: Clock.wall() / 1_000_000_000, at: .now)
    Terminal.write(arguments.has("--json") ? report.json : report.text)
  }

  private static func floor(_ arguments: Arguments) throws(Failure) -> String {
    if let models = arguments.value("--models") { return TrustedTime.path(models: models) }
    let path = arguments.value("--config") ?? ControlClient.configurationPath
    return try RunCommand.configuration(path).trustedTimePath
  }
}

/// The trusted time of one moment, for people and programs.
struct TimeReport {
  private let time: TrustedTime
  private let clock: Int64
  private let moment: TrustedTime.Moment
  private let floor: Int64

  init(_ time: TrustedTime, clock: Int64, at moment: TrustedTime.Moment) {
    (self.time, self.clock, self.moment) = (time, clock, moment)
    floor = time.floorSeconds(at: moment)
  }

  /// Whole seconds of two clocks are up to one apart.
  private var isJudgedByClock: Bool { clock >= floor - 1 }

  /// The times that it is now by those who told it in this boot, and by the clock. Words of an
  /// earlier boot are of a time that is past.
  private var currentTimes: [Int64] {
    var times: [Int64] = []
    for telling in time.tellings where isOfThisBoot(telling) {
      times.append(telling.projected(to: moment))
    }
    if TrustedTime.isPlausible(clock) { times.append(clock) }
    return times
  }

  private func isOfThisBoot(_ telling: TrustedTime.Telling) -> Bool {
    !moment.boot.isEmpty && telling.moment.boot == moment.boot
  }

  /// What a person should know before trusting the rest.
  var doubts: [String] {
    var doubts: [String] = []
    if clock < Clock.releaseSeconds {
      doubts.append("the clock is before the release of this agent, so it is wrong")
    } else if clock > Clock.horizonSeconds {
      doubts.append("the clock is more than 20 years after the release, so it is not believed")
    }
    if time.borne(clock: clock, at: moment) == nil {
      doubts.append(
        "fewer than two witnesses tell the time, so the floor moves two hours in an hour at most")
    }
    let current = currentTimes
    if let least = current.min(), let most = current.max(),
      most - least > TrustedTime.toleranceSeconds
    {
      doubts.append("the witnesses are \(Self.span(most - least)) apart")
    }
    if current.count >= 2, let most = current.max(),
      floor - most > TrustedTime.toleranceSeconds
    {
      doubts.append(
        "the floor is \(Self.span(floor - most)) later than every witness says; if they are right, "
          + "`edgeagent time --reset` puts it back to the release")
    }
    if time.tellings.contains(where: { $0.witness == TrustedTime.unwitnessed }) {
      doubts.append(
        "the file had a floor that names no witness, as older agents wrote it; it counts as one "
          + "witness")
    }
    return doubts
  }

  var text: String {
    var text = Self.line("clock", Self.time(clock))
    text += Self.line("floor", "\(Self.time(floor)), kept in \(time.path)")
    text += Self.line(
      "expiry",
      isJudgedByClock
        ? "judged by the clock, the later of both" : "judged by the floor: the clock is behind it")
    for telling in time.tellings {
      let age =
        isOfThisBoot(telling)
        ? "\(Self.span(moment.seconds - telling.moment.seconds)) ago" : "in an earlier boot"
      text += Self.line(
        "witness",
        "\(TerminalText.printable(telling.witness)) told \(Self.time(telling.told)), \(age)")
    }
    if TrustedTime.isPlausible(clock) { text += Self.line("witness", "this board's clock") }
    text += Self.line(
      "borne",
      time.borne(clock: clock, at: moment).map { "\(Self.time($0)), by two" } ?? "by nobody")
    for doubt in doubts { text += Self.line("uncertain", doubt) }
    return text
  }

  var json: String {
    JSONWriter.text { writer in
      writer.member("clock", Self.time(clock))
      writer.member("clock_plausible", TrustedTime.isPlausible(clock))
      writer.member("floor", Self.time(floor))
      writer.member("file", time.path)
      writer.member("judged_by", isJudgedByClock ? "clock" : "floor")
      writer.member("now", Self.time(max(clock, floor)))
      writer.member("borne", time.borne(clock: clock, at: moment).map(Self.time))
      writer.array("witnesses") { writer in
        for telling in time.tellings {
          writer.object { writer in
            writer.member("witness", telling.witness)
            writer.member("told", Self.time(telling.told))
            writer.member("boot", telling.moment.boot)
            writer.member("at_s", telling.moment.seconds)
            writer.member("now", Self.time(telling.projected(to: moment)))
          }
        }
      }
      writer.member("uncertain", doubts)
    } + "\n"
  }

  private static func line(_ name: String, _ words: String) -> String {
    Decimal.left(name, width: 10) + words + "\n"
  }

  private static func time(_ seconds: Int64) -> String { Timestamp(wallSeconds: seconds).text }

  /// `35 s`, `12 min`, `5 h`, `9 days`
  private static func span(_ seconds: Int64) -> String {
    switch max(seconds, 0) {
    case ..<120: "\(max(seconds, 0)) s"
    case ..<7_200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(seconds / 86_400) days"
    }
  }
}
