import Text

/// Everything the agent was told to do: checked, complete, every default filled in.
///
/// References hold: each pipeline's sensor and each alert's pipeline is defined here. What needs a
/// model to be checked (labels, features, memory, time) is left to `edgeagent check` and to start;
/// for that the settings keep the places of their keys.
///
/// A path that does not begin with "/" was taken from the folder of the main configuration file,
/// wherever it was written.
struct Configuration: Equatable, Sendable {
  var agent: AgentSettings
  var events: EventSettings
  /// Nil where there is no `[store]`: nothing is kept.
  var store: StoreSettings? = nil
  /// Nil where there is no `[sync]`: this board talks to nobody.
  var sync: SyncSettings? = nil
  /// In the order they were written, up to 16.
  var sensors: [SensorSettings]
  /// In the order they were written, up to 32.
  var pipelines: [PipelineSettings]
  /// In the order they were written, up to 64.
  var alerts: [AlertSettings]

  func sensorIndex(named name: String) -> Int? { sensors.firstIndex { $0.name == name } }
  func pipelineIndex(named name: String) -> Int? { pipelines.firstIndex { $0.name == name } }
}

/// `[agent]`
struct AgentSettings: Equatable, Sendable {
  /// Required; 1…64 of `A-Z a-z 0-9 . _ -`: it becomes a part of topics, file names and URLs.
  var id: String
  /// The folder that holds `<name>/<version>/`.
  var models: String = "/var/lib/edgeagent/models"
  /// The folder for what the agent itself writes: the store, what sync knows.
  var state: String = "/var/lib/edgeagent"
  /// What `edgeagent check` may add up to: `memory = "16MiB"`. 64 KiB…1 GiB; the default fits
  /// boards with 64 MiB and leaves three quarters of them to everything else.
  var memoryBytesMax: Int = 16 << 20

  /// Where `[agent]` begins; the places of values are where the value begins, or this one where
  /// the default was taken.
  var place: SourcePlace
  var modelsPlace: SourcePlace
  var memoryPlace: SourcePlace
}

/// `[events]`: the Unix socket on which subscribers read one JSON object a line.
struct EventSettings: Equatable, Sendable {
  /// At most 107 bytes: what `sockaddr_un` holds beside its NUL.
  var socket: String = "/run/edgeagent/events.sock"
  var publish: EventKinds = .alerts

  /// Where `[events]` begins, or the start of the main file when it was not written.
  var place: SourcePlace
  var socketPlace: SourcePlace
}

/// `[store]`: where results and alerts are kept until a server has them.
struct StoreSettings: Equatable, Sendable {
  /// `outbox.db` in the agent's state folder by default.
  var path: String
  /// Of the file and its log together: `size = "64MiB"`.
  var bytesMax: Int = ConfigurationLimits.storeBytesDefault

  /// Where `[store]` begins.
  var place: SourcePlace
}

/// What goes out on the events socket.
struct EventKinds: OptionSet, Equatable, Sendable {
  let rawValue: UInt8
  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// One line a transition of an alert.
  static let alerts = EventKinds(rawValue: 1)
  /// One line a scored window.
  static let scores = EventKinds(rawValue: 2)
  /// One line a decoded sample.
  static let samples = EventKinds(rawValue: 4)
}
