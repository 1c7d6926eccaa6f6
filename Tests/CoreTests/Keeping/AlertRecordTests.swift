import System
import Testing
import TestSupport

@testable import Core

/// Goal: every kind of record comes back as it was, within its limit, and no bytes trap the reader.
@Suite struct AlertRecordTests {
  private static func alert() -> SavedAlert {
    var alert = SavedAlert(name: String(repeating: "n", count: 64))
    (alert.state.phase, alert.state.flags, alert.transition) = (
      .latched, [.shelved, .first], .escalated
    )
    (alert.state.episode, alert.state.episodeFloor, alert.state.repeatCount) = (.max, 8, -1)
    (alert.at, alert.wall, alert.state.raisedAt, alert.sinceWall) = (1, 2, 3, .min)
    (alert.state.shelfUntil, alert.state.silenceUntil, alert.state.isConfirmed) = (5, 6, true)
    (alert.state.since, alert.state.calledAt, alert.state.waitingSince) = (8, 9, .max)
    alert.state.clearedAt = -7
    (alert.value, alert.level) = (.nan, -0.5)
    alert.person = String(repeating: "p", count: 63)
    alert.acknowledgedBy = String(repeating: "ä", count: 31)
    alert.note = String(repeating: "x", count: 200)
    return alert
  }

  private static let acts: [AlertAct] = [
    .acknowledge(episode: 3), .confirm(episode: 4), .reset(episode: 5), .shelve(until: 6),
    .shelveOnce(until: 7), .unshelve, .service(isOut: true), .service(isOut: false),
    .silence(until: 8), .drill,
  ]

  static let audit = ActAudit(
    action: "ack", alert: String(repeating: "a", count: 64),
    user: String(repeating: "u", count: 32), userNumber: 1000, process: 77,
    program: "edgeagent", by: String(repeating: "b", count: 63),
    note: String(repeating: "n", count: 200), refusal: String(repeating: "r", count: 120), at: 1,
    wall: 2)

  private static let all: [AlertRecord] =
    [
      .alert(alert()), .settled(act: .max, isDone: true), .settled(act: 1, isDone: false),
      .levels(
        SavedOverride(
          condition: "c", kind: 3, source: .max,
          levels: LevelOverride(low: 1, high: 2, clearLow: 0, clearHigh: 3), person: "p", wall: 9)),
      .noLevels(condition: "c"), .clock(ClockNote(boot: "b", at: 1, wall: 2)), .stopped,
      .audit(audit),
    ]
    + acts.enumerated().map { index, kind in
      .act(
        id: UInt64(index),
        StoredAct(kind: kind, name: "fall", person: "anna", note: "ü", at: 1, wall: 2))
    }

  @Test func `every record comes back`() {
    for record in Self.all {
      let bytes = record.bytes
      #expect(AlertRecord(bytes[...]) == record)
      #expect(bytes.count <= AlertKeepingLimits.recordBytesMax)
      for count in 0..<bytes.count { #expect(AlertRecord(bytes[..<count]) == nil) }
      #expect(AlertRecord((bytes + [0])[...]) == nil)
    }
  }

  @Test func `no bytes trap the reader`() {
    var random = SeededGenerator("records")
    for _ in 0..<2000 {
      var bytes = Self.all.randomElement(using: &random)!.bytes
      bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
      _ = AlertRecord(bytes[...])
    }
  }

  @Test func `a text is cut after a whole character`() {
    var writer = RecordWriter()
    writer.put("aä", bytesMax: 2)
    var reader = RecordReader(writer.bytes[...])
    #expect(reader.text() == "a")
    #expect("äöü".cut(toBytes: 5) == "äö" && "abc".cut(toBytes: 3) == "abc")
  }
}
