import Testing

@testable import Core

/// Goal: each refusal says why, and what to do, in a sentence of its own. Method: all of them.
@Suite struct AlertRefusalMessagesTests {
  static let all: [AlertRefusal] = [
    .notStanding, .wrongEpisode(standing: 12), .alreadyAcknowledged, .notAcknowledged,
    .nothingToConfirm, .alreadyConfirmed, .notConfirmed, .notLatched, .notReturned,
    .alreadyShelved, .notShelved, .alreadyOutOfService, .notOutOfService, .nothingToSilence,
    .timeIsPast, .standing, .alreadyDrilled, .noLevels,
  ]

  @Test func `each has its own words, a reason and a remedy`() {
    #expect(Set(Self.all.map(\.message)).count == Self.all.count)
    for refusal in Self.all {
      for words in [refusal.message, refusal.remedy] {
        #expect(1..<80 ~= words.utf8.count && !words.hasSuffix("."), "\(refusal)")
        #expect(!words.contains(";"), "two members, not two halves: \(refusal)")
      }
    }
    #expect(AlertRefusal.wrongEpisode(standing: 12).remedy.contains("episode 12"))
  }
}
