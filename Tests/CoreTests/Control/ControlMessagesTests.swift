import Testing
import TestSupport

@testable import Core

/// Goal: each refusal has its sentence and a remedy.
@Suite struct ControlMessagesTests {
  private static let refusals: [ControlRefusal] =
    [
      .notJSON, .noAction, .unknownAction("frob"), .notTaken("for", by: .set),
      .notTaken("alert", by: .status),
      .value(key: "for", needs: "a duration"), .lineTooLong, .tooManyRequests,
      .notAllowed(.ack, has: .read), .alertMissing(.ack), .unknownAlert("fail", nearest: "fall"),
      .unknownSensor("wrst", known: ["wrist"]), .unknownSensor("", known: ["wrist"]),
      .stateMissing, .reasonMissing(.shelve), .durationMissing(.shelve),
      .tooLong(.pause, nanosecondsMax: 900_000_000_000), .nothingStands, .noLevel(alert: "a"),
      .levelKey("belwo", known: ["below"]), .levelCount(key: "above", needed: 1),
      .levelCount(key: "inside", needed: 2), .levelNotFinite, .levelOutOfRange(low: 0, high: 1),
      .levelOrder(key: "above", other: "clear_below"), .notSet(alert: "a"),
      .notKept(fault: "No space left on device"), .hotThreadSilent, .busy,
    ]
    + ([
      .notStanding, .wrongEpisode(standing: 7), .alreadyAcknowledged, .notAcknowledged,
      .nothingToConfirm, .alreadyConfirmed, .notConfirmed, .notLatched, .notReturned,
      .alreadyShelved, .notShelved, .alreadyOutOfService, .notOutOfService, .nothingToSilence,
      .timeIsPast, .standing, .alreadyDrilled, .noLevels,
    ] as [AlertRefusal]).map { .order($0, alert: "fall") }

  @Test func `every refusal has its sentence and a remedy`() {
    expectSentences(Self.refusals) { $0.message }
    for refusal in Self.refusals { expectSentence(refusal.remedy, for: refusal) }
    #expect(ControlRefusal.unknownAlert("fail", nearest: "fall").remedy == #"did you mean "fall"?"#)
    #expect(
      ControlRefusal.notTaken("for", by: .set).remedy == "set takes alert, level, to, by, note")
    let order = ControlRefusal.order(.notAcknowledged, alert: "fall")
    #expect(order.message == "fall: no person has acknowledged it")
    #expect(order.remedy == "acknowledge it first")
    #expect(
      ControlRefusal.tooLong(.pause, nanosecondsMax: 900_000_000_000).message
        == "pause lasts at most 15m")
  }

  @Test func `every fault of the state file has its sentence`() {
    let faults: [AlertStateError] = [
      .file(path: "/s", code: 28), .foreign(path: "/s", user: 7),
      .writable(path: "/s", mode: 0o100666), .notPlain(path: "/s"), .busy(folder: "/s"), .notOurs,
      .corrupt(offset: 9), .tooLarge(bytesMax: 5),
    ]
    expectSentences(faults) { $0.message }
    #expect(faults[2].message.contains("mode 666"))
  }

  @Test func `an audited act is one line of the log`() {
    var act = AlertRecordTests.audit
    (act.alert, act.user, act.by, act.note, act.refusal) = ("fall", "anna", "Anna", "on my way", "")
    #expect(
      act.line == #"anna (uid 1000, "edgeagent" pid 77) for "Anna": ack "fall", "on my way""#)
    act.refusal = "nothing stands"
    #expect(act.line.hasSuffix("; refused: nothing stands"))
    (act.by, act.note, act.alert) = ("", "", "")
    #expect(act.line == #"anna (uid 1000, "edgeagent" pid 77): ack; refused: nothing stands"#)
    act.program = ""
    #expect(act.line == "anna (uid 1000, pid 77): ack; refused: nothing stands")
  }
}
