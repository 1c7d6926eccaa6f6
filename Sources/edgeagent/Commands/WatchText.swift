import Text

/// The texts of `watch`: what the core says of one sensor, beside what it said a second before.
enum WatchText {
  /// The core writes down what came once a second: an age below this says nothing.
  private static let secondsYoung = 2.0
  /// Of a row on a terminal; few are narrower.
  private static let columnsMax = 79

  /// One line for a log: state, values, counts, and the last bad frame.
  static func line(_ answer: JSONValue, after before: JSONValue? = nil) -> String {
    var parts = [state(answer)]
    if let reason = reason(answer, before) { parts.append(reason) }
    let values = values(answer)
    if !values.isEmpty { parts.append(values.joined(separator: " ")) }
    parts.append(counts(answer).joined(separator: ", "))
    if let bad = badFrame(answer) { parts.append("the last bad frame: \(bad)") }
    return parts.joined(separator: "  ")
  }

  /// Rows for a terminal.
  static func rows(_ answer: JSONValue, after before: JSONValue? = nil) -> [String] {
    var rows = ["sensor \(AlertsText.word(answer, "sensor")): \(state(answer))"]
    if let reason = reason(answer, before) { rows.append("  \(reason)") }
    rows += values(answer).map { "  \($0)" }
    rows.append("  \(counts(answer).joined(separator: ", "))")
    rows += faults(answer).map { "  \($0)" }
    if let bad = badFrame(answer) { rows.append("  the last bad frame: \(bad)") }
    return rows.map(cut)
  }

  /// A row that goes on in the next line would shift those after it.
  private static func cut(_ row: String) -> String {
    var text = ""
    for scalar in row.unicodeScalars.prefix(columnsMax) { text.unicodeScalars.append(scalar) }
    return text
  }

  private static func state(_ answer: JSONValue) -> String {
    var text = AlertsText.word(answer, "state")
    if let age = answer["age_seconds"]?.double, age > secondsYoung {
      text += ", the last sample \(Decimal.text(age, decimals: 1)) s ago"
    }
    return text
  }

  /// Why a sensor is stale whose line is open; nil where its silence says all.
  private static func reason(_ answer: JSONValue, _ before: JSONValue?) -> String? {
    guard answer["state"]?.string == "stale" else { return nil }
    if count(answer, "frames") == 0, count(answer, "bad_frames") == 0 { return "nothing came" }
    guard let before else { return nil }
    func grew(_ key: String) -> Bool { count(answer, key) > count(before, key) }
    if grew("samples") { return "samples come without a value that alerts need" }
    if grew("over_rate") { return "frames come, faster than the rate allows" }
    if grew("bad_frames") || grew("frames") { return "frames come, and none is a sample" }
    return nil
  }

  private static func count(_ answer: JSONValue, _ key: String) -> Int {
    Int(answer[key]?.int64 ?? 0)
  }

  private static func values(_ answer: JSONValue) -> [String] {
    (answer["values"]?.members ?? []).map { member in
      let value = member.value.double.map { "\(Float($0))" } ?? "-"
      let unit = TerminalText.visible(answer["units"]?[member.name]?.string ?? "")
      return "\(TerminalText.visible(member.name))=\(value)" + (unit.isEmpty ? "" : " \(unit)")
    }
  }

  private static func counts(_ answer: JSONValue) -> [String] {
    func count(_ key: String) -> Int { self.count(answer, key) }
    var parts: [String] = []
    if let hertz = answer["measured_rate"]?.double {
      parts.append("\(Decimal.text(hertz, decimals: 2)) a second")
    }
    parts.append(Decimal.count(count("samples"), "sample"))
    parts.append(Decimal.count(count("bad_frames"), "bad frame"))
    if count("over_rate") > 0 {
      parts.append(Decimal.count(count("over_rate"), "frame") + " beyond the rate")
    }
    if count("gaps") > 0 {
      let seconds = answer["gap_seconds"]?.double ?? 0
      parts.append(
        Decimal.count(count("gaps"), "gap")
          + ", the last of \(Decimal.text(seconds, decimals: 1)) s")
    }
    return parts
  }

  /// A line for each field that lacked values.
  private static func faults(_ answer: JSONValue) -> [String] {
    (answer["fields"]?.members ?? []).map { field in
      let kinds = (field.value.members ?? []).map {
        "\(TerminalText.printable($0.name)) \($0.value.int64 ?? 0) times"
      }
      return "\(TerminalText.visible(field.name)) had no value: \(kinds.joined(separator: ", "))"
    }
  }

  private static func badFrame(_ answer: JSONValue) -> String? {
    guard let frame = answer["bad_frame"] else { return nil }
    func text(_ key: String) -> String { TerminalText.visible(frame[key]?.string ?? "?") }
    return "\(text("bytes")), \(text("why"))"
  }
}
