import Testing

@testable import Core
@testable import Models

/// Goal: what became of a version fits the line that subscribers get.
/// Method: the longest names and the longest reason.
@Suite struct TrialNoteTests {
  @Test func `the longest note fits its line`() {
    let long = TrialVerdict(
      version: "2", against: "1", outcome: .failed,
      reason: String(repeating: "\u{1}", count: 5000))
    let note = TrialNote(
      pipeline: 0, model: String(repeating: "m", count: 64), verdict: long)
    #expect(note.line(String(repeating: "p", count: 64)).bytes.count < 2500)
  }

  @Test func `a change that waits fits its line, however long it waits`() {
    let name = String(repeating: "1", count: 64)
    for wait in [0, 1, 300_000_000_000, Int64.max] {
      let note = WaitingNote(
        pipeline: 0, model: name, version: name, current: name, waitNanoseconds: wait)
      #expect(note.seconds == wait / 1_000_000_000 + 1)
      #expect(note.line(name).bytes.count < 500)
    }
  }
}
