import Config
import Text
import Trust

/// A version of a registered model, as MLflow's REST interface describes it.
struct MLflowModelVersion: Equatable {
  /// The key of the tag with the bundle's own version, where that is not the registry's number.
  static let versionTag = "edgeagent.version"
  /// The key of the tag with the output of `sha256sum` for the bundle's files but its signature.
  static let digestsTag = "edgeagent.sha256"
  /// The key of the tag by which the owner says that the version takes over without a trial.
  static let trialTag = "edgeagent.trial"
  /// The key of a board's tag begins so: `edgeagent.agent.<id>`. The tag has the board's report.
  static let agentTagPrefix = "edgeagent.agent."

  let name: String
  /// The registry's number: 1…18 decimal digits.
  let number: String
  /// `READY` once the version may be used.
  let status: String
  /// The version that the bundle gives itself.
  let bundleVersion: String
  /// The tag with the digests; nil for none.
  let digestsText: String?
  /// The tag about a trial.
  let trial: TrialWord

  /// - Returns: nil when the number is none.
  init?(
    name: String, number: String, status: String?, bundleVersion: String?, digestsText: String?,
    trialText: String?
  ) {
    guard number.utf8.allSatisfy(Digits.isDecimal), (1...18).contains(number.utf8.count) else {
      return nil
    }
    (self.name, self.number) = (name, number)
    // Older servers do not tell the status.
    self.status = status ?? "READY"
    self.bundleVersion = bundleVersion ?? number
    (self.digestsText, trial) = (digestsText, TrialWord(trialText))
  }

  /// The number, and a digest of the digests where the version has them. This tells one content of
  /// the version from another. Tags that boards write are no part of it.
  var revision: String {
    digestsText.map { "\(number)-\(Digest(of: Array($0.utf8)).text)" } ?? number
  }

  static func number(ofRevision revision: String) -> String {
    ConfigurationText.split(revision, at: "-").0
  }
}
