import System
import Text

/// `[sync]`: the servers of `edgeagent sync`, how often it asks them, and how much it sends. The
/// core reads only the names in `models`.
package struct SyncSettings: Equatable, Sendable {
  /// Where models come from; nil if there is no registry.
  package var registry: RegistrySettings?
  /// The models that this board wants; with `dir:`, an empty array means all models in the folder.
  package var models: [WantedModel] = []
  /// Where records go; nil if there is no uplink.
  package var uplink: UplinkSettings?
  /// The time between two requests to a server, from which up to a quarter is taken off at random.
  package var intervalNanoseconds: Int64 = 900_000_000_000
  /// The folder of the keys whose holders may put models onto this board.
  package var trust = "/etc/edgeagent/trust.d"
  package var network = NetworkSettings()
  package var budget = BudgetSettings()
  /// Sync asks the gate before each use of the link; nil means that sync may always use it.
  package var gate: GateSettings?

  /// The place where `[sync]` begins.
  package var place: SourcePlace
}

/// `models = [ { name = "fall", alias = "champion" } ]`
package struct WantedModel: Equatable, Sendable {
  package var name: String
  /// The owner's alias for the version that boards should have; nil means the newest version.
  package var alias: String?

  package init(name: String, alias: String? = nil) {
    self.name = name
    self.alias = alias
  }
}

/// A server, with the settings and secrets that only this server may see.
package struct ServerSettings: Equatable, Sendable {
  package var url: URL
  /// A file of `Name: value` lines, for headers such as `Authorization`.
  package var headers: SecretFile?
  /// SHA-256 of the server's public key.
  package var pin: Digest?
}

/// The settings for all servers.
package struct NetworkSettings: Equatable, Sendable {
  /// A PEM file of authorities that replaces the system's authorities.
  package var authorities: String?
  /// The PEM chain of the client, and its key, which may be in the same file.
  package var certificate: SecretFile?
  package var key: SecretFile?
  package var proxy: URL?
  /// A file that holds `user:password`.
  package var proxyPassword: SecretFile?
}

/// How much may go over the link in a day.
package struct BudgetSettings: Equatable, Sendable {
  /// Nil means no limit.
  package var bytesPerDay: Int64?
  package var attemptsPerDay: Int64?

  package init(bytesPerDay: Int64? = nil, attemptsPerDay: Int64? = nil) {
    self.bytesPerDay = bytesPerDay
    self.attemptsPerDay = attemptsPerDay
  }
}

/// A file that holds a secret, so that no secret is in a configuration.
package enum SecretFile: Equatable, Sendable {
  /// `credential:NAME`: a credential that systemd's LoadCredential= brought.
  case credential(String)
  case path(String)

  /// LoadCredential=sync:/etc/edgeagent/credentials names each file of the folder `sync_…`.
  static let credentialPrefix = "sync_"

  /// The path of the file; nil for a credential if no service manager brought any.
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

/// What opens or closes the link for sync.
package enum GateSettings: Equatable, Sendable {
  /// `exec:/path`: the link is open if the program ends with 0 within ten seconds.
  case command(path: String)
  /// `sensor:battery.voltage above 11.8`, or `below`: the link is open while the latest value of a
  /// sensor's field is above or below the level.
  case sensor(name: String, field: String, isAbove: Bool, level: Double)
}
