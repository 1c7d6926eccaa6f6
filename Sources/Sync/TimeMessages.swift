import Text
import Trust

/// What sync says about the time that servers tell.
enum TimeMessages {
  /// - Returns: none while the witnesses agree. The lines stay the same from round to round, so the
  ///   log tells them once.
  static func lines(
    _ outcome: TrustedTime.Outcome, of witness: String, _ time: TrustedTime
  ) -> [String] {
    switch outcome {
    case .believed: []
    case .doubted:
      [
        "\(witness) tells a later time than another witness bears; keys expire by the earlier one, "
          + "see `edgeagent time`"
      ]
    case .contradicted:
      [
        "\(time.path): the floor is later than two witnesses say; see `edgeagent time`, and put it "
          + "back by `edgeagent time --reset`"
      ]
    }
  }
}
