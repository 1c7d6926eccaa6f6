import Config
import Store
import System

/// Sends records to `mlflow:https://…`. Each board has one run. Results become metrics of the run;
/// other records and recordings become its artifacts.
///
/// Records that are sent twice are there once: MLflow keeps a metric's value once for each step and
/// time, and a file replaces the file of the same name.
final class MLflowUplink: Uplink {
  /// The key of the tag that tells a board's run from others. Its value is the board's id.
  static let agentTag = "edgeagent.agent"

  let recordsMax = 100
  private let client: MLflowClient
  private let agent: String
  private let experiment: String
  /// The board's run, once it is found. When a person deletes it on the server, the next batch
  /// finds that out.
  private var run: MLflowClient.Run?
  var inDoubt = MetricsInDoubt()

  /// - Parameter agent: the board's id, in the form that the configuration demands.
  init(_ server: Server, agent: String, experiment: String = UplinkSettings.experimentDefault) {
    client = MLflowClient(server)
    (self.agent, self.experiment) = (agent, experiment)
  }

  @export(interface)
  func send(_ records: [StoredRecord], epoch: String) throws(SyncError) {
    guard inDoubt.concerns(records, epoch: epoch) else {
      return try withRun { (run) throws(SyncError) in try send(records, epoch, to: run) }
    }
    // The newest values, as they are now.
    run = nil
    try withRun { (run) throws(SyncError) in
      let known = inDoubt.known(by: run.newest)
      // What is not there goes again.
      if known.isEmpty { inDoubt = MetricsInDoubt() }
      try send(records.filter { !known.contains($0.sequence) }, epoch, to: run)
      inDoubt.forget(known.intersection(records.map { $0.sequence }))
    }
  }

  /// As a file of the run: `recordings/fall-3-9f2c61d07be4a853-r7.rec`.
  @export(interface)
  func send(_ recording: StoredRecording, epoch: String) throws(SyncError) {
    let alert = recording.alert.isEmpty ? "" : "\(recording.alert)-\(recording.episode)-"
    let name = "recordings/\(alert)\(recording.name(epoch: epoch)).rec"
    try withRun { (run) throws(SyncError) in
      // As with other files: a deleted run takes no metrics, not even none.
      try client.log("", to: run)
      try client.artifacts(run.artifactURI).put(
        name, recording.bytes, type: "application/octet-stream")
    }
  }

  private func withRun(_ send: (MLflowClient.Run) throws(SyncError) -> Void) throws(SyncError) {
    guard let known = run else {
      let found = try findRun()
      run = found
      return try send(found)
    }
    do throws(SyncError) {
      try send(known)
    } catch .status(let failure) where [400, 404].contains(failure.status) {
      // The answer is about the records or about a run that is gone. Only if the run is gone, the
      // uplink finds or makes another one.
      guard try isGone(known) else { throw .status(failure) }
      run = nil
      let new = try findRun()
      run = new
      try send(new)
    }
  }

  private func send(
    _ records: [StoredRecord], _ epoch: String, to run: MLflowClient.Run
  ) throws(SyncError) {
    var metrics = MLflowMetrics()
    var others: [StoredRecord] = []
    do throws(SyncError) {
      for record in records {
        if !metrics.add(record) { others.append(record) }
        while let request = metrics.nextFull() { try client.log(request, to: run) }
      }
      // MLflow takes files for deleted runs too, and forgets them. So a request with metrics goes
      // first, even one without any.
      try client.log(metrics.finish(), to: run)
    } catch {
      switch error.blame {
      case .cut, .silence, .trouble, .record: inDoubt = MetricsInDoubt(records, epoch: epoch)
      case .link, .size, .server: break
      }
      throw error
    }
    guard !others.isEmpty else { return }
    let artifacts = try client.artifacts(run.artifactURI)
    for record in others {
      let document = MLflowDocument(record, epoch: epoch)
      try artifacts.put(document.name, Array(document.text.utf8), type: "application/json")
    }
  }

  /// Whether the run takes no metrics any more.
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
    // Two processes may have made a run each. Both take the older one.
    if let oldest = try oldestRun(experiment) { return oldest }
    return made
  }

  private func oldestRun(_ experiment: String) throws(SyncError) -> MLflowClient.Run? {
    try client.run(in: experiment, tag: Self.agentTag, value: agent)
  }
}
