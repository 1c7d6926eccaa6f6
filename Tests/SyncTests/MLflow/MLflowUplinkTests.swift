import SensorIO
import Synchronization
import Testing

@testable import Config
@testable import Store
@testable import Sync
import TestSupport
@testable import edgeagent

/// Goal: each board's records end in one run, also when the last run is gone.
/// Method: a scripted server that plays MLflow with a list of runs, some of them deleted.
@Suite struct MLflowUplinkTests {
  private static let result = StoredRecord(
    sequence: 1, kind: RecordKind.result.rawValue, at: 5, boot: "b", time: 1_000_000_000,
    source: "p", body: #"{"pipeline":"p","scores":{"a":0.5}}"#)
  private static let alert = StoredRecord(
    sequence: 2, kind: RecordKind.alert.rawValue, at: 5, boot: "b", time: nil, source: "s",
    body: "{}")

  /// What the server knows; the answers are those of MLflow 3.17.
  private final class Fake: Sendable {
    let runs = Mutex<[(id: String, isDeleted: Bool)]>([])
    let hasExperiment = Mutex(false)
    let refuses = Mutex<String?>(nil)
    let scheme: String

    init(scheme: String = "mlflow-artifacts:/1/") { self.scheme = scheme }

    func answer(_ request: ScriptedServer.Request) -> (Int, String) {
      if let word = refuses.withLock({ $0 }), request.body.contains(word) { return (400, "{}") }
      if request.line.contains("experiments/get-by-name") {
        let isThere = hasExperiment.withLock { $0 }
        return isThere
          ? (200, #"{"experiment":{"experiment_id":"1","lifecycle_stage":"active"}}"#) : (404, "{}")
      }
      if request.line.contains("experiments/create") {
        hasExperiment.withLock { $0 = true }
        return (200, #"{"experiment_id":"1"}"#)
      }
      if request.line.contains("runs/search") {
        let first = runs.withLock { $0.first { !$0.isDeleted } }
        return (200, first.map { #"{"runs":[{"info":\#(info($0.id))}]}"# } ?? "{}")
      }
      if request.line.contains("runs/create") {
        let id = runs.withLock { runs in
          runs.append(("r\(runs.count)", false))
          return "r\(runs.count - 1)"
        }
        return (200, #"{"run":{"info":\#(info(id))}}"#)
      }
      if request.line.contains("runs/log-batch") {
        let isDeleted = runs.withLock {
          $0.first { request.body.contains("\"\($0.id)\"") }?.isDeleted
        }
        return isDeleted == false ? (200, "{}") : (isDeleted == nil ? 404 : 400, "{}")
      }
      // MLflow 3.0 answers an object to a file, and 3.17 nothing.
      guard request.line.hasPrefix("PUT ") else { return (501, "{}") }
      return (200, request.line.contains("/recordings/") ? "" : "{}")
    }

    private func info(_ id: String) -> String {
      #"{"run_id":"\#(id)","artifact_uri":"\#(scheme)\#(id)/artifacts"}"#
    }
  }

  private func use(_ fake: Fake, _ body: (MLflowUplink, ScriptedServer) throws -> Void) throws {
    let server = ScriptedServer { fake.answer($0) }
    defer { server.stop() }
    try body(MLflowUplink(try server.server(path: "/x"), agent: "ward-7"), server)
  }

  private func error(_ uplink: MLflowUplink, _ records: [StoredRecord]) -> SyncError? {
    do throws(SyncError) {
      try uplink.send(records, epoch: "e")
      return nil
    } catch {
      return error
    }
  }

  @Test func `experiment and run are made once, metrics come before files`() throws {
    try use(Fake()) { uplink, server in
      try uplink.send([Self.alert, Self.result], epoch: "e0")
      try uplink.send([Self.alert], epoch: "e0")
      #expect(
        server.requests.map { $0.line } == [
          "GET /x/api/2.0/mlflow/experiments/get-by-name?experiment_name=edgeagent",
          "POST /x/api/2.0/mlflow/experiments/create", "POST /x/api/2.0/mlflow/runs/search",
          "POST /x/api/2.0/mlflow/runs/create", "POST /x/api/2.0/mlflow/runs/search",
          "POST /x/api/2.0/mlflow/runs/log-batch",
          "PUT /x/api/2.0/mlflow-artifacts/artifacts/1/r0/artifacts/alerts/e0-2.json",
          "POST /x/api/2.0/mlflow/runs/log-batch",
          "PUT /x/api/2.0/mlflow-artifacts/artifacts/1/r0/artifacts/alerts/e0-2.json",
        ])
      #expect(server.requests[2].body.contains("tags.`edgeagent.agent` = 'ward-7'"))
      #expect(server.requests[7].body == #"{"run_id":"r0","metrics":[]}"#)
    }
  }

  @Test func `a recording is a file of the run, and a deleted run takes none`() throws {
    let folder = TestFolder()
    let outbox = try Outbox(folder.path + "/o.db", bytesMax: 1 << 20, boot: "b")
    var head = RecordingHead()
    head.alert = .init(name: "fall", episode: 3, sample: 1, value: 1, time: "")
    var writer = RawRecordingWriter(head: head.text(sensor: nil))
    writer.finish(at: 0)
    for bytes in [writer.take(), Array("no recording".utf8)] {
      try outbox.append(
        NewRecording(episode: 3, at: 1, time: nil, sensor: "wrist", bytes: bytes),
        bytesMax: 1 << 16)
    }
    let drain = try FileDrain(of: outbox)
    let (named, plain) = (try drain.recording(after: 0)!, try drain.recording(after: 1)!)
    let fake = Fake()
    try use(fake) { uplink, server in
      try uplink.send(named, epoch: "e0")
      #expect(server.requests.last!.line.hasSuffix("/r0/artifacts/recordings/fall-3-e0-r1.rec"))
      fake.runs.withLock { $0[0].isDeleted = true }
      try uplink.send(plain, epoch: "e0")
      #expect(server.requests.last!.line.hasSuffix("/r1/artifacts/recordings/e0-r2.rec"))
      #expect(server.requests.last!.body == "no recording")
      let files = server.requests.filter { $0.line.hasPrefix("PUT ") }
      #expect(files.count == 2, "none to the deleted run")
    }
  }

  @Test func `a run of an earlier start is gone on with`() throws {
    let fake = Fake()
    fake.hasExperiment.withLock { $0 = true }
    fake.runs.withLock { $0 = [("old", true), ("mine", false), ("race", false)] }
    try use(fake) { uplink, server in
      try uplink.send([Self.alert], epoch: "e0")
      #expect(server.requests.last!.line.contains("/mine/"))
      #expect(!server.requests.contains { $0.line.contains("create") })
    }
  }

  @Test func `a deleted run is followed by a new one`() throws {
    let fake = Fake()
    try use(fake) { uplink, server in
      try uplink.send([Self.result], epoch: "e0")
      fake.runs.withLock { $0[0].isDeleted = true }
      try uplink.send([Self.alert], epoch: "e0")
      #expect(server.requests.last!.line.contains("/r1/"))
      fake.runs.withLock { $0 = [] }
      try uplink.send([Self.alert], epoch: "e0")
      #expect(server.requests.last!.line.contains("/r0/"))
    }
  }

  @Test func `a refused record is the record's fault`() throws {
    let fake = Fake()
    try use(fake) { uplink, _ in
      try uplink.send([Self.result], epoch: "e0")
      fake.refuses.withLock { $0 = "p.a" }
      let refused = try #require(error(uplink, [Self.result]))
      #expect(refused.verdict == .final && !refused.isOfTheServer)
      #expect(error(uplink, [Self.alert]) == nil)
    }
  }

  @Test func `files without a place are an error of the server`() throws {
    try use(Fake(scheme: "s3://bucket/")) { uplink, _ in
      try uplink.send([Self.result], epoch: "e0")
      let refused = try #require(error(uplink, [Self.alert]))
      #expect(refused.verdict == .final && refused.isOfTheServer)
    }
  }

  @Test func `a deleted experiment is told`() throws {
    let server = ScriptedServer { _ in
      (200, #"{"experiment":{"experiment_id":"1","lifecycle_stage":"deleted"}}"#)
    }
    defer { server.stop() }
    let refused = try #require(
      error(MLflowUplink(try server.server(), agent: "a", experiment: "mine"), [Self.alert]))
    #expect(refused.lines[0].contains("the experiment mine is deleted"))
    #expect(refused.isOfTheServer)
  }

  /// What people type by hand goes the way of the process that runs unattended.
  @Test func `store send drains an outbox into the experiment that is named`() throws {
    let (fake, folder) = (Fake(), TestFolder())
    let server = ScriptedServer { fake.answer($0) }
    defer { server.stop() }
    let path = "\(folder.path)/outbox.db"
    try Outbox(path, bytesMax: 8 << 20, boot: "b").append(
      [
        NewRecord(kind: .result, at: 1, time: 7, source: "p", body: Self.result.body),
        NewRecord(kind: .alert, at: 2, time: 7, source: "s", body: "{}"),
      ], durably: false)
    let words = ["mlflow:http://127.0.0.1:\(server.port)/x", "--store", path, "--agent", "ward-7"]
    try StoreSend.execute(words + ["--experiment", "night shift"])
    #expect(try FileDrain(path).count() == 0)
    let lines = server.requests.map { $0.line }
    #expect(lines[0].hasSuffix("get-by-name?experiment_name=night%20shift"))
    #expect(server.requests[1].body == #"{"name":"night shift"}"#)
    #expect(lines.contains { $0.hasSuffix("/runs/log-batch") })
    #expect(lines.contains { $0.hasPrefix("PUT /x/api/2.0/mlflow-artifacts/") })
    let count = server.requests.count
    try StoreSend.execute(words)
    #expect(server.requests.count == count, "nothing waits")
  }

  @Test(arguments: [
    ["cloudevents:http://h/", "--experiment", "x"], ["mlflow:http://h/", "--experiment", ""],
    ["mlflow:http://h/", "--experiment", "a\nb"], ["mlflow:ftp://h/"],
    ["mlflow:http://h/", "--experiment", String(repeating: "x", count: 65)],
  ])
  func `an experiment that cannot be is a mistake of the command line`(words: [String]) {
    do throws(Failure) {
      try StoreSend.execute(words + ["--store", "none.db", "--agent", "a"])
      Issue.record("taken")
    } catch {
      #expect(error.exitCode == 2)
    }
  }
}
