import Config
import Store
import System

/// `mlflow:https://…` as a place for records: one run a board, results as its metrics, other
/// records as its artifacts.
///
/// Sent twice is sent once: MLflow keeps a metric's value once for each step and time, and a file
/// has one content.
final class MLflowUplink: Uplink {
  /// What tells a board's run.
  static let agentTag = "edgeagent.agent"

  let recordsMax = 100
  private let client: MLflowClient
  private let agent: String
  private let experiment: String
  /// Found once; what is deleted on the server meanwhile is found out by the next batch.
  private var run: MLflowClient.Run?

  /// - Parameter agent: the board's id, a name as the configuration takes it.
  init(_ server: Server, agent: String, experiment: String = UplinkSettings.experimentDefault) {
    client = MLflowClient(server)
    (self.agent, self.experiment) = (agent, experiment)
  }

  @export(interface)
  func send(_ records: [StoredRecord], epoch: String) throws(SyncError) {
    guard let known = run else {
      let found = try findRun()
      run = found
      return try send(records, epoch, to: found)
    }
    do throws(SyncError) {
      try send(records, epoch, to: known)
    } catch .status(let failure) where [400, 404].contains(failure.status) {
      // About what was sent, or about a run that is gone? Then another one is found or made.
      guard try isGone(known) else { throw .status(failure) }
      run = nil
      let new = try findRun()
      run = new
      try send(records, epoch, to: new)
    }
  }

  private func send(
    _ records: [StoredRecord], _ epoch: String, to run: MLflowClient.Run
  ) throws(SyncError) {
    var metrics = MLflowMetrics()
    var others: [StoredRecord] = []
    for record in records {
      if !metrics.add(record) { others.append(record) }
      while let request = metrics.nextFull() { try client.log(request, to: run) }
    }
    // MLflow takes files for deleted runs too, and forgets them: so metrics go first, even none.
    try client.log(metrics.finish(), to: run)
    guard !others.isEmpty else { return }
    let artifacts = try client.artifacts(run.artifactURI)
    for record in others {
      let document = MLflowDocument(record, epoch: epoch)
      try artifacts.put(document.name, Array(document.text.utf8), type: "application/json")
    }
  }

  private func isGone(_ run: MLflowClient.Run) throws(SyncError) -> Bool {
    do throws(SyncError) {
      try client.log("", to: run)
      return false
    } catch .status(let failure) where [400, 404].contains(failure.status) {
      return true
    }
  }

  private func findRun() throws(SyncError) -> MLflowClient.Run {
    let experiment = try client.experiment(self.experiment)
    if let run = try oldestRun(experiment) { return run }
    let made = try client.makeRun(
      agent, in: experiment, tag: Self.agentTag, value: agent, start: Clock.wall() / 1_000_000)
    // Two processes may have made one each: both take the older.
    if let oldest = try oldestRun(experiment) { return oldest }
    return made
  }

  private func oldestRun(_ experiment: String) throws(SyncError) -> MLflowClient.Run? {
    try client.run(in: experiment, tag: Self.agentTag, value: agent)
  }
}
