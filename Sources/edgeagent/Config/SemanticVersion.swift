/// `1.2.3`: what of semantic versioning a minimum needs. Pre-releases have no order here and are
/// refused.
struct SemanticVersion: Equatable, Comparable, Sendable {
  var major: Int
  var minor: Int
  var patch: Int

  /// This agent.
  static let agent = SemanticVersion(major: 0, minor: 1, patch: 0)

  var text: String { "\(major).\(minor).\(patch)" }

  static func < (a: SemanticVersion, b: SemanticVersion) -> Bool {
    (a.major, a.minor, a.patch) < (b.major, b.minor, b.patch)
  }
}
