import Testing

@testable import Config
@testable import Models
import TestSupport
@testable import Text

/// Goal: a right manifest becomes exactly its values, and its features find their fields.
/// Method: whole values compared; bindings with fields in any order, missing, and in other units.
@Suite struct ConfigurationManifestTests {
  @Test func `every key is taken`() throws {
    let manifest = try Self.parse(ConfigurationFaultCase.manifest)
    #expect(
      manifest
        == ModelManifest(
          name: "fall", version: "1", licence: "Apache-2.0",
          minimumAgent: SemanticVersion(major: 0, minor: 1, patch: 0),
          summary: "Falls from a wrist sensor.", rateHertz: 50, window: 150, stride: 10,
          features: [
            ModelFeature(name: "ax", unit: "g"), ModelFeature(name: "ay", unit: "g"),
          ],
          scaling: ModelScaling(offset: [0, 0.5], divide: [4, 500], lower: -1, upper: 1),
          labels: ["daily", "fall"], limits: BundleClaims(),
          featurePlaces: [at(12, 14), at(12, 43)],
          windowPlace: at(10, 10), labelsPlace: at(22, 10)))
  }

  @Test func `without preprocessing the identity`() throws {
    let document = ConfigurationFaultCase.manifest
    let start = document.firstRange(of: "[[preprocess]]")!.lowerBound
    let end = document.firstRange(of: "[output]")!.lowerBound
    let scaling = try Self.parse("\(document[..<start])\(document[end...])").scaling
    #expect(scaling == nil)
  }

  @Test func `limits that the model's maker claims`() throws {
    let limits = "[limits]\narena = \"4KiB\"\ninference = \"5ms\"\n"
    let claims = try Self.parse(ConfigurationFaultCase.manifest + limits).limits
    #expect(claims.arenaBytesMax == 4096)
    #expect(claims.inference?.nanosecondsMax == 5_000_000)
    #expect(claims.inference?.place == at(25, 13))
  }

  @Test(arguments: [
    ("window = 150", "window = 4096", true), ("window = 150", "window = 10", true),
    ("stride = 10", "stride = 1", true), ("stride = 10", "stride = 150", true),
    ("upper = 1", "upper = -0.999", true), ("upper = 1", "upper = -1.00000001", false),
    ("0.1.0", "0.0.99", true), ("0.1.0", "0.2.0", false),
    ("[4, 500]", "[-1e-38, 3e38]", true), ("[4, 500]", "[1, 3.5e38]", false),
  ])
  func `limits`(text: String, replacement: String, isAccepted: Bool) {
    let document = ConfigurationFaultCase.replaced(
      text, with: replacement, in: ConfigurationFaultCase.manifest)
    #expect(ConfigurationFaultCase.messages(ofManifest: document).isEmpty == isAccepted)
  }

  @Test(arguments: [0, 1, 64, 65])
  func `labels`(count: Int) {
    let labels = (0..<count).map { "\"l\($0)\"" }.joined(separator: ", ")
    let document = ConfigurationFaultCase.replaced(
      "[\"daily\", \"fall\"]", with: "[\(labels)]", in: ConfigurationFaultCase.manifest)
    #expect(
      ConfigurationFaultCase.messages(ofManifest: document).isEmpty == (1...64).contains(count))
  }

  @Test(arguments: [0, 1, 32, 33])
  func `features`(count: Int) {
    let features = (0..<count).map { "{ name = \"f\($0)\" }" }.joined(separator: ", ")
    let ones = (0..<count).map { _ in "1" }.joined(separator: ", ")
    let document = ConfigurationFaultCase.replaced(
      "[ { name = \"ax\", unit = \"g\" }, { name = \"ay\", unit = \"g\" } ]",
      with: "[ \(features) ]", in: ConfigurationFaultCase.manifest)
    let scaled = ConfigurationFaultCase.replaced(
      "[4, 500]", with: "[\(ones)]",
      in: ConfigurationFaultCase.replaced("[0, 0.5]", with: "[\(ones)]", in: document))
    #expect(ConfigurationFaultCase.messages(ofManifest: scaled).isEmpty == (1...32).contains(count))
  }

  // MARK: Binding

  @Test func `features find their fields in any order`() throws {
    let sensor = try Self.sensor(
      "{ name = \"t\" }, { name = \"ay\", unit = \"g\" }, { name = \"ax\" }")
    let manifest = try Self.parse(ConfigurationFaultCase.manifest)
    let indices = try FieldBinding.fieldIndices(of: sensor, for: manifest)
    #expect(indices == [2, 1])
  }

  @Test func `missing fields and other units are told with both places`() throws {
    let sensor = try Self.sensor("{ name = \"ay\", unit = \"m/s2\" }")
    let manifest = try Self.parse(ConfigurationFaultCase.manifest)
    let error = try #require(throws: ConfigurationError.self) {
      try FieldBinding.fieldIndices(of: sensor, for: manifest)
    }
    #expect(
      error.messages == [
        "edgeagent.toml:7:10: fields in [[sensor]] lacks \"ax\", a feature of the model at "
          + "model.toml:12:14; add { name = \"ax\", unit = \"g\" }",
        "edgeagent.toml:7:12: field \"ay\" is in \"m/s2\", but the model at model.toml:12:43 wants "
          + "\"g\"; convert it with scale and offset and write that unit",
      ])
  }

  @Test func `a feature without a unit takes any`() throws {
    let sensor = try Self.sensor("{ name = \"ay\", unit = \"m/s2\" }")
    let document = ConfigurationFaultCase.replaced(
      "{ name = \"ax\", unit = \"g\" }, { name = \"ay\", unit = \"g\" }",
      with: "{ name = \"ay\" }, { name = \"az\" }",
      in: ConfigurationFaultCase.manifest)
    let manifest = try Self.parse(document)
    let error = try #require(throws: ConfigurationError.self) {
      try FieldBinding.fieldIndices(of: sensor, for: manifest)
    }
    #expect(
      error.messages == [
        "edgeagent.toml:7:10: fields in [[sensor]] lacks \"az\", a feature of the model at "
          + "model.toml:12:31; add { name = \"az\" }"
      ])
  }

  private func at(_ line: Int, _ column: Int) -> SourcePlace {
    SourcePlace(file: "model.toml", line: line, column: column)
  }

  private static func parse(_ document: String) throws(ConfigurationError) -> ModelManifest {
    try ModelManifest.parse(
      ConfigurationSource(file: "model.toml", bytes: Array(document.utf8)))
  }

  private static func sensor(_ fields: String) throws(ConfigurationError) -> SensorSettings {
    let document = ConfigurationFaultCase.replaced(
      "{ name = \"ax\", unit = \"g\" }", with: fields, in: ConfigurationFaultCase.configuration)
    let source = ConfigurationSource(file: "edgeagent.toml", bytes: Array(document.utf8))
    return try Configuration.parse([source]).sensors[0]
  }
}
