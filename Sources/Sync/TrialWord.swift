import Models

/// What an owner can say in a registry of the trial of a version.
///
/// The bundle itself cannot say it: its signature holds for ever and on every board, and whether a
/// trial is of use depends on the version that scores now. A registry that lies with this word
/// makes a board take a version that its owner signed, without a trial: what every board does whose
/// pipelines have no `trial`. With `always` in `trial` the board does not listen to it.
package enum TrialWord: Equatable {
  case unsaid
  /// `none`: the version takes over without one.
  case without
  /// A word that has no meaning; it is told, and taken as `unsaid`.
  case unknown(String)

  static let withoutText = "none"

  /// - Parameter text: nil where the registry says nothing.
  init(_ text: String?) {
    guard let text else {
      self = .unsaid
      return
    }
    self = text.utf8.elementsEqual(Self.withoutText.utf8) ? .without : .unknown(text)
  }

  /// How a trial goes on this board.
  ///
  /// - Parameters:
  ///   - isAsked: the configuration wants a trial.
  ///   - always: and does not let a registry waive it.
  func policy(isAsked: Bool, always: Bool) -> TrialPolicy {
    if self == .without && !always { return .waived }
    return isAsked ? .asked : .notAsked
  }
}
