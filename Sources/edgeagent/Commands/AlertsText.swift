import Text

/// The core's answers as text for people.
enum AlertsText {
  static func text(
    _ action: AlertsCommand.Action, _ request: AlertsRequest, _ answer: JSONValue
  ) -> String {
    switch action {
    case .list: return list(answer)
    case .history: return history(answer)
    case .stats: return statistics(answer)
    case .set, .unset: return levels(request, answer) + kept(answer)
    case .pause:
      return "the sound of what stands is off for \(duration(answer["seconds"]?.int64 ?? 0)); "
        + "a new alert sounds\n" + kept(answer)
    case .ack where answer["alerts"] != nil: return acknowledged(answer) + kept(answer)
    default: return done(action, request, answer) + kept(answer)
    }
  }

  // MARK: list

  static func list(_ answer: JSONValue) -> String {
    let alerts = answer["alerts"]?.array ?? []
    var text = ""
    var quiet = 0
    for alert in alerts {
      let isNormal = word(alert, "state") == "normal"
      let isPlain = isNormal && (alert["flags"]?.array ?? []).isEmpty && alert["override"] == nil
      if isPlain { quiet += 1 } else { text += entry(alert) }
    }
    if quiet > 0 {
      text += "\(Decimal.count(quiet, "alert")) \(quiet == 1 ? "is" : "are") normal\n"
    }
    return text.isEmpty ? "there are no alerts\n" : text
  }

  private static func entry(_ alert: JSONValue) -> String {
    var text = Decimal.left(word(alert, "alert"), width: 20) + " "
    text += Decimal.left(word(alert, "state"), width: 15) + word(alert, "severity")
    if let seconds = alert["seconds"]?.int64 {
      text += ", episode \(alert["episode"]?.int64 ?? 0), for \(duration(seconds))"
      if let since = alert["since"]?.string { text += ", since \(time(since))" }
    }
    text += "\n    " + why(alert) + "\n"
    for line in beside(alert) { text += "    \(line)\n" }
    return text
  }

  /// `0.98 of fall.fall, above 0.9; 3 of 3 votes, 2 needed`
  private static func why(_ alert: JSONValue) -> String {
    let hasValue = alert["value"]?.double != nil
    var text = (hasValue ? "\(number(alert["value"])) of " : "") + word(alert, "source")
    if let level = alert["level"]?.members?.first {
      text += ", \(level.name) \(number(level.value))"
    }
    let votesOf = alert["votes_of"]?.int64 ?? 1
    if votesOf > 1 {
      text +=
        "; \(alert["votes"]?.int64 ?? 0) of \(votesOf) votes, "
        + "\(alert["votes_needed"]?.int64 ?? 0) needed"
    }
    return text
  }

  private static func beside(_ alert: JSONValue) -> [String] {
    var lines: [String] = []
    if let person = alert["acknowledged_by"]?.string {
      lines.append("acknowledged by \(TerminalText.printable(person))")
    }
    if let left = alert["shelf_seconds"]?.int64 { lines.append("shelved for \(duration(left))") }
    for flag in alert["flags"]?.array ?? [] {
      switch flag.string {
      case "suppressed"?: lines.append("suppressed by design")
      case "out-of-service"?: lines.append("out of service")
      case "silenced"?: lines.append("its sound is off")
      case "shelved-once"?: lines.append("until its next return at the latest")
      case "drill"?: lines.append("a drill")
      case "escalated"?: lines.append("escalated")
      default: break
      }
    }
    if let changed = alert["override"] {
      let configured = changed["configured"]?.members?.first
      lines.append(
        "its level was set by \(word(changed, "by"))"
          + (configured.map { "; configured: \($0.name) \(number($0.value))" } ?? ""))
    }
    return lines
  }

  // MARK: history, statistics

  private static func history(_ answer: JSONValue) -> String {
    var text = ""
    for event in answer["history"]?.array ?? [] {
      text += Decimal.left(event["time"]?.string.map(time) ?? "time unknown", width: 22)
      text += Decimal.left(word(event, "alert"), width: 20) + " "
      text += Decimal.left(word(event, "event"), width: 15)
      text += "\(word(event, "alert"))/\(event["episode"]?.int64 ?? 0)"
      if event["value"]?.double != nil { text += ", value \(number(event["value"]))" }
      if event["by"] != nil { text += ", by \(word(event, "by"))" }
      if event["note"] != nil { text += ": \(word(event, "note"))" }
      text += "\n"
    }
    return text.isEmpty ? "nothing happened\n" : text
  }

