import Testing

@testable import Config
@testable import Models
@testable import Text

/// One change that breaks a document, and the expected messages: one line for each fault, without
/// the file's name before it.
package struct ConfigurationFaultCase: Sendable, CustomTestStringConvertible {
  let text: String
  let replacement: String
  let message: String

  package init(_ text: String, _ replacement: String, _ message: String) {
    (self.text, self.replacement, self.message) = (text, replacement, message)
  }

  package var testDescription: String { quoted(replacement) }

  /// A document with every required key and no other.
  package static let configuration = """
    [agent]
    id = "ward-7"

    [[sensor]]
    name = "wrist"
    port = "serial:/dev/ttyUSB0"
    fields = [ { name = "ax", unit = "g" } ]
    rate = 50

    [[pipeline]]
    name = "fall"
    sensor = "wrist"
    model = "fall"

    [[alert]]
    name = "fall"
    source = "fall.fall"
    above = 0.9

    """

  package func expectOfConfiguration() {
    let document = Self.replaced(text, with: replacement, in: Self.configuration)
    let source = ConfigurationSource(file: "edgeagent.toml", bytes: Array(document.utf8))
    #expect(Self.messages(of: [source]) == lines(file: "edgeagent.toml"))
  }

  /// A document with every key.
  package static let manifest = """
    format = 1
    name = "fall"
    version = "1"
    licence = "Apache-2.0"
    minimum_agent = "0.1.0"
    summary = "Falls from a wrist sensor."

    [input]
    rate = 50
    window = 150
    stride = 10
    features = [ { name = "ax", unit = "g" }, { name = "ay", unit = "g" } ]

    [[preprocess]]
    step = "scale"
    offset = [0, 0.5]
    divide = [4, 500]
    lower = -1.0
    upper = 1

    [output]
    labels = ["daily", "fall"]

    """

  package func expectOfManifest() {
    let document = Self.replaced(text, with: replacement, in: Self.manifest)
    #expect(Self.messages(ofManifest: document) == lines(file: "model.toml"))
  }

  private func lines(file: String) -> [String] {
    message.split(separator: "\n").map { "\(file):\($0)" }
  }

  /// The messages about a configuration; none when it is accepted.
  package static func messages(of sources: [ConfigurationSource]) -> [String] {
    do throws(ConfigurationError) {
      _ = try Configuration.parse(sources)
      return []
    } catch {
      return error.messages
    }
  }

  /// The messages about a configuration in one file.
  package static func messages(of document: String) -> [String] {
    messages(of: [ConfigurationSource(file: "edgeagent.toml", bytes: Array(document.utf8))])
  }

  /// The messages about a manifest; none when it is accepted.
  package static func messages(ofManifest document: String) -> [String] {
    do throws(ConfigurationError) {
      _ = try ModelManifest.parse(
        ConfigurationSource(file: "model.toml", bytes: Array(document.utf8)))
      return []
    } catch {
      return error.messages
    }
  }

  /// Replaces a text that must be there exactly once.
  package static func replaced(_ text: String, with replacement: String, in document: String)
    -> String
  {
    let parts = document.split(separator: text, omittingEmptySubsequences: false)
    precondition(parts.count == 2, "\(text) is \(parts.count - 1) times in the document")
    return "\(parts[0])\(replacement)\(parts[1])"
  }
}
