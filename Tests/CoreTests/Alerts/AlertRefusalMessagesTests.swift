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
      let parts = refusal.message.split(separator: ";")
      #expect(parts.count == 2, "\(refusal)")
      #expect(refusal.message.utf8.count < 100 && !refusal.message.hasSuffix("."), "\(refusal)")
    }
    #expect(AlertRefusal.wrongEpisode(standing: 12).message.contains("episode 12"))
  }
}