  private static func statistics(_ answer: JSONValue) -> String {
    var text = "in \(duration(answer["seconds"]?.int64 ?? 0)): "
    text += Decimal.count(Int(answer["episodes"]?.int64 ?? 0), "episode")
    let floods = Int(answer["floods"]?.int64 ?? 0)
    if floods > 0 {
      text +=
        ", \(Decimal.count(floods, "flood")) of "
        + "\(duration(answer["flood_seconds"]?.int64 ?? 0)) in all"
    }
    text += "\n"
    let alerts = answer["alerts"]?.array ?? []
    guard !alerts.isEmpty else { return text }
    text += "                     episodes  a day  share  chatters  longest     ack p50     p90\n"
    for alert in alerts {
      text += Decimal.left(word(alert, "alert"), width: 21)
      text += Decimal.right("\(alert["episodes"]?.int64 ?? 0)", width: 8)
      text += Decimal.right(fixed(alert["per_day"], 1), width: 7)
      text += Decimal.right(
        fixed(alert["share"]?.double.map { .number($0 * 100) }, 0) + " %", width: 7)
      text += Decimal.right("\(alert["chatters"]?.int64 ?? 0)", width: 10)
      text += Decimal.right(duration(alert["longest_seconds"]?.int64 ?? 0), width: 9)
      text += Decimal.right(seconds(alert["ack_p50_s"]), width: 12)
      text += Decimal.right(seconds(alert["ack_p90_s"]), width: 8)
      text += alert["stale"]?.bool == true ? "  stands for more than a day\n" : "\n"
    }
    return text
  }

  // MARK: acts

  private static func done(
    _ action: AlertsCommand.Action, _ request: AlertsRequest, _ answer: JSONValue
  ) -> String {
    let alert = TerminalText.printable(request.alert)
    let episode = answer["episode"]?.int64 ?? 0
    switch action {
    case .ack: return "\(alert): episode \(episode) is acknowledged\n"
    case .confirm: return "\(alert): episode \(episode) is confirmed\n"
    case .reset: return "\(alert): reset\n"
    case .shelve: return "\(alert): shelved for \(request.duration)\n"
    case .unshelve: return "\(alert): no longer shelved\n"
    case .service:
      return "\(alert): \(request.state == "off" ? "out of service" : "in service")\n"
    default: return "\(alert): a drill begins\n"
    }
  }

  private static func acknowledged(_ answer: JSONValue) -> String {
    var text = ""
    for alert in answer["alerts"]?.array ?? [] {
      let refused = alert["refused"] == nil ? "is acknowledged" : word(alert, "refused")
      text += "\(word(alert, "alert")): episode \(alert["episode"]?.int64 ?? 0) \(refused)\n"
    }
    return text
  }

  private static func levels(_ request: AlertsRequest, _ answer: JSONValue) -> String {
    let alerts = (answer["alerts"]?.array ?? []).compactMap { $0.string }
    let names = alerts.map(TerminalText.printable).joined(separator: ", ")
    guard request.action == .set else { return "\(names): the configured level again\n" }
    let numbers = request.to.map { number(.number($0)) }.joined(separator: " ")
    return "\(names): \(request.level) \(numbers), until unset\n"
  }

  private static func kept(_ answer: JSONValue) -> String {
    answer["warning"] == nil ? "" : "warning: \(word(answer, "warning"))\n"
  }

  // MARK: words

  static func word(_ value: JSONValue, _ key: String) -> String {
    TerminalText.printable(value[key]?.string ?? "?")
  }

  private static func number(_ value: JSONValue?) -> String {
    if let pair = value?.array { return pair.map { number($0) }.joined(separator: "…") }
    guard let number = value?.double else { return "?" }
    return number.magnitude < 1e6 ? trimmed(Decimal.text(number, decimals: 3)) : "\(number)"
  }

  /// Without the zeros at the end: `0.980` → `0.98`, `5.000` → `5`.
  private static func trimmed(_ text: String) -> String {
    var bytes = Array(text.utf8)
    while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func fixed(_ value: JSONValue?, _ decimals: Int) -> String {
    value?.double.map { Decimal.text($0, decimals: decimals) } ?? "-"
  }

  private static func seconds(_ value: JSONValue?) -> String {
    value?.double.map { duration(Int64(min(max($0, 0), 1e12).rounded())) } ?? "-"
  }

  /// `2026-03-01T12:34:56.789Z` → `2026-03-01 12:34:56Z`
  private static func time(_ text: String) -> String {
    let bytes = Array(TerminalText.printable(text).utf8)
    guard bytes.count == 24 else { return String(decoding: bytes, as: UTF8.self) }
    return String(decoding: bytes[..<10], as: UTF8.self) + " "
      + String(decoding: bytes[11..<19], as: UTF8.self) + "Z"
  }

  /// `45s`, `5m 3s`, `2h 10m`, `3d 4h`
  static func duration(_ seconds: Int64) -> String {
    switch seconds {
    case ..<60: "\(max(0, seconds))s"
    case ..<3600: "\(seconds / 60)m \(seconds % 60)s"
    case ..<86_400: "\(seconds / 3600)h \(seconds / 60 % 60)m"
    default: "\(seconds / 86_400)d \(seconds / 3600 % 24)h"
    }
  }
}
