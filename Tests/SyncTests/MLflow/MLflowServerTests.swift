import Testing

@testable import Models
@testable import Store
@testable import Sync
@testable import System
@testable import Text

/// Goal: a real MLflow keeps what is sent twice once, and takes every name and number of ours.
/// Method: the server that the environment names in EDGEAGENT_MLFLOW; without one these are
/// skipped, and the test run says so.
@Suite(.enabled(if: Environment.value("EDGEAGENT_MLFLOW") != nil, "EDGEAGENT_MLFLOW is not set"))
struct MLflowServerTests {
  private let server: Server
  private let client: MLflowClient
  private let agent = "bench-\(Clock.boot())"

  init() throws {
    let address = try #require(Environment.value("EDGEAGENT_MLFLOW"))
    server = Server(try URL(address), HTTPClient(HTTPSettings()))
    client = MLflowClient(server)
  }

  private var uplink: MLflowUplink { MLflowUplink(server, agent: agent, experiment: "bench") }

  private func record(
    _ sequence: Int64, _ kind: RecordKind, _ body: String, time: Int64? = 1_800_000_000_000_000_000
  ) -> StoredRecord {
    StoredRecord(
      sequence: sequence, kind: kind.rawValue, at: 5, boot: "b", time: time, source: "s",
      body: body)
  }

  private func run() throws -> MLflowClient.Run {
    let experiment = try client.experiment("bench")
    let run = try client.run(in: experiment, tag: MLflowUplink.agentTag, value: agent)
    return try #require(run)
  }

  private func history(_ key: String) throws -> [JSONValue] {
    let answer = try client.get(
      "/metrics/get-history", [("run_id", try run().id), ("metric_key", key)])
    return answer["metrics"]?.array ?? []
  }

  @Test func `what is sent twice is there once`() throws {
    let records = [
      record(1, .result, #"{"pipeline":"p","scores":{"a":0.1,"b/c é":null}}"#),
      record(2, .result, #"{"pipeline":"p","scores":{"a":0.1}}"#),
      record(3, .alert, #"{"type":"alert"}"#), record(4, .audit, "{}", time: nil),
      record(
        5, .result, #"{"pipeline":"p","windows":3,"scores":{"a":{"min":0,"max":1,"mean":0.5}}}"#),
      record(6, .result, #"{"pipeline":"q","scores":{"a":1}}"#, time: nil),
    ]
    for _ in 0..<2 { try uplink.send(records, epoch: "e0") }
    let values = try history("p.a")
    #expect(values.map { $0["step"]?.int64 } == [1, 2])
    #expect(values.map { $0["value"]?.double } == [0.1, 0.1])
    #expect(values[0]["timestamp"]?.int64 == 1_800_000_000_000)
    #expect(try history("p.b_2fc _c3_a9").isEmpty)
    #expect(try history("p.b_2fc _c3_a9.nan").map { $0["value"]?.double } == [1])
    #expect(try history("p.windows").map { $0["value"]?.double } == [3])
    #expect(try history("p.a.mean").map { $0["value"]?.double } == [0.5])
    #expect(try history("q.a").count == 1)
    let artifacts = try client.artifacts(try run().artifactURI)
    #expect(try artifacts.list().map { $0.name }.sorted() == ["alerts", "audit"])
    let alerts = try client.artifacts("\(try run().artifactURI)/alerts")
    let bytes = BodyInMemory()
    _ = try server.client.send(
      HTTPRequest(.get, try alerts.address(of: "e0-3.json")), to: bytes)
    #expect(bytes.bytes == Array(MLflowDocument(records[2], epoch: "e0").text.utf8))
  }

  @Test func `thousands of metrics in one batch`() throws {
    let labels = (0..<64).map { #""l\#($0)":{"min":0,"max":1,"mean":0.5}"# }
    let body = #"{"pipeline":"p","scores":{\#(labels.joined(separator: ","))},"windows":2}"#
    let records = (1...20).map { record($0, .result, body) }
    let uplink = self.uplink
    for _ in 0..<2 { try uplink.send(records, epoch: "e0") }
    #expect(try history("p.l63.mean").map { $0["step"]?.int64 } == (1...20).map { $0 })
    // A later start finds the run though its answer lists 193 metrics.
    let first = try run()
    try self.uplink.send([record(21, .alert, "{}")], epoch: "e0")
    #expect(try run() == first)
  }

  @Test func `a deleted run is followed by a new one`() throws {
    let uplink = self.uplink
    try uplink.send([record(1, .alert, "{}")], epoch: "e0")
    let first = try run()
    _ = try client.post("/runs/update") { writer in
      writer.member("run_id", first.id)
      writer.member("status", "FINISHED")
    }
    try uplink.send([record(2, .alert, "{}")], epoch: "e0")
    #expect(try run() == first, "a finished run goes on")
    _ = try client.post("/runs/delete") { $0.member("run_id", first.id) }
    try uplink.send([record(3, .alert, "{}")], epoch: "e0")
    let second = try run()
    #expect(second.id != first.id)
    let files = try client.artifacts("\(second.artifactURI)/alerts").list()
    #expect(files.map { $0.name } == ["e0-3.json"])
  }

  @Test func `a report is a tag, and no other revision`() throws {
    let name = "model-\(Clock.boot())"
    let run = try client.makeRun(
      name, in: try client.experiment("bench"), tag: "x", value: "y", start: 0)
    _ = try client.post("/registered-models/create") { $0.member("name", name) }
    _ = try client.post("/model-versions/create") { writer in
      writer.member("name", name)
      writer.member("run_id", run.id)
      writer.member("source", run.artifactURI + "/bundle")
    }
    let registry = MLflowRegistry(server)
    let found = try registry.find(name, alias: nil)
    #expect(found.revision == "1" && found.reference == InstallReference(name: name, version: "1"))
    let state = "refused: " + String(repeating: "\"é", count: 320)
    for _ in 0..<2 { try registry.report(state, of: found, by: "ward-7.bed-3") }
    #expect(try registry.find(name, alias: nil) == found)
    let answer = try client.get("/model-versions/get", [("name", name), ("version", "1")])
    let tags = answer["model_version"]?["tags"]?.array ?? []
    #expect(tags.map { $0["key"]?.string } == ["edgeagent.agent.ward-7.bed-3"])
    #expect(tags.map { $0["value"]?.string } == [state])
  }
}
