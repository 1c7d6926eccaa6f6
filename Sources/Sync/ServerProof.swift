import Config
import Models
import System
import Text

/// Asks each server of a configuration whether it is what it should be, as `check --network` does.
/// It sends no record and changes nothing, here or there.
///
/// - CloudEvents in batches: an empty batch, which the standard allows. It goes the way of a real
///   one: link, proxy, TLS, credentials, path, type, receipt.
/// - CloudEvents one by one: there is no empty event, and a made-up one would stay in somebody's
///   data. So this asks with OPTIONS, as the standard's rules for webhooks do. A receiver need not
///   answer that.
/// - MLflow: its version, and for an uplink a list of experiments, for a registry each model.
/// - A folder: its models.
package struct ServerProof {
  package struct Finding: Equatable {
    /// `uplink` or `registry`.
    package let name: String
    package let address: String
    package let isGood: Bool
    package let words: String
  }

  private let context: SyncContext

  package init(_ context: SyncContext) { self.context = context }

  @export(interface)
  package func findings() -> [Finding] {
    var findings: [Finding] = []
    if let uplink = context.settings.uplink {
      findings.append(
        finding("uplink", uplink.text, uplink.server) { () throws(SyncError) in
          try prove(uplink)
        })
    }
    switch context.settings.registry {
    case .folder(let folder)?:
      findings.append(
        finding("registry", "dir:" + folder, nil) { () throws(SyncError) in try prove(folder) })
    case .mlflow(let server)?:
      let address = "mlflow:" + server.url.text
      findings.append(
        finding("registry", address, server) { () throws(SyncError) in try prove(server) })
    case nil: break
    }
    return findings
  }

  private func finding(
    _ name: String, _ address: String, _ server: ServerSettings?,
    _ prove: () throws(SyncError) -> String
  ) -> Finding {
    do throws(SyncError) {
      var words = try prove()
      if let server {
        words +=
          server.url.scheme == .https
          ? "; TLS" : "; plain http: any box on the way can answer in its place"
      }
      return Finding(name: name, address: address, isGood: true, words: words)
    } catch {
      return Finding(
        name: name, address: address, isGood: false, words: error.lines.joined(separator: "; "))
    }
  }

  private func prove(_ uplink: UplinkSettings) throws(SyncError) -> String {
    let client = try context.client(uplink.server)
    defer { client.close() }
    let server = Server(uplink.server.url, client)
    switch uplink {
    case .cloudEvents(_, .batch): return try proveBatch(server)
    case .cloudEvents(_, let events): return try proveEvents(server, events)
    case .mlflow:
      let mlflow = MLflowClient(server)
      let version = try mlflow.serverVersion()
      try mlflow.proveExperiments()
      return version + ", with experiments"
    }
  }

  private func proveBatch(_ server: Server) throws(SyncError) -> String {
    do throws(SyncError) {
      let status = try CloudEventsUplink(server, agent: context.configuration.agent.id)
        .sendNothing()
      return "a receipt (\(status)) for an empty batch of events"
    } catch .status(let failure) where [400, 422].contains(failure.status) {
      return "it refuses an empty batch (\(failure.status)), and has no need to take one; "
        + "`edgeagent store send` shows whether it takes events"
    } catch .status(let failure) where failure.status == 415 {
      throw .refused([
        failure.message + "; it takes no batches: events = \"structured\" or \"binary\""
      ])
    }
  }

  private func proveEvents(
    _ server: Server, _ events: EventsMode
  ) throws(SyncError) -> String {
    do throws(SyncError) {
      let origin = HeaderField(name: "WebHook-Request-Origin", value: "edgeagent")
      let status = try server.options([origin])
      return "it answers OPTIONS (\(status)); `edgeagent store send --events "
        + "\(events.rawValue)` shows whether it takes events"
    } catch .status(let failure) where [400, 405, 501].contains(failure.status) {
      return "it is there, and takes no OPTIONS (\(failure.status)); `edgeagent store send "
        + "--events \(events.rawValue)` shows whether it takes events"
    }
  }

  private func prove(_ settings: ServerSettings) throws(SyncError) -> String {
    let client = try context.client(settings)
    defer { client.close() }
    let server = Server(settings.url, client)
    var words = try MLflowClient(server).serverVersion()
    for model in context.settings.models {
      let found = try MLflowRegistry(server).find(model.name, alias: model.alias)
      words += "; \(model.name)" + (model.alias.map { "@" + $0 } ?? "")
      words += " is version \(TerminalText.printable(found.reference.version))"
    }
    return words
  }

  private func prove(_ folder: String) throws(SyncError) -> String {
    do throws(RegistryError) {
      return "models: " + (try FolderRegistry(folder: folder).names()).joined(separator: ", ")
    } catch {
      throw .registry(error)
    }
  }
}

extension MLflowClient {
  /// The first version of MLflow that boards work with. The tests run it, and the newest.
  static let versionMin = SemanticVersion("3.0.0")!

  /// - Returns: `MLflow 3.17.2`, or that the server does not tell.
  /// - Throws: `.refused` for a version that is too old; the faults of the link.
  fileprivate func serverVersion() throws(SyncError) -> String {
    let text: String
    do throws(SyncError) {
      text = try server.text("/version")
    } catch .status(let failure) where failure.status == 404 {
      return "an MLflow server that does not tell its version"
    }
    guard let version = SemanticVersion(text) else {
      return "MLflow \(TerminalText.printable(String(text.prefix(20))))"
    }
    guard version >= Self.versionMin else {
      throw .refused(["\(place): MLflow \(text); boards need \(Self.versionMin.text) or later"])
    }
    return "MLflow \(text)"
  }

  fileprivate func proveExperiments() throws(SyncError) {
    _ = try post("/experiments/search") { $0.member("max_results", 1 as Int) }
  }
}
