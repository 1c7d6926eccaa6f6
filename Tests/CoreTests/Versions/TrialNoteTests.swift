import Testing

@testable import Core
@testable import Models

/// Goal: what became of a trial fits the line that subscribers get.
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
}
