import System
import Text

/// `[sync]`: the servers of `edgeagent sync`, and how often and how much. The core reads none of it
/// but `models`' names.
package struct SyncSettings: Equatable, Sendable {
  /// Where models come from; nil for none.
  package var registry: RegistrySettings?
  /// Which of them this board wants; empty beside `dir:` for all that are there.
  package var models: [WantedModel] = []
  /// Where records go; nil for nowhere.
  package var uplink: UplinkSettings?
  /// Between two looks at a server, less a random part of a quarter.
  package var intervalNanoseconds: Int64 = 900_000_000_000
  /// The folder for sync's files, which the core does not trust; nil for the core's own, where both
  /// run as one user.
  package var state: String?
  package var network = NetworkSettings()
  package var budget = BudgetSettings()
  /// What recordings of alerts may cost of the uplink in a day, in both directions; 0 for none. By
  /// default seven of the largest: 8 MiB in a month of which each day has that many alerts.
  package var recordingBytesPerDay: Int64 = 256 << 10
  /// Asked before each use of the link; nil: it may always be used.
  package var gate: GateSettings?

  /// Where `[sync]` begins.
  package var place: SourcePlace
}

extension SyncSettings {
  /// Where the packaged unit of sync keeps its files.
  static let packagedState = "/var/lib/edgeagent-sync"

  /// Where a bundle is until it is adopted; nil for the models folder's own staging.
  package var staging: String? { state.map { $0 + "/staging" } }

  /// Whether sync shall bring that model to this board.
  package func brings(_ model: String) -> Bool {
    guard registry != nil else { return false }
    return models.isEmpty || models.contains { $0.name.utf8.elementsEqual(model.utf8) }
  }
}

/// `models = [ { name = "fall", alias = "champion" } ]`
package struct WantedModel: Equatable, Sendable {
  package var name: String
  /// What the owner calls the version that boards should have; the newest when nil.
  package var alias: String?

  package init(name: String, alias: String? = nil) {
    self.name = name
    self.alias = alias
  }
}

/// A server with what it alone may see.
package struct ServerSettings: Equatable, Sendable {
  package var url: URL
  /// A file of `Name: value` lines, for the likes of `Authorization`.
  package var headers: SecretFile?
  /// SHA-256 of its public key.
  package var pin: Digest?
}

/// What holds for every server.
package struct NetworkSettings: Equatable, Sendable {
  /// PEM authorities in the place of the system's.
  package var authorities: String?
  /// PEM chain of the client, and its key, which may stand in the same file.
  package var certificate: SecretFile?
  package var key: SecretFile?
  package var proxy: URL?
  /// A file `user:password`.
  package var proxyPassword: SecretFile?
}

/// What may go over the link in a day.
package struct BudgetSettings: Equatable, Sendable {
  /// Nil: any.
  package var bytesPerDay: Int64?
  package var attemptsPerDay: Int64?

  package init(bytesPerDay: Int64? = nil, attemptsPerDay: Int64? = nil) {
    self.bytesPerDay = bytesPerDay
    self.attemptsPerDay = attemptsPerDay
  }
}

/// A file that holds a secret, so that none stands in a configuration.
package enum SecretFile: Equatable, Sendable {
  /// `credential:NAME`: what systemd's LoadCredential= brought.
  case credential(String)
  case path(String)

  /// LoadCredential=sync:/etc/edgeagent/credentials names each file of the folder `sync_…`.
  static let credentialPrefix = "sync_"

  /// Where it is now; nil for a credential where no service manager brought any.
  package var path: String? {
    switch self {
    case .path(let path): return path
    case .credential(let name):
      guard let folder = Environment.value("CREDENTIALS_DIRECTORY") else { return nil }
      let prefixed = folder + "/" + Self.credentialPrefix + name
      return Files.kind(prefixed) == .file ? prefixed : folder + "/" + name
    }
  }
}

/// What allows or forbids the use of the link.
package enum GateSettings: Equatable, Sendable {
  /// `exec:/path`: allowed while it ends with 0, within ten seconds.
  case program(path: String)
  /// `sensor:battery.voltage above 11.8`, or `below`: the latest value of a sensor's field.
  case sensor(name: String, field: String, isAbove: Bool, level: Double)
}

extension Configuration {
  /// Sync runs as another user and asks the core to adopt what it brings.
  package var hasWishes: Bool { sync?.registry != nil && sync?.staging != nil }
}
