import CPlatform
import Config
import System
import Text
import Trust

/// What `check` can say of `[sync]` without a server: whether sync can find and read its files.
enum SyncCheck {
  /// - Parameter trust: a folder of keys that is written down is looked at with the models.
  static func problems(_ settings: SyncSettings, trust: TrustPolicy) -> [String] {
    var problems: [String] = []
    func note(_ problem: String) { problems.append("\(settings.place.text): \(problem)") }
    for path in files(settings) {
      if path.withCString({ access($0, R_OK) }) != 0 {
        note("\(path): \(SystemText.of(cp_errno()))")
      }
    }
    if case .program(let path) = settings.gate, path.withCString({ access($0, X_OK) }) != 0 {
      note("gate \(path): \(SystemText.of(cp_errno()))")
    }
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

  /// A credential has no path without a service manager, so this check leaves it out.
  private static func files(_ settings: SyncSettings) -> [String] {
    let network = settings.network
    var secrets = [network.certificate, network.key, network.proxyPassword]
    if case .mlflow(let server) = settings.registry { secrets.append(server.headers) }
    secrets.append(settings.uplink?.server.headers)
    return secrets.compactMap { $0?.path } + [network.authorities].compactMap { $0 }
  }
}
