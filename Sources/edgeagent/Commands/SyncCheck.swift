import CPlatform
import Config
import System
import Text
import Trust

/// What of `[sync]` can be known without asking a server: files that have to be there and readable.
enum SyncCheck {
  static func problems(_ settings: SyncSettings) -> [String] {
    var problems: [String] = []
    func note(_ problem: String) { problems.append("\(settings.place.text): \(problem)") }
    for path in files(settings) {
      if path.withCString({ access($0, R_OK) }) != 0 {
        note("\(path): \(SystemText.of(cp_errno()))")
      }
    }
    if case .command(let path) = settings.gate, path.withCString({ access($0, X_OK) }) != 0 {
      note("gate \(path): \(SystemText.of(cp_errno()))")
    }
    guard settings.registry != nil else { return problems }
    do throws(TrustError) {
      _ = try TrustedKeys(folder: settings.trust)
    } catch {
      for line in error.lines { note(line) }
    }
    return problems
  }

  /// A credential without a service manager is none of this one's business: `path` is nil.
  private static func files(_ settings: SyncSettings) -> [String] {
    let network = settings.network
    var secrets = [network.certificate, network.key, network.proxyPassword]
    if case .mlflow(let server) = settings.registry { secrets.append(server.headers) }
    secrets.append(settings.uplink?.server.headers)
    return secrets.compactMap { $0?.path } + [network.authorities].compactMap { $0 }
  }
}
