import Testing

@testable import Config
@testable import Sync
import TestSupport

/// Goal: each kind of server is proved by what it alone answers, and what is no such server fails.
/// Method: a server of a few lines, asked as `check --network` asks.
@Suite struct ServerProofTests {
  private func finding(
    _ sync: String, _ answer: @escaping @Sendable (ScriptedServer.Request) -> (Int, String)
  ) throws -> (ServerProof.Finding, [ScriptedServer.Request]) {
    let (folder, server) = (TestFolder(), ScriptedServer(answer))
    defer { server.stop() }
    let text = """
      agent = { id = "a", state = "\(folder.path)", models = "\(folder.path)/models" }
      [store]
      [sync]
      \(sync.replacing("URL", with: "http://127.0.0.1:\(server.port)/x"))
      """
    let configuration = try Configuration.parse([
      ConfigurationSource(file: folder.path + "/a.toml", bytes: Array(text.utf8))
    ])
    let context = SyncContext(configuration, configuration.sync!, cancelDescriptor: -1)
    let findings = ServerProof(context).findings()
    #expect(findings.count == 1)
    return (findings[0], server.requests)
  }

  @Test(arguments: [
    (204, "", true, "a receipt (204) for an empty batch"), (200, "{}", true, "a receipt (200)"),
    (400, "", true, "refuses an empty batch (400)"), (415, "", false, "events = \"structured\""),
    (200, "<html>", false, "a web page"), (207, "", false, "lacks a receipt"),
    (200, #"{"error":"no"}"#, false, "but error: no"), (401, "", false, "check the credentials"),
    (404, "", false, "404"), (410, "", false, "it wants no more"), (500, "", false, "500"),
    (302, "", false, "302"),
  ])
  func `batches of events`(status: Int, body: String, isGood: Bool, words: String) throws {
    let (finding, requests) = try finding("uplink = \"cloudevents:URL\"") { _ in (status, body) }
    #expect(finding.isGood == isGood && finding.words.contains(words), "\(finding.words)")
    #expect(requests == [ScriptedServer.Request(line: "POST /x", body: "[]")])
    #expect(finding.name == "uplink" && finding.address.hasPrefix("cloudevents:http://127.0.0.1:"))
    #expect(!isGood || finding.words.hasSuffix("any box on the way can answer in its place"))
  }

  @Test(arguments: [
    ("structured", 200, true, "answers OPTIONS (200)"), ("binary", 405, true, "takes no OPTIONS"),
    ("binary", 403, false, "check the credentials"), ("structured", 404, false, "404"),
  ])
  func `one event a request`(mode: String, status: Int, isGood: Bool, words: String) throws {
    let (finding, requests) = try finding(
      "uplink = \"cloudevents:URL\"\nevents = \"\(mode)\""
    ) { _ in (status, "") }
    #expect(finding.isGood == isGood && finding.words.contains(words), "\(finding.words)")
    #expect(requests.map { $0.line } == ["OPTIONS /x"])
    #expect(!isGood || finding.words.contains("--events \(mode)"))
  }

  @Test(arguments: [
    (200, "3.17.2", "{}", true, "MLflow 3.17.2, with experiments"),
    (200, "3.0.0\n", "{}", true, "MLflow 3.0.0"), (200, "2.22.4", "{}", false, "boards need 3.0.0"),
    (404, "", "{}", true, "does not tell its version"), (200, "3.1.0", "[]", false, "JSON object"),
    (200, "3.1.0", #"{"error_code":"X"}"#, false, "error_code: X"),
    (200, "<!doctype html>", "{}", false, "web page"), (401, "", "{}", false, "credentials"),
  ])
  func `an uplink to MLflow`(
    status: Int, version: String, list: String, isGood: Bool, words: String
  ) throws {
    let (finding, _) = try finding("uplink = \"mlflow:URL\"") {
      $0.line == "GET /x/version" ? (status, version) : (200, list)
    }
    #expect(finding.isGood == isGood && finding.words.contains(words), "\(finding.words)")
  }

  @Test func `each model of a registry`() throws {
    let settings = """
      registry = "mlflow:URL"
      models = [{ name = "fall", alias = "champion" }]
      """
    let version = #"{"model_version":{"name":"fall","version":"7"}}"#
    let (good, _) = try finding(settings) {
      $0.line == "GET /x/version" ? (200, "3.17.2") : (200, version)
    }
    #expect(good.isGood && good.words.hasPrefix("MLflow 3.17.2; fall@champion is version 7;"))
    let (bad, _) = try finding(settings) {
      $0.line == "GET /x/version" ? (200, "3.17.2") : (400, #"{"message":"no alias"}"#)
    }
    #expect(!bad.isGood && bad.words.contains("no alias") && bad.name == "registry")
  }

  @Test func `a folder that is not there`() throws {
    let (finding, _) = try finding("registry = \"dir:/no/such/folder\"") { _ in (500, "") }
    #expect(!finding.isGood && finding.words.contains("/no/such/folder"))
  }
}
