import Glibc
import Testing

@testable import Config
@testable import Sync
@testable import System
import TestSupport
@testable import Trust

/// Goal: one model's trouble, one file's, one report's stays what it is, and nothing is paid for
/// twice.
/// Method: rounds of the lane against a scripted MLflow; no bundle gets as far as being adopted,
/// which would fork this process.
@Suite struct ModelsLaneTests {
  private let folder = TestFolder()

  /// A registry with one file of a wrong digest in each bundle, and what else a test wants.
  private static func answer(
    _ request: ScriptedServer.Request, version: String = "2", report: Int = 200,
    artifact: Int = 200
  ) -> (Int, String) {
    let line = request.line
    let digests = BundleDigests.files.sorted().map {
      "\(String(repeating: "0", count: 64))  \($0)\\n"
    }.joined()
    if line.contains("set-tag") { return (report, "{}") }
    if line.contains("get-download-uri") {
      return (200, #"{"artifact_uri":"mlflow-artifacts:/0/r/artifacts/fall"}"#)
    }
    if line.contains("mlflow-artifacts/artifacts?path") {
      let files = (BundleDigests.files + [BundleSignature.fileName]).map {
        #"{"path":"\#($0)","is_dir":false,"file_size":4}"#
      }
      return (200, #"{"files":[\#(files.joined(separator: ","))]}"#)
    }
    if line.contains("mlflow-artifacts/artifacts/") { return (artifact, "four") }
    let name = line.contains("name=gait") ? "gait" : "fall"
    return (
      200,
      #"{"model_version":{"name":"\#(name)","version":"3","status":"READY","tags":["#
        + #"{"key":"edgeagent.version","value":"\#(version)"},"#
        + #"{"key":"edgeagent.sha256","value":"\#(digests)"}]}}"#
    )
  }

  private func context(_ server: ScriptedServer, models: [String] = ["fall"]) throws -> SyncContext
  {
    try folder.file("trust/owner.pem", PrivateKey(.ed25519).publicPEM)
    let list = models.map { #"{ name = "\#($0)", alias = "a" }"# }.joined(separator: ",")
    let text = """
      agent = { id = "a", models = "\(folder.path)/models", state = "\(folder.path)" }
      [sync]
      registry = "mlflow:http://127.0.0.1:\(server.port)"
      models = [\(list)]
      trust = "\(folder.path)/trust"
      """
    let configuration = try Configuration.parse([
      ConfigurationSource(file: folder.path + "/edgeagent.toml", bytes: Array(text.utf8))
    ])
    return SyncContext(configuration, configuration.sync!, cancelDescriptor: -1)
  }

  private func round(_ context: SyncContext) -> SyncError? {
    do throws(SyncError) {
      try ModelsLane(context, context.settings.registry!, interlude: nil).run(.local)
      return nil
    } catch {
      return error
    }
  }

  private var staged: [String] { Folders.allNames(in: folder.path + "/models/.staging") }

  @Test func `a wrong digest is refused, told, and not fetched again`() throws {
    let server = ScriptedServer { Self.answer($0) }
    defer { server.stop() }
    let context = try context(server)
    #expect(round(context) == nil)
    let version = context.state.versions[0]
    #expect(version.isRefused && version.state.hasPrefix("refused: ") && !version.isUntold)
    #expect(staged.filter { $0.hasPrefix("download-") }.isEmpty)
    let told = server.requests.filter { $0.line.contains("set-tag") }
    #expect(told.count == 1 && told[0].body.contains("SHA-256"))
    let count = server.requests.count
    #expect(round(context) == nil)
    #expect(server.requests.count == count + 1, "which version it is, and nothing else")
  }

  @Test func `a file that is gone is that version's affair, and is looked for again`() throws {
    let server = ScriptedServer { Self.answer($0, artifact: 410) }
    defer { server.stop() }
    let context = try context(server)
    #expect(round(context) == nil)
    let version = context.state.versions[0]
    #expect(!version.isRefused && version.state.contains("410") && !version.isUntold)
    let count = server.requests.count
    #expect(round(context) == nil)
    #expect(server.requests.count > count + 1)
    #expect(server.requests.filter { $0.line.contains("set-tag") }.count == 1, "told once")
  }

  @Test(arguments: [(410, true), (403, true), (500, false), (503, false)])
  func `a report that is not taken changes nothing else`(status: Int, isOver: Bool) throws {
    let server = ScriptedServer { Self.answer($0, report: status) }
    defer { server.stop() }
    let context = try context(server, models: ["fall", "gait"])
    #expect(round(context) == nil)
    #expect(context.state.versions.map { $0.isRefused } == [true, true])
    #expect(context.state.versions.map { $0.isUntold } == [!isOver, !isOver])
  }

  @Test func `a name that the folder needs is refused before anything is fetched`() throws {
    let server = ScriptedServer { Self.answer($0, version: "active") }
    defer { server.stop() }
    let context = try context(server)
    #expect(round(context) == nil)
    #expect(context.state.versions[0].isRefused && staged.isEmpty)
    #expect(!server.requests.contains { $0.line.contains("artifacts") })
  }

  @Test func `410 of one model is not the registry's, 410 of all is`() throws {
    let server = ScriptedServer {
      $0.line.contains("name=gait") ? (410, "") : Self.answer($0)
    }
    defer { server.stop() }
    #expect(round(try context(server, models: ["gait", "fall"]))?.verdict == .final)
    #expect(round(try context(server, models: ["gait"]))?.verdict == .stop)
  }

  @Test func `a stop in the middle of a download keeps what came`() throws {
    var ends: [Int32] = [-1, -1]
    #expect(pipe2(&ends, 0) == 0)
    defer { for end in ends { close(end) } }
    let writer = ends[1]
    let server = ScriptedServer { request in
      if request.line.contains("mlflow-artifacts/artifacts/") {
        write(writer, "x", 1)
        usleep(200_000)
      }
      return Self.answer(request)
    }
    defer { server.stop() }
    let made = try context(server, models: ["fall", "gait"])
    let context = SyncContext(made.configuration, made.settings, cancelDescriptor: ends[0])
    #expect(round(context)?.httpFailure?.fault == .cancelled)
    #expect(staged.contains("download-fall-2"))
    #expect(!server.requests.contains { $0.line.contains("name=gait") })
  }
}
