import Config
import Text
import Trust

/// A version of a registered model, as MLflow's REST interface tells of it.
struct MLflowModelVersion: Equatable {
  /// What the bundle calls itself, where that is not the registry's own number.
  static let versionTag = "edgeagent.version"
  /// What `sha256sum` says of the bundle's files but its signature.
  static let digestsTag = "edgeagent.sha256"
  /// How a board fared: `edgeagent.agent.<id>`
  static let agentTagPrefix = "edgeagent.agent."

  let name: String
  /// The registry's number.
  let number: String
  let status: String
  let bundleVersion: String
  let digestsText: String?

  /// - Returns: nil where something is missing that every version has.
  init?(_ value: JSONValue) {
    guard let name = value["name"]?.string, let number = value["version"]?.string,
      number.utf8.allSatisfy(Digits.isDecimal), (1...18).contains(number.utf8.count)
    else { return nil }
    (self.name, self.number) = (name, number)
    // Older servers do not say.
    status = value["status"]?.string ?? "READY"
    func tag(_ key: String) -> String? {
      let tag = value["tags"]?.array?.first {
        $0["key"]?.string?.utf8.elementsEqual(key.utf8) ?? false
      }
      return tag?["value"]?.string
    }
    bundleVersion = tag(Self.versionTag) ?? number
    digestsText = tag(Self.digestsTag)
  }

  /// The number, and what tells one content of it from another; tags that boards write are no part
  /// of it.
  var revision: String {
    digestsText.map { "\(number)-\(Digest(of: Array($0.utf8)).text)" } ?? number
  }

  static func number(ofRevision revision: String) -> String {
    ConfigurationText.split(revision, at: "-").0
  }
}
