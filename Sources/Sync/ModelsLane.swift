import Config
import Text
import Trust

/// Brings this board the versions that its owner wants it to have, and tells the owner the result.
///
/// The trouble of one model does not keep another one back. Sync fetches a version that it refused
/// for good only after its revision, the keys or the agent have changed.
final class ModelsLane: SyncLane {
  private let context: SyncContext
  private let settings: RegistrySettings
  private let interlude: (any Interlude)?

  /// - Parameter interlude: the work that cannot wait until a download or a verification has ended.
  init(_ context: SyncContext, _ settings: RegistrySettings, interlude: (any Interlude)?) {
    (self.context, self.settings, self.interlude) = (context, settings, interlude)
  }

  var task: SyncTask {
    if case .folder = settings { return .local }
    return .overTheLink
  }

  @export(interface)
  func run(_: SyncTask) throws(SyncError) {
    let trust = try fingerprint(ofTrust: context.configuration.trust.folder)
    let (registry, client) = try registry()
    defer { if let client { context.finish(client) } }
    let delivery = delivery(registry)
    let models = try wanted(registry)
    context.state.forgetVersions(exceptOf: models.map { $0.name })
    var worst: SyncError?
    var goneCount = 0
    for wanted in models {
      var lines: [String] = []
      do throws(SyncError) {
        try ModelUpdate(context, registry, delivery, wanted, trust: trust).run()
      } catch {
        if error.endsRound { throw error }
        lines = error.lines
        if error.verdict == .stop { goneCount += 1 }
        if worst == nil || error.verdict.isPassing { worst = error }
      }
      context.complain(of: "model \(wanted.name)", lines)
    }
    guard let worst else { return }
    // A registry that wants no more requests answers 410 for every model.
    if worst.verdict == .stop, goneCount < models.count { throw .gone(worst.lines) }
    throw worst
  }

  private func registry() throws(SyncError) -> (any ModelRegistry, HTTPClient?) {
    switch settings {
    case .folder(let folder): return (FolderRegistry(folder: folder), nil)
    case .mlflow(let server):
      let client = try context.client(server, interlude: interlude)
      return (MLflowRegistry(Server(server.url, client)), client)
    }
  }

  private func delivery(_ registry: any ModelRegistry) -> ModelDelivery {
    let configuration = context.configuration
    let (models, staging) = (configuration.agent.models, context.settings.staging)
    let child = AdoptingChild(
      models: models, trust: configuration.trust.folder, time: context.trusted,
      cancelDescriptor: context.cancelDescriptor, interlude: interlude)
    guard staging != nil else {
      return ModelDelivery(models: models, registry: registry, adopter: child)
    }
    return ModelDelivery(
      models: models, staging: staging, registry: registry,
      adopter: AskingCore(
        outbox: configuration.outboxPath, otherwise: child,
        cancelDescriptor: context.cancelDescriptor, interlude: interlude))
  }

  /// The models that the configuration names. Where it names none, every model of a folder.
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

  /// A digest of what a refusal depends on beside the bundle: the agent's version, the threshold,
  /// the keys, and which of them have expired. The last counts because the clock may have been
  /// wrong.
  private func fingerprint(ofTrust folder: String?) throws(SyncError) -> String {
    guard let folder else { return "\(SemanticVersion.agent.text) none" }
    do throws(TrustError) {
      let trust = try TrustedKeys(folder: folder)
      let now = context.now
      let keys = trust.keys.map { key in
        "\(key.key.identifier):\(key.expires.map { "\($0):\(now >= $0)" } ?? "")"
      }
      let text =
        "\(SemanticVersion.agent.text) \(trust.threshold) \(keys.joined(separator: " "))"
      return Digest(of: Array(text.utf8)).text
    } catch {
      throw .trust(error)
    }
  }
}

extension HTTPFault {
  /// Whether the fault is about the link or the whole round, and not about one request.
  var endsRound: Bool {
    switch self {
    case .cancelled, .budgetSpent, .resolve, .connect, .proxyRefused: true
    default: false
    }
  }
}
