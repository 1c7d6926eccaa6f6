import Text

/// Everything the agent was told to do: checked, complete, every default filled in.
///
/// References hold: each pipeline's sensor and each alert's pipeline is defined here. What needs a
/// model to be checked (labels, features, memory, time) is left to `edgeagent check` and to start;
/// for that the settings keep the places of their keys.
///
/// A path that does not begin with "/" was taken from the folder of the main configuration file,
/// wherever it was written.
package struct Configuration: Equatable, Sendable {
  package var agent: AgentSettings
  package var events: EventSettings
  /// Nil where there is no `[store]`: nothing is kept.
  package var store: StoreSettings? = nil
  /// Nil where there is no `[sync]`: this board talks to nobody.
  package var sync: SyncSettings? = nil
  /// In the order they were written, up to 16.
  package var sensors: [SensorSettings]
  /// In the order they were written, up to 32.
  package var pipelines: [PipelineSettings]
  /// In the order they were written, up to 64.
  package var alerts: [AlertSettings]

  package init(
    agent: AgentSettings, events: EventSettings, store: StoreSettings? = nil,
    sync: SyncSettings? = nil, sensors: [SensorSettings], pipelines: [PipelineSettings],
    alerts: [AlertSettings]
  ) {
    self.agent = agent
    self.events = events
    self.store = store
    self.sync = sync
    self.sensors = sensors
    self.pipelines = pipelines
    self.alerts = alerts
  }

  package func sensorIndex(named name: String) -> Int? { sensors.firstIndex { $0.name == name } }
  package func pipelineIndex(named name: String) -> Int? {
    pipelines.firstIndex { $0.name == name }
  }
}

/// `[agent]`
package struct AgentSettings: Equatable, Sendable {
  /// Required; 1…64 of `A-Z a-z 0-9 . _ -`: it becomes a part of topics, file names and URLs.
  package var id: String
  /// The folder that holds `<name>/<version>/`.
  package var models: String = "/var/lib/edgeagent/models"
  /// The folder for what the agent itself writes: the store, what sync knows.
  package var state: String = "/var/lib/edgeagent"
  /// What `edgeagent check` may add up to: `memory = "16MiB"`. 64 KiB…1 GiB; the default fits
  /// boards with 64 MiB and leaves three quarters of them to everything else.
  package var memoryBytesMax: Int = 16 << 20

  /// Where `[agent]` begins; the places of values are where the value begins, or this one where
  /// the default was taken.
  package var place: SourcePlace
  package var modelsPlace: SourcePlace
  package var memoryPlace: SourcePlace

  package init(
    id: String, models: String = "/var/lib/edgeagent/models", state: String = "/var/lib/edgeagent",
    memoryBytesMax: Int = 16 << 20, place: SourcePlace, modelsPlace: SourcePlace,
    memoryPlace: SourcePlace
  ) {
    self.id = id
    self.models = models
    self.state = state
    self.memoryBytesMax = memoryBytesMax
    self.place = place
    self.modelsPlace = modelsPlace
    self.memoryPlace = memoryPlace
  }
}

/// `[events]`: the Unix socket on which subscribers read one JSON object a line.
package struct EventSettings: Equatable, Sendable {
  /// At most 107 bytes: what `sockaddr_un` holds beside its NUL.
  package var socket: String = "/run/edgeagent/events.sock"
  package var publish: EventKinds = .alerts

  /// Where `[events]` begins, or the start of the main file when it was not written.
  package var place: SourcePlace
  package var socketPlace: SourcePlace

  package init(
    socket: String = "/run/edgeagent/events.sock", publish: EventKinds = .alerts,
    place: SourcePlace, socketPlace: SourcePlace
  ) {
    self.socket = socket
    self.publish = publish
    self.place = place
    self.socketPlace = socketPlace
  }
}

/// `[store]`: where results and alerts are kept until a server has them.
package struct StoreSettings: Equatable, Sendable {
  /// `outbox.db` in the agent's state folder by default.
  package var path: String
  /// Of the file and its log together: `size = "64MiB"`.
  package var bytesMax: Int = ConfigurationLimits.storeBytesDefault

  /// Where `[store]` begins.
  var place: SourcePlace
}

/// What goes out on the events socket.
package struct EventKinds: OptionSet, Equatable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// One line a transition of an alert.
  package static let alerts = EventKinds(rawValue: 1)
  /// One line a scored window.
  package static let scores = EventKinds(rawValue: 2)
  /// One line a decoded sample.
  package static let samples = EventKinds(rawValue: 4)
}
