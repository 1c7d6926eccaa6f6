import Config
import Models
import SensorIO

/// The configuration of the agents that `replay` starts: one sensor, on a pseudo-terminal, and what
/// depends on it alone.
///
/// What these agents say is no news of this board. So nothing of the real agent's is theirs: they
/// have no outbox and no server, their sockets and their state are in a folder of their own, and
/// the events are their only output. Of the models folder they only read.
enum ReplayConfiguration {
  /// - Parameters:
  ///   - slavePath: of the pseudo-terminal.
  ///   - folder: for sockets and state.
  static func make(
    _ sensor: SensorSettings, of configuration: Configuration, at slavePath: String,
    in folder: String
  ) -> Configuration {
    var quiet = alone(moved(sensor, to: slavePath), of: configuration)
    for index in quiet.pipelines.indices { quiet.pipelines[index].lateWindows = .all }
    quiet.events.socket = folder + "/events.sock"
    quiet.events.publish = [.alerts, .samples]
    quiet.agent.state = folder + "/state"
    quiet.control.socket = folder + "/control.sock"
    // There the real agent's hot thread runs.
    quiet.agent.processor = nil
    return quiet
  }

  /// One sensor with the pipelines and the alerts that need no other one.
  ///
  /// - Parameter sensor: in the place of the one of its name.
  static func alone(_ sensor: SensorSettings, of configuration: Configuration) -> Configuration {
    var quiet = configuration
    quiet.sensors = [sensor]
    quiet.pipelines = configuration.pipelines.filter { $0.sensor == sensor.name }
      .map { settled($0, in: configuration.agent.models) }
    // Alerts that need another sensor, or the state of this board, cannot be replayed.
    let others = configuration.sensors.filter { $0.name != sensor.name }
    quiet.alerts.removeAll { alert in
      alert.isDeadMan || !configuration.dependsOn(alert.condition, sensor: sensor.name)
        || others.contains { configuration.dependsOn(alert.condition, sensor: $0.name) }
    }
    quiet.outputs = [OutputSettings(name: "socket", kind: .socket, place: sensor.place)]
    for index in quiet.alerts.indices {
      (quiet.alerts[index].outputs, quiet.alerts[index].escalationOutputs) = ([0], [])
    }
    (quiet.store, quiet.sync, quiet.blackBox) = (nil, nil, .off)
    quiet.trust.choice = .named
    return quiet
  }

  private static func moved(_ sensor: SensorSettings, to slavePath: String) -> SensorSettings {
    var moved = sensor
    var line = SerialSettings()
    if case .serial(_, let settings) = sensor.port { line.baud = settings.baud }
    moved.port = .serial(path: slavePath, line)
    // The rows of a recording hold what a joined sensor joins.
    moved.join = nil
    // Nobody asks: what a cycle would have brought comes by itself.
    moved.modbus = nil
    moved.prompt = []
    // A recording may come faster than its sensor did, and every window of it counts.
    moved.isRateLimited = false
    return moved
  }

  /// Names the version that scores now. An agent that follows the active version would count this
  /// start, try a candidate with recorded samples, and write down what came of it.
  private static func settled(
    _ pipeline: PipelineSettings, in models: String
  ) -> PipelineSettings {
    var settled = pipeline
    settled.model.version =
      pipeline.model.version ?? InstalledVersions(pipeline.model.name, in: models).current
    return settled
  }
}
