import Config
import Trust

/// Where sync keeps what it writes.
extension Configuration {
  /// The folder of `sync.json`.
  package var syncState: String { sync?.state ?? agent.state }

  /// The file of the floor of time: beside the models folder, where both processes are one user's.
  package var trustedTimePath: String {
    sync?.state.map { $0 + "/trusted-time" } ?? TrustedTime.path(models: agent.models)
  }
}
