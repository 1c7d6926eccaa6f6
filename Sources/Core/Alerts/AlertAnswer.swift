/// What an alert answers to a person: what changed, nothing, or why not.
enum AlertAnswer: BitwiseCopyable, Equatable, Sendable {
  case done(AlertTransition)
  /// The alert is already as it was asked to be.
  case unchanged
  case refused(AlertRefusal)

  var transition: AlertTransition? {
    if case .done(let transition) = self { transition } else { nil }
  }

  var refusal: AlertRefusal? {
    if case .refused(let refusal) = self { refusal } else { nil }
  }
}

/// Why an alert does not do what a person asks. `AlertRefusalMessages.swift` has the words.
enum AlertRefusal: BitwiseCopyable, Equatable, Sendable {
  /// The alert is normal.
  case notStanding
  /// The person means another episode than the one that stands.
  case wrongEpisode(standing: Int64)
  case alreadyAcknowledged
  /// First the acknowledgement, then everything else.
  case notAcknowledged
  /// The configuration asks for no confirmation of this alert.
  case nothingToConfirm
  case alreadyConfirmed
  /// It is confirmed first, then reset.
  case notConfirmed
  /// The alert does not latch, so that it needs no reset.
  case notLatched
  /// The condition still holds.
  case notReturned
  case alreadyShelved
  case notShelved
  case alreadyOutOfService
  case notOutOfService
  /// The alert stands, and makes no sound.
  case nothingToSilence
  /// The end of a shelf, a pause or a drill is not in the future.
  case timeIsPast
  /// No drill while the alert is real.
  case standing
  case alreadyDrilled
  /// Its condition has no levels.
  case noLevels
}
