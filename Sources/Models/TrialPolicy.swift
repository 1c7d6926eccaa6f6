/// Whether a version is tried beside the current one before it becomes the active one.
///
/// A version that was active before, and is proven, is not tried in any case: see `isProven`.
package enum TrialPolicy: Equatable, Sendable {
  /// Nobody asked for a trial.
  case notAsked
  /// The configuration or a person asked for one.
  case asked
  /// The owner said in the registry that this version takes over without one. So it does not matter
  /// how it differs from the current version. What is wrong with the version itself still does.
  case waived
}
