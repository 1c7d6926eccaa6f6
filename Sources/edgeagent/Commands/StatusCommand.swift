import System
import Text

/// `status`: what a running core says of itself and its alerts in one look.
enum StatusCommand {
  static func execute(_ words: [String]) throws(Failure) {
    let arguments: Arguments
    do throws(UsageError) {
      arguments = try Arguments(words, flags: ["--json"], valued: ["--config", "--socket"])
      try arguments.noOperand()
    } catch {
      throw .usage(error, .status)
    }
    let answer = try ControlClient(arguments).ask { $0.member("do", "status") }
    Terminal.write(arguments.has("--json") ? AlertsCommand.json(answer) : text(answer))
  }

  static func text(_ answer: JSONValue) -> String {
    func count(_ key: String) -> Int64 { answer[key]?.int64 ?? 0 }
    var text =
      "\(AlertsText.word(answer, "agent")), version \(AlertsText.word(answer, "version"))\n"
    text += "\(Decimal.count(Int(count("alerts")), "alert")): \(count("standing")) standing, "
    text += "\(count("unacknowledged")) of them unacknowledged; \(count("shelved")) shelved, "
    text += "\(count("out_of_service")) out of service, \(count("suppressed")) suppressed\n"
    if count("overrides") > 0 {
      text += "\(Decimal.count(Int(count("overrides")), "level")) set by hand\n"
    }
    if answer["sensors"] != nil {
      text +=
        "\(count("live")) of \(Decimal.count(Int(count("sensors")), "sensor")) live; "
        + "\(Decimal.count(Int(count("samples")), "sample")), "
        + "\(Decimal.count(Int(count("bad_frames")), "bad frame")), "
        + "\(Decimal.count(Int(count("windows")), "window")), \(count("late")) late, "
        + "\(count("skipped")) left out\n"
    }
    for pipeline in answer["waiting"]?.array ?? [] {
      text +=
        "pipeline \(AlertsText.word(pipeline, "pipeline")) waits for its first model "
        + "\(AlertsText.word(pipeline, "model"))\n"
    }
    for sensor in answer["sensor_list"]?.array ?? [] { text += trouble(of: sensor) }
    if let whole = answer["stages"]?["whole"], whole["count"]?.int64 ?? 0 > 0 {
      text +=
        "frame to outputs: p50 \(micro(whole["p50_us"])), p99 \(micro(whole["p99_us"])), "
        + "p99.9 \(micro(whole["p999_us"])), max \(micro(whole["max_us"]))\n"
    }
    guard let you = answer["you"] else { return text }
    return text + "you are \(AlertsText.word(you, "user")) and may \(AlertsText.word(you, "may"))\n"
  }

  /// A line for a sensor that is not well; nothing for one that is.
  private static func trouble(of sensor: JSONValue) -> String {
    func count(_ key: String) -> Int64 { sensor[key]?.int64 ?? 0 }
    var words: [String] = []
    let state = AlertsText.word(sensor, "state")
    if !state.utf8.elementsEqual("connected".utf8) { words.append(state) }
    for (key, one) in [
      ("bad_frames", "bad frame"), ("over_rate", "frame beyond the rate"), ("gaps", "gap"),
    ]
    where count(key) > 0 {
      words.append(Decimal.count(Int(count(key)), one))
    }
    for field in sensor["fields"]?.members ?? [] {
      for kind in field.value.members ?? [] {
        words.append("\(field.name) \(kind.name) \(kind.value.int64 ?? 0) times")
      }
    }
    guard !words.isEmpty else { return "" }
    return "sensor \(AlertsText.word(sensor, "sensor")): \(words.joined(separator: ", "))\n"
  }

  private static func micro(_ value: JSONValue?) -> String {
    Decimal.text(value?.double ?? 0, decimals: 0) + " µs"
  }
}
