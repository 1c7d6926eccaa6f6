/// A version `1.2.3`, as a model's manifest names the least version of the agent. Pre-releases are
/// refused: such a minimum is a release.
package struct SemanticVersion: Equatable, Comparable, Sendable {
  var major: Int
  var minor: Int
  var patch: Int

  /// The version of this agent.
  package static let agent = SemanticVersion(major: 0, minor: 1, patch: 0)

  init(major: Int, minor: Int, patch: Int) {
    (self.major, self.minor, self.patch) = (major, minor, patch)
  }

  /// Reads three numbers of up to nine digits, without leading zeros; nil for any other text.
  package init?(_ text: String) {
    var numbers: [Int] = []
    for part in text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      guard (1...9).contains(part.count), part.allSatisfy(Digits.isDecimal),
        part.count == 1 || part.first != UInt8(ascii: "0"),
        let number = Int(String(Substring(part)))
      else { return nil }
      numbers.append(number)
    }
    guard numbers.count == 3 else { return nil }
    self.init(major: numbers[0], minor: numbers[1], patch: numbers[2])
  }

  package var text: String { "\(major).\(minor).\(patch)" }

  package static func < (a: SemanticVersion, b: SemanticVersion) -> Bool {
    (a.major, a.minor, a.patch) < (b.major, b.minor, b.patch)
  }
}
