import TestSupport
import Testing

@testable import Models
@testable import Sync
@testable import System
@testable import Text

/// Goal: a state file with any numbers is read, and what sync goes on to count does not end it.
/// Method: each number of a whole `sync.json`, and each number of the kept budget, replaced by
/// extreme ones; then everything that counts with them.
@Suite struct ExtremeStateTests {
  private let folder = TestFolder()

  private static let whole = """
    {"uplink":{"address":"cloudevents:http://u/","stopped":false,"boot":"b","blocked_until":1,\
    "done_at":2,"fault":""},"registry":{"address":"dir:/r","stopped":false,"boot":"b",\
    "blocked_until":3,"done_at":4,"fault":""},"budget":"5 6 7\\n","recordings":{"epoch":"e",\
    "after":8,"tries":9,"held_boot":"b","held_until":10,"day":11,"bytes":12,"boot":"b",\
    "since":13,"sent":14,"over_budget":15,"refused":16},"versions":[{"name":"fall",\
    "version":"2","revision":"r","refused":false,"trust":"","state":"","standing":{"is":\
    "active after a trial","watched":true,"windows":17,"agreement":18,"p99_us":19},\
    "reported":""}]}
    """
  private static let numbers = [
    "-9223372036854775808", "9223372036854775807", "9223372036854775808", "-1", "0", "1e308",
    "-1e308", "999999999999999999", "1000000000000000000", "253402300799", "253402300800",
  ]

  @Test(arguments: numbers)
  func `every number of sync's state may be any number`(number: String) throws {
    for place in 1...19 {
      var text = ""
      var digits = ""
      for character in Self.whole + " " {
        if character.isNumber {
          digits.append(character)
          continue
        }
        // `p99_us` and `"version":"2"` keep theirs.
        let isKept = text.hasSuffix("p") || text.hasSuffix(#""version":""#)
        text += !isKept && digits == "\(place)" ? number : digits
        digits = ""
        text.append(character)
      }
      try folder.file("sync.json", Array(text.utf8))
      var state = SyncState(
        path: folder.path + "/sync.json", uplink: "cloudevents:http://u/", registry: "dir:/r")
      count(&state)
      try state.save()
    }
  }

  private func count(_ state: inout SyncState) {
    for moment in [Int64.min, 0, 1_800_000_000, .max] {
      for at in [Int64(0), 1, .max] {
        _ = state.recordings.budget.left(
          of: 100, at: RecordingBudget.Moment(seconds: moment, boot: "b", at: at))
        state.recordings.budget.reserve(.max)
        state.recordings.budget.settle(reserved: .max, spent: .max)
      }
      var budget = RequestBudget(.init(bytesPerDay: 100, attemptsPerDay: 100))
      budget.restore(state.budget)
      _ = (budget.allows(now: moment), budget.bytesLeft(now: moment))
      #expect((1...86_400).contains(budget.secondsLeft(now: moment)))
      budget.spendAttempt(now: moment)
      budget.spend(bytes: .max)
      budget.spend(bytes: .max)
    }
    for end in [RecordingsState.End.sent, .overBudget, .refused] {
      state.recordings.pass(.max, end)
    }
    for version in state.versions { #expect(version.state.utf8.count < 1000) }
    for lane in [state.uplink, state.registry] {
      if let done = lane.doneAt { #expect(Timestamp(wallSeconds: done).text.utf8.count == 24) }
      let schedule = SyncSchedule(
        intervalNanoseconds: 1_000_000_000, now: 5,
        blockedUntil: min(lane.blockedUntil, 5 + RetryAfter.secondsMax * 1_000_000_000))
      #expect(schedule.dueAt >= 5)
    }
  }

  @Test func `a budget counts to its end`() {
    var budget = RequestBudget(.init())
    budget.restore("0 999999999999999999 999999999999999999\n")
    budget.spendAttempt(now: 0)
    #expect(budget.attempts == 1_000_000_000_000_000_000)
    for number in ["-1", "9223372036854775807", "x", ""] {
      budget.restore("0 \(number) 1\n")
      #expect(budget.attempts == 1_000_000_000_000_000_000)
    }
  }

  @Test(arguments: numbers)
  func `a server's times may be any number`(number: String) {
    for (wait, date) in [
      (number, nil), ("Sun, 06 Nov \(number) 08:49:37 GMT", nil),
      ("Fri, 31 Dec 9999 23:59:59 GMT", "Sat, 01 Jan 0000 00:00:00 GMT"),
      ("Sat, 01 Jan 0000 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ] as [(String, String?)] {
      for now in [Int64.min, 0, .max] {
        var head = ResponseHead()
        head.fields = [HeaderField(name: "retry-after", value: wait)]
        if let date { head.fields.append(HeaderField(name: "date", value: date)) }
        if let found = RetryAfter.seconds(head, now: now) {
          #expect((0...RetryAfter.secondsMax).contains(found))
        }
      }
    }
  }
}
