import Testing

@testable import Config
@testable import Core
@testable import Models
@testable import System
import TestSupport
@testable import Trust

/// Goal: an owner who asked for verification never gets none, and one who decided nothing is told
/// so. Method: each thing that may be written, with each thing that may be in the folder.
@Suite struct BoardTrustTests {
  private let folder = TestFolder()
  private var keys: String { folder.path + "/trust.d" }

  private func trust(_ choice: TrustPolicy.Choice) throws -> BoardTrust {
    var configuration = Make.configuration(
      folder, sensors: [Make.sensor(.unix(path: "/unused"))], pipelines: [Make.pipeline()],
      alerts: [Make.alert()])
    configuration.trust = TrustPolicy(choice, place: Make.place)
    return try BoardTrust(configuration, defaultFolder: keys)
  }

  private func refusal(_ choice: TrustPolicy.Choice) -> TrustError? {
    do {
      _ = try trust(choice)
      return nil
    } catch StartError.trust(_, let error) {
      return error
    } catch {
      Issue.record("\(error)")
      return nil
    }
  }

  @Test func `what is written decides`() throws {
    #expect(refusal(.keys(folder: keys)) == .file(path: keys, .system(code: 2)))
    try folder.file("trust.d/README")
    #expect(refusal(.keys(folder: keys)) == .noKeys(folder: keys))
    try folder.file("trust.d/owner.pem", "no key")
    #expect(refusal(.keys(folder: keys)) == .key(path: keys + "/owner.pem", .notAKey))
    try BundleOwner().trust(in: folder)
    #expect(try trust(.keys(folder: keys)).news == nil)
    #expect(try trust(.none).news == .decided)
    #expect(try trust(.named).news == nil)
  }

  @Test func `where nothing is written the default folder decides`() throws {
    #expect(try trust(.unwritten).news == .undecided(folder: keys))
    try folder.file("trust.d/README")
    #expect(try trust(.unwritten).news == .undecided(folder: keys))
    try folder.file("trust.d/owner.pem", "no key")
    #expect(refusal(.unwritten) == .key(path: keys + "/owner.pem", .notAKey))
    try BundleOwner().trust(in: folder)
    #expect(try trust(.unwritten).news == nil)
  }

  @Test func `it is told with its two remedies, and is a fault of the configuration`() throws {
    let text = try #require(try trust(.unwritten).news).text
    #expect(text.contains(keys) && text.contains(".pem") && text.contains("trust = \"none\""))
    let error = StartError.trust(place: Make.place, .noKeys(folder: keys))
    #expect(error.exitCode == 78 && error.lines[0].hasPrefix("test.toml:1:1: trust: "))
  }
}

/// Goal: a board goes on with the version before where the active one does not verify, and never
/// scores with what it has not verified. Method: two signed versions, of which one is changed.
@Suite struct UnverifiedVersionTests {
  private let folder = TestFolder()
  private let owner: BundleOwner
  private let bundles: [String]
  private var versions: InstalledVersions { InstalledVersions("echo", in: folder.path + "/models") }
  private let configuration: Configuration

  init() throws {
    owner = try BundleOwner()
    let keys = try owner.trust(in: folder)
    bundles = [try EchoModel().write(to: folder), try EchoModel(version: "2").write(to: folder)]
    for bundle in bundles { try owner.sign(bundle) }
    var configuration = Make.configuration(
      folder, sensors: [Make.sensor(.unix(path: "/unused"))], pipelines: [Make.pipeline()],
      alerts: [Make.alert()])
    configuration.trust = TrustPolicy(.keys(folder: keys), place: Make.place)
    self.configuration = configuration
    try versions.activate("1")
    try versions.activate("2")
  }

  private func build() throws -> PipelineBuilder {
    try PipelineBuilder(configuration, trust: BoardTrust(configuration).bundles)
  }

  @Test func `the version that verifies scores`() throws {
    let builder = try build()
    #expect(builder.pipelines.map { $0.bundle.manifest.version } == ["2"])
    #expect(builder.fallbacks.isEmpty && builder.refusals.isEmpty)
  }

  @Test(arguments: ["bundle.sig", "README.md", ".hidden", "golden.bin"])
  func `a changed active version gives way to the one before`(name: String) throws {
    try folder.file("models/echo/2/\(name)", "changed\n")
    let builder = try build()
    #expect(builder.pipelines.map { $0.bundle.manifest.version } == ["1"])
    #expect(builder.fallbacks.map { $0.verdict.version } == ["2"])
    #expect(builder.fallbackLines[0].contains("echo/2 does not verify, echo/1 scores instead"))
    let notes = StartGuard(configuration).goBack(builder.fallbacks, in: configuration)
    #expect(notes.count == 1 && notes[0].isRollback && notes[0].verdict.outcome == .failed)
    #expect(versions.active == "1" && versions.previous == "2")
    #expect(versions.verdict(of: "2")?.isBad == true)
  }

  @Test func `a pinned model's links stay, and the version before scores`() throws {
    _ = try versions.pin()
    try folder.file("models/echo/2/bundle.sig", "")
    let builder = try build()
    #expect(builder.pipelines.map { $0.bundle.manifest.version } == ["1"])
    #expect(StartGuard(configuration).goBack(builder.fallbacks, in: configuration).count == 1)
    #expect(versions.active == "2")
  }

  @Test func `nothing scores where neither verifies, or the configuration names the version`()
    throws
  {
    try folder.file("models/echo/2/bundle.sig", "")
    var named = configuration
    named.pipelines[0].model.version = "2"
    let refused = try PipelineBuilder(named, trust: BoardTrust(named).bundles)
    #expect(refused.pipelines.isEmpty && refused.refusals.count == 1)
    try folder.file("models/echo/1/model.tflite", "")
    let builder = try build()
    #expect(builder.pipelines.isEmpty && builder.fallbacks.isEmpty)
    #expect(builder.refusals.count == 1 && builder.refusals[0].exitCode == 78)
  }

  @Test func `a running agent adopts what is signed, and nothing else`() throws {
    let builder = try build()
    let adopter = ModelAdopter(
      configuration, builder.pipelines, exchange: ModelExchange(),
      history: ModelHistory(builder.pipelines.map { ($0.index, ModelHistory.Model($0.bundle)) }),
      hotWakeup: Wakeup(), trust: try BoardTrust(configuration).bundles)
    let third = try EchoModel(version: "3").write(to: folder)
    try versions.activate("3")
    adopter.round()
    #expect(adopter.offered == nil, "not signed")
    #expect(adopter.followers[0].refused == "3")
    try owner.sign(third)
    try versions.activate("1")
    adopter.round()
    guard case .adopt(_, let model)? = adopter.offered else {
      Issue.record("signed")
      return
    }
    #expect(model.version == "1")
  }
}
