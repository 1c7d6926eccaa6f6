/// Brings this board the versions that its owner wants it to have, and tells the owner how that went.
///
/// One model's trouble is not another's, and what was refused once is not fetched again: not before
/// its revision, the keys, or the agent changes.
final class ModelsLane: SyncLane {
  private let context: SyncContext
  private let settings: RegistrySettings
  private var models: String { context.configuration.agent.models }

  init(_ context: SyncContext, _ settings: RegistrySettings) {
    (self.context, self.settings) = (context, settings)
  }

  func run() throws(SyncError) {
    let trust = try Self.fingerprint(ofTrust: context.settings.trust)
    let (registry, client) = try registry()
    defer { if let client { context.finish(client) } }
    var worst: SyncError?
    for wanted in try wanted(registry) {
      do throws(SyncError) {
        try ModelUpdate(context, registry, wanted, trust: trust).run()
      } catch {
        // Nothing else will do better while the link is down or the day's bytes are spent.
        if case .http(let failure) = error, failure.fault.endsRound { throw error }
        for line in error.lines { Log.write(.warning, "model \(wanted.name): \(line)") }
        if worst == nil || error.verdict.isPassing { worst = error }
      }
    }
    if let worst { throw worst }
  }

  private func registry() throws(SyncError) -> (any ModelRegistry, HTTPClient?) {
    switch settings {
    case .folder(let folder): return (FolderRegistry(folder: folder), nil)
    case .mlflow(let server):
      let client = try context.client(server)
      return (MLflowRegistry(Server(server.url, client)), client)
    }
  }

  /// Those of the configuration; every one of a folder where none is named.
  private func wanted(_ registry: any ModelRegistry) throws(SyncError) -> [WantedModel] {
    guard context.settings.models.isEmpty, case .folder(let folder) = settings else {
      return context.settings.models
    }
    do throws(RegistryError) {
      return try FolderRegistry(folder: folder).names().map { WantedModel(name: $0) }
    } catch {
      throw .registry(error)
    }
  }

  /// What a refusal depends on beside the bundle.
  private static func fingerprint(ofTrust folder: String) throws(SyncError) -> String {
    do throws(TrustError) {
      let trust = try TrustStore(folder: folder)
      let keys = trust.keys.map { "\($0.key.identifier):\($0.expires ?? 0)" }
      return "\(SemanticVersion.agent.text) \(trust.threshold) \(keys.joined(separator: " "))"
    } catch {
      throw .models(.trust(error))
    }
  }
}

extension HTTPFault {
  /// About the link rather than about what was asked.
  var endsRound: Bool {
    switch self {
    case .cancelled, .budgetSpent, .resolve, .connect, .proxyRefused: true
    default: false
    }
  }
}
