import Config
import SensorIO

/// Which alerts of a configuration the replay of one sensor judges, and what the others lack. The
/// alerts that the agent adds itself are in neither.
struct ReplayedAlerts {
  enum Lack: Equatable {
    /// Samples of another sensor than the recording's.
    case sensor(String, recorded: String)
    /// A field of the recorded sensor that is not among those of the recording.
    case field(String, sensor: String, recorded: [String])
    /// A model: that of this pipeline was refused.
    case model(pipeline: String)
    /// The state of the board.
    case board
  }

  private(set) var judged: [String] = []
  private(set) var leftOut: [(alert: String, lack: Lack)] = []

  /// - Parameters:
  ///   - sensor: as the recording is read.
  ///   - alone: what `ReplayConfiguration.alone` makes of the configuration.
  init(of sensor: SensorSettings, in configuration: Configuration, judging alone: Configuration) {
    let possible = alone.alerts.map { $0.name }
    for alert in configuration.alerts where !alert.isDeadMan {
      let lack = Self.lack(of: alert, sensor, configuration)
      if let lack {
        leftOut.append((alert.name, lack))
      } else if possible.contains(alert.name) {
        judged.append(alert.name)
      } else {
        leftOut.append((alert.name, .board))
      }
    }
  }

  /// The model of a pipeline was refused: what needs its scores is not judged.
  mutating func lose(pipeline: String, in configuration: Configuration) {
    for alert in configuration.alerts
    where judged.contains(alert.name)
      && configuration.dependsOn(alert.condition, pipeline: pipeline)
    {
      judged.removeAll { $0 == alert.name }
      leftOut.append((alert.name, .model(pipeline: pipeline)))
    }
  }

  private static func lack(
    of alert: AlertSettings, _ sensor: SensorSettings, _ configuration: Configuration
  ) -> Lack? {
    for leaf in configuration.leaves(of: alert.condition).sorted() {
      let (name, field) = need(of: configuration.conditions[leaf].test, configuration)
      guard let name else { continue }
      guard name == sensor.name else { return .sensor(name, recorded: sensor.name) }
      let fields = sensor.fields.map { $0.name }
      if let field, !fields.contains(field) {
        return .field(field, sensor: name, recorded: fields)
      }
    }
    return nil
  }

  /// The sensor and the field that a condition needs; nil for the state of the board.
  private static func need(
    of test: ConditionTest, _ configuration: Configuration
  ) -> (sensor: String?, field: String?) {
    switch test {
    case .level(.score(let pipeline, _), _), .level(.share(.late(let pipeline), _), _):
      (configuration.pipelines.first { $0.name == pipeline }?.sensor, nil)
    case .level(.field(let sensor, let field), _),
      .level(.derived(let sensor, let field, _, _), _),
      .health(.stuck(let sensor, let field, _, _)):
      (sensor, field)
    case .level(.share(.refused(let sensor), _), _), .level(.share(.rate(let sensor), _), _):
      (sensor, nil)
    case .health, .combination: (nil, nil)
    }
  }
}
