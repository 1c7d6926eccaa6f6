import System
import Text

/// `[sync]`: the servers of `edgeagent sync`, and how often and how much. The core reads none of it
/// but `models`' names.
struct SyncSettings: Equatable, Sendable {
  /// Where models come from; nil for none.
  var registry: RegistrySettings?
  /// Which of them this board wants; empty beside `dir:` for all that are there.
  var models: [WantedModel] = []
  /// Where records go; nil for nowhere.
  var uplink: UplinkSettings?
  /// Between two looks at a server, less a random part of a quarter.
  var intervalNanoseconds: Int64 = 900_000_000_000
  /// The folder of the keys whose holders may put models onto this board.
  var trust = "/etc/edgeagent/trust.d"
  var network = NetworkSettings()
  var budget = BudgetSettings()
  /// Asked before each use of the link; nil: it may always be used.
  var gate: GateSettings?

  /// Where `[sync]` begins.
  var place: SourcePlace
}

/// `models = [ { name = "fall", alias = "champion" } ]`
struct WantedModel: Equatable, Sendable {
  var name: String
  /// What the owner calls the version that boards should have; the newest when nil.
  var alias: String?
}

/// A server with what it alone may see.
struct ServerSettings: Equatable, Sendable {
  var url: URL
  /// A file of `Name: value` lines, for the likes of `Authorization`.
  var headers: SecretFile?
  /// SHA-256 of its public key.
  var pin: Digest?
}

/// What holds for every server.
struct NetworkSettings: Equatable, Sendable {
  /// PEM authorities in the place of the system's.
  var authorities: String?
  /// PEM chain of the client, and its key, which may stand in the same file.
  var certificate: SecretFile?
  var key: SecretFile?
  var proxy: URL?
  /// A file `user:password`.
  var proxyPassword: SecretFile?
}

/// What may go over the link in a day.
struct BudgetSettings: Equatable, Sendable {
  /// Nil: any.
  var bytesPerDay: Int64?
  var attemptsPerDay: Int64?
}

/// A file that holds a secret, so that none stands in a configuration.
enum SecretFile: Equatable, Sendable {
  /// `credential:NAME`: what systemd's LoadCredential= brought.
  case credential(String)
  case path(String)

  /// LoadCredential=sync:/etc/edgeagent/credentials names each file of the folder `sync_…`.
  static let credentialPrefix = "sync_"

  /// Where it is now; nil for a credential where no service manager brought any.
  var path: String? {
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
enum GateSettings: Equatable, Sendable {
  /// `exec:/path`: allowed while it ends with 0, within ten seconds.
  case command(path: String)
  /// `sensor:battery.voltage above 11.8`, or `below`: the latest value of a sensor's field.
  case sensor(name: String, field: String, isAbove: Bool, level: Double)
}
