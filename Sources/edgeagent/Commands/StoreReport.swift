import Text

/// The survey of a store and the outcome of its check, for people and for programs.
extension StoreCommand {
  static func text(_ survey: StoreSurvey, _ path: String, asJSON: Bool) -> String {
    asJSON ? json(survey, path) : people(survey, path)
  }

  private static func people(_ survey: StoreSurvey, _ path: String) -> String {
    var text =
      "\(path): \(Decimal.grouped(survey.fileBytes)) of "
      + "\(Decimal.grouped(Int(survey.bytesMax))) bytes, epoch \(survey.epoch)\n\n"
      + "kind          records         bytes\n"
    for count in survey.counts {
      text +=
        Decimal.left(count.kind, width: 10)
        + Decimal.right(Decimal.grouped(Int(count.records)), width: 11)
        + Decimal.right(Decimal.grouped(Int(count.bytes)), width: 14) + "\n"
    }
    if survey.setAside > 0 { text += "refused by the server and set aside: \(survey.setAside)\n" }
    for loss in survey.losses {
      text += "lost: \(Decimal.grouped(Int(loss.records))) \(loss.kind), \(loss.reason)\n"
    }
    guard let hours = survey.hoursHeld else {
      return text + "\ntoo few records of this boot to say for how long it lasts\n"
    }
    return text + "\nholds \(Decimal.text(hours, decimals: 1)) hours at this rate\n"
  }

  private static func json(_ survey: StoreSurvey, _ path: String) -> String {
    let kinds = survey.counts.map {
      "{\"kind\":\(JSONText.quoted($0.kind)),\"records\":\($0.records),\"bytes\":\($0.bytes)}"
    }
    let losses = survey.losses.map {
      "{\"reason\":\(JSONText.quoted($0.reason)),\"kind\":\(JSONText.quoted($0.kind)),"
        + "\"records\":\($0.records)}"
    }
    let hours = survey.hoursHeld.map { Decimal.text($0, decimals: 1) } ?? "null"
    return "{\"store\":\(JSONText.quoted(path)),\"epoch\":\(JSONText.quoted(survey.epoch)),"
      + "\"bytes\":\(survey.fileBytes),\"bytes_max\":\(survey.bytesMax),"
      + "\"kinds\":[\(kinds.joined(separator: ","))],\"set_aside\":\(survey.setAside),"
      + "\"lost\":[\(losses.joined(separator: ","))],\"hours_held\":\(hours)}\n"
  }

  static func text(_ check: StoreCheck, _ path: String, asJSON: Bool) -> String {
    let isSound = check.problems.isEmpty
    guard asJSON else {
      return isSound ? "\(path): \(Decimal.count(check.records, "record")), sound\n" : ""
    }
    let problems = check.problems.map(JSONText.quoted).joined(separator: ",")
    return "{\"store\":\(JSONText.quoted(path)),\"ok\":\(isSound),"
      + "\"records\":\(check.records),\"problems\":[\(problems)]}\n"
  }
}
