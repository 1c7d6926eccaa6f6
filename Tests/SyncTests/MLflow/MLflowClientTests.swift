import Testing

@testable import Sync
@testable import Text
@testable import Trust

/// Goal: what a server says is taken as MLflow means it, or not at all.
/// Method: a scripted server with answers that a real one gave, and with wrong ones.
@Suite struct MLflowClientTests {
  private static let version = """
    {"model_version": {"name": "fall", "version": "2", "creation_timestamp": 1795872953805,
    "current_stage": "None", "description": "", "source": "models:/m-1", "run_id": "",
    "status": "READY", "tags": [{"key": "edgeagent.version", "value": "7"},
    {"key": "edgeagent.sha256", "value": "x"}, {"key": "edgeagent.agent.a", "value": "active"}],
    "run_link": "", "aliases": ["champion"]}}
    """

  private func client(
    path: String = "", status: Int = 200, _ body: String, _ use: (MLflowClient) throws -> Void
  ) throws -> [String] {
    let server = ScriptedServer { _ in (status, body) }
    defer { server.stop() }
    try use(MLflowClient(try server.server(path: path)))
    return server.requests.map { $0.line }
  }

  private func refusal(
    status: Int = 200, _ body: String, _ use: (MLflowClient) throws -> Void
  ) throws -> String {
    var lines: [String] = []
    _ = try client(status: status, body) { client in
      do {
        try use(client)
      } catch let error as SyncError {
        lines = error.lines
      }
    }
    return lines.joined(separator: "\n")
  }

  @Test func `an alias is a version, also after reports of boards`() throws {
    var revisions: [String] = []
    for text in [Self.version, Self.version.replacing("active", with: "refused: \\u0007")] {
      let lines = try client(path: "/a/b/", text) { client in
        let found = try client.modelVersion("fall", alias: "cham pion/ä")
        #expect(found.number == "2" && found.bundleVersion == "7")
        revisions.append(found.revision)
      }
      #expect(
        lines == [
          "GET /a/b/api/2.0/mlflow/registered-models/alias?name=fall&alias=cham%20pion%2f%c3%a4"
        ])
    }
    #expect(revisions[0] == revisions[1])
    #expect(revisions[0] == "2-\(Digest(of: Array("x".utf8)).text)")
    #expect(MLflowModelVersion.number(ofRevision: revisions[0]) == "2")
    #expect(MLflowModelVersion.number(ofRevision: "12") == "12")
  }

  @Test func `the newest, and none`() throws {
    let version = Self.version.split(separator: ":", maxSplits: 1)[1].dropLast()
    let lines = try client("{\"model_versions\":[\(version)],\"next_page_token\":\"x\"}") {
      let newest = try $0.newestVersion("fall")
      #expect(newest.number == "2")
    }
    #expect(lines[0].hasSuffix("&order_by=version_number%20DESC&max_results=1"))
    #expect(lines[0].contains("filter=name%20%3d%20%27fall%27"))
    let none = try refusal("{}") { _ = try $0.newestVersion("fall") }
    #expect(none.contains("no versions of a model fall"))
  }

  @Test(arguments: [
    "", "null", "[]", "{}", "{\"model_version\":{\"name\":\"fall\"}}",
    "{\"model_version\":{\"name\":\"fall\",\"version\":2}}",
    "{\"model_version\":{\"name\":\"fall\",\"version\":\"\"}}",
    "{\"model_version\":{\"name\":\"fall\",\"version\":\"-1\"}}",
    "{\"model_version\":{\"name\":\"Fall\",\"version\":\"1\"}}", "<htm",
  ])
  func `what is no version is none`(body: String) throws {
    let text = try refusal(body) { _ = try $0.modelVersion("fall", alias: "a") }
    #expect(text.contains("the answer lacks"))
    #expect(text.contains("127.0.0.1"))
  }

  @Test func `refusals in the server's words`() throws {
    let body = #"{"error_code": "X", "message": "Registered model alias a not found."}"#
    let text = try refusal(status: 400, body) { _ = try $0.modelVersion("fall", alias: "a") }
    #expect(text.hasSuffix("the server answers 400 (Registered model alias a not found.)"))
  }

  @Test func `artifacts behind the server alone`() throws {
    let client = MLflowClient(Server(try URL("http://h"), HTTPClient(HTTPSettings())))
    for (uri, path) in [
      ("mlflow-artifacts:/1/models/m-2/artifacts", "1/models/m-2/artifacts"),
      ("mlflow-artifacts:///1/a b/é", "1/a%20b/%c3%a9"), ("mlflow-artifacts:/1//x/", "1/x"),
    ] { #expect(MLflowArtifacts(uri: uri, client)?.path == path) }
    for uri in [
      "", "s3://b/k", "file:///x", "runs:/1/x", "mlflow-artifacts:", "mlflow-artifacts:/",
      "mlflow-artifacts:1/x", "mlflow-artifacts://other/1/x", "mlflow-artifacts:/1/../2",
      "mlflow-artifacts:/./1", "http://h/x",
      "mlflow-artifacts:/" + String(repeating: "a", count: 1100),
    ] { #expect(MLflowArtifacts(uri: uri, client) == nil, "\(uri)") }
    let text = try refusal(#"{"artifact_uri": "s3://bucket/\u001b[2J"}"#) {
      _ = try $0.artifacts(of: "fall", number: "2")
    }
    #expect(text.contains("artifacts at s3://bucket/?[2J, which boards cannot reach"))
  }

  @Test func `lists of files`() throws {
    let body =
      #"{"files": [{"path": "a", "is_dir": false, "file_size": 5}, "#
      + #"{"path": "empty", "is_dir": false}, {"path": "d", "is_dir": true}]}"#
    let lines = try client(body) { client in
      let files = try client.artifacts("mlflow-artifacts:/1/a b").list()
      #expect(files.map { $0.name } == ["a", "empty", "d"])
      #expect(
        files.map { $0.bytes } == [5, 0, 0] && files.map { $0.isFolder } == [false, false, true])
    }
    #expect(lines == ["GET /api/2.0/mlflow-artifacts/artifacts?path=1%2fa%20b"])
    _ = try client("{}") {
      let files = try $0.artifacts("mlflow-artifacts:/1").list()
      #expect(files.isEmpty)
    }
    for bad in [
      "[]", #"{"file": []}"#, #"{"files": 1}"#, #"{"files": [1]}"#,
      #"{"files": [{"path": "a", "file_size": -1}]}"#,
      #"{"files": [{"path": "a", "file_size": "5"}]}"#,
      #"{"files": [{"path": "a", "file_size": 1.5}]}"#,
    ] {
      let text = try refusal(bad) { _ = try $0.artifacts("mlflow-artifacts:/1").list() }
      #expect(text.contains("the answer lacks"), "\(bad)")
    }
  }
}
