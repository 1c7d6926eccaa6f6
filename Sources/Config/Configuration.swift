import System
import Text

/// All settings of the agent: checked and complete, with every default filled in.
///
/// All references are checked: each pipeline's sensor and each alert's pipeline is defined here.
/// Checks that need a model (labels, features, memory, time) are left to `edgeagent check` and to
/// the start; for their messages the settings keep the places of their keys.
///
/// A path that does not begin with "/" begins in the folder of the main configuration file, even
/// when a drop-in has it.
package struct Configuration: Equatable, Sendable {
  package var agent: AgentSettings
  package var events: EventSettings
  package var control: ControlSettings
  /// Nil if there is no `[store]`: then no records are kept.
  package var store: StoreSettings? = nil
  package var blackBox = BlackBoxSettings()
  /// Nil if there is no `[sync]`: then this board talks to no server.
  package var sync: SyncSettings? = nil
  /// A configuration that no file holds is of bundles that a person named.
  package var trust = TrustPolicy(.named, place: SourcePlace(file: "", line: 1, column: 1))
  /// In the order they were written, up to 16.
  package var sensors: [SensorSettings]
  /// In the order they were written, up to 32.
  package var pipelines: [PipelineSettings]
  /// Each refers to earlier ones only.
  package var conditions: [ConditionSettings]
  /// In the order they were written, up to 64; after them those that the agent adds.
  package var alerts: [AlertSettings]
  /// Those of `[[output]]`, and each other output that stands in an alert, once.
  package var outputs: [OutputSettings]

  package init(
    agent: AgentSettings, events: EventSettings, control: ControlSettings,
    store: StoreSettings? = nil, sync: SyncSettings? = nil, sensors: [SensorSettings],
    pipelines: [PipelineSettings], conditions: [ConditionSettings] = [],
    alerts: [AlertSettings] = [], outputs: [OutputSettings] = []
  ) {
    self.agent = agent
    self.events = events
    self.control = control
    self.store = store
    self.sync = sync
    self.sensors = sensors
    self.pipelines = pipelines
    self.conditions = conditions
    self.alerts = alerts
    self.outputs = outputs
  }

  /// Whether what an alert looks at is a score.
  package func looksAtScore(_ alert: AlertSettings) -> Bool {
    if case .level(.score, _) = conditions[alert.condition].test { true } else { false }
  }

  /// Where the outbox is, or would be: the core's door is beside it.
  package var outboxPath: String { store?.path ?? "\(agent.state)/outbox.db" }

  package func sensorIndex(named name: String) -> Int? { sensors.firstIndex { $0.name == name } }
  package func pipelineIndex(named name: String) -> Int? {
    pipelines.firstIndex { $0.name == name }
  }
}

/// `[agent]`
package struct AgentSettings: Equatable, Sendable {
  /// 1…64 of `A-Z a-z 0-9 . _ -`, because it becomes a part of topics, file names and URLs. The
  /// host's name by default.
  package var id: String
  /// The folder that holds `<name>/<version>/`.
  package var models: String
  /// The folder for files that the agent itself writes: the outbox, and what sync knows.
  package var state: String
  /// The greatest sum of memory that `edgeagent check` accepts: `memory = "16MiB"`. 64 KiB…1 GiB.
  /// The default fits boards with 64 MiB and leaves three quarters of them to other programs.
  package var memoryBytesMax: Int
  /// The processor on which the hot thread stays; nil leaves that to the Linux kernel.
  package var processor: Int?

  /// The place where `[agent]` begins. The place of a value is where the value begins, or this
  /// place if the default was taken.
  package var place: SourcePlace
  package var modelsPlace: SourcePlace
  package var memoryPlace: SourcePlace
  package var processorPlace: SourcePlace

  /// Where the packaged unit of the core keeps its files.
  static let packagedState = "/var/lib/edgeagent"

  package init(
    id: String, models: String = "/var/lib/edgeagent/models", state: String = packagedState,
    memoryBytesMax: Int = 16 << 20, processor: Int? = nil, place: SourcePlace,
    modelsPlace: SourcePlace, memoryPlace: SourcePlace, processorPlace: SourcePlace? = nil
  ) {
    self.id = id
    self.models = models
    self.state = state
    self.memoryBytesMax = memoryBytesMax
    self.place = place
    self.modelsPlace = modelsPlace
    self.memoryPlace = memoryPlace
    self.processor = processor
    self.processorPlace = processorPlace ?? place
  }
}

/// `[events]`: the Unix socket on which subscribers read one JSON object a line.
package struct EventSettings: Equatable, Sendable {
  /// At most 107 bytes, the room of `sockaddr_un` without its NUL.
  package var socket: String
  package var publish: EventKinds

  /// The place where `[events]` begins, or the start of the main file if there is no `[events]`.
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
  /// The cap of the file and its log together: `size = "64MiB"`.
  package var bytesMax: Int = ConfigurationLimits.storeBytesDefault
  /// What was sent stays so long, to be looked at: `keep = "30d"`; 0: it goes at once.
  package var keepSeconds: Int64 = 0

  /// The place where `[store]` begins.
  var place: SourcePlace
}

/// The kinds of events that go out on the events socket.
package struct EventKinds: OptionSet, Equatable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// One line for each transition of an alert.
  package static let alerts = EventKinds(rawValue: 1)
  /// One line for each scored window.
  package static let scores = EventKinds(rawValue: 2)
  /// One line for each decoded sample.
  package static let samples = EventKinds(rawValue: 4)
}

extension AgentSettings {
  /// Without `[agent]`.
  init(ofHostAt place: SourcePlace) {
    self.init(id: Self.hostIdentifier, place: place, modelsPlace: place, memoryPlace: place)
  }

  /// The host's name; `edgeagent` where that cannot be an identifier.
  static var hostIdentifier: String {
    let name = Environment.hostName
    return ConfigurationText.isDottedName(name) ? name : "edgeagent"
  }
}

extension Configuration {
  /// The pipelines that follow the model, and want a trial of its new versions.
  package func pipelines(trying model: String) -> [PipelineSettings] {
    pipelines.filter {
      $0.model.name == model && $0.model.version == nil && $0.triesNewVersions
    }
  }
}
