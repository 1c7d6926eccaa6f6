import CPlatform
import Config
import Sync
import System
import Text
import Trust

/// What `check` can say of `[sync]` without a server: whether sync can find and read its files.
enum SyncCheck {
  static func problems(_ configuration: Configuration, _ settings: SyncSettings) -> [String] {
    var problems: [String] = []
    func note(_ problem: String) { problems.append("\(settings.place.text): \(problem)") }
    let state = SyncContext(configuration, settings, cancelDescriptor: -1).state
    for lane in [state.uplink, state.registry] where lane.isStopped {
      note("\(lane.address) has answered 410, it wants no more; see `edgeagent sync --status`")
    }
    for path in files(settings) {
      if path.withCString({ access($0, R_OK) }) != 0 {
        note("\(path): \(SystemText.of(cp_errno()))")
      }
    }
    if case .program(let path) = settings.gate, path.withCString({ access($0, X_OK) }) != 0 {
      note("gate \(path): \(SystemText.of(cp_errno()))")
    }
    let trust = configuration.trust
    guard settings.registry != nil, trust.choice == .unwritten, let folder = trust.folder else {
      return problems
    }
    do throws(TrustError) {
      _ = try TrustedKeys(folder: folder)
    } catch {
      for line in error.lines { note(line) }
    }
    return problems
  }

  /// What a receiver of the uplink has to take.
  static func note(_ settings: SyncSettings) -> String? {
    guard case .cloudEvents(_, let events)? = settings.uplink else { return nil }
    return switch events {
    case .batch:
      "uplink: batches of up to 256 events; a receiver that takes one event a request may keep the "
        + "first\nand answer 2xx: then events = \"structured\" or \"binary\""
    case .structured: "uplink: one event a request, application/cloudevents+json"
    case .binary: "uplink: one event a request, attributes in header fields ce-…"
    }
  }

  /// A credential has no path without a service manager, so this check leaves it out.
  private static func files(_ settings: SyncSettings) -> [String] {
    let network = settings.network
    var secrets = [network.certificate, network.key, network.proxyPassword]
    if case .mlflow(let server) = settings.registry { secrets.append(server.headers) }
    secrets.append(settings.uplink?.server.headers)
    return secrets.compactMap { $0?.path } + [network.authorities].compactMap { $0 }
  }
}
