import Store
import Text

/// The texts of `store info` and `store verify`, for people and for programs.
extension StoreCommand {
  static func text(_ survey: OutboxSurvey, _ path: String, asJSON: Bool) -> String {
    asJSON ? json(survey, path) : people(survey, path)
  }

  private static func people(_ survey: OutboxSurvey, _ path: String) -> String {
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
    if survey.recordings.count > 0 {
      text +=
        "\(Decimal.count(Int(survey.recordings.count), "recording")) of alerts: "
        + "\(Decimal.grouped(Int(survey.recordings.bytes))) bytes\n"
    }
    if survey.sent > 0 { text += "sent and kept: \(Decimal.grouped(Int(survey.sent)))\n" }
    if survey.setAside > 0 {
      text +=
        "refused by the server and set aside: \(survey.setAside); "
        + "`edgeagent store retry` sends them again\n"
    }
    for loss in survey.losses {
      text += "lost: \(Decimal.grouped(Int(loss.records))) \(loss.kind), \(loss.reason)\n"
    }
    guard let hours = survey.hoursHeld else {
      return text + "\ntoo few records of this boot to say for how long it lasts\n"
    }
    return text + "\nholds \(Decimal.text(hours, decimals: 1)) hours at this rate\n"
  }

  private static func json(_ survey: OutboxSurvey, _ path: String) -> String {
    JSONWriter.text { writer in
      writer.member("store", path)
      writer.member("epoch", survey.epoch)
      writer.member("bytes", survey.fileBytes)
      writer.member("bytes_max", survey.bytesMax)
      writer.array("kinds") { writer in
        for count in survey.counts { writer.object { put(count, into: &$0) } }
      }
      writer.object("recordings") { writer in
        writer.member("count", survey.recordings.count)
        writer.member("bytes", survey.recordings.bytes)
      }
      writer.member("sent", survey.sent)
      writer.member("set_aside", survey.setAside)
      writer.array("lost") { writer in
        for loss in survey.losses { writer.object { put(loss, into: &$0) } }
      }
      writer.member("hours_held", survey.hoursHeld, decimals: 1)
    } + "\n"
  }

  private static func put(_ count: OutboxSurvey.Count, into writer: inout JSONWriter) {
    writer.member("kind", count.kind)
    writer.member("records", count.records)
    writer.member("bytes", count.bytes)
  }

  private static func put(_ loss: OutboxSurvey.Loss, into writer: inout JSONWriter) {
    writer.member("reason", loss.reason)
    writer.member("kind", loss.kind)
    writer.member("records", loss.records)
  }

  static func text(_ check: OutboxCheck, _ path: String, asJSON: Bool) -> String {
    let isSound = check.problems.isEmpty
    guard asJSON else {
      return isSound ? "\(path): \(Decimal.count(check.records, "record")), sound\n" : ""
    }
    return JSONWriter.text { writer in
      writer.member("store", path)
      writer.member("ok", isSound)
      writer.member("records", check.records)
      writer.member("problems", check.problems)
    } + "\n"
  }
}
