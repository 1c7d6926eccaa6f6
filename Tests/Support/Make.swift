@testable import Config
@testable import SensorIO
@testable import System
@testable import Text

/// Settings as a configuration would hold them, all with the same place.
package enum Make {
  package static let place = SourcePlace(file: "test.toml", line: 1, column: 1)

  package static func sensor(
    _ port: PortAddress, name: String = "wrist", fields: [String] = ["level"],
    staleAfter: Int64 = 0
  ) -> SensorSettings {
    SensorSettings(
      name: name, port: port, fields: fields.map { FieldSettings(name: $0) }, rateHertz: 50,
      staleAfterNanoseconds: staleAfter, place: place, portPlace: place, fieldsPlace: place,
      fieldPlaces: fields.map { _ in place }, ratePlace: place)
  }

  package static func pipeline(
    _ name: String = "echo", sensor: String = "wrist", model: String = "echo",
    deadline: Int64 = 3_600_000_000_000, trial: TrialSettings = TrialSettings()
  ) -> PipelineSettings {
    PipelineSettings(
      name: name, sensor: sensor, model: ModelReference(name: model),
      deadlineNanoseconds: deadline, trial: trial, place: place, sensorPlace: place,
      modelPlace: place,
      deadlinePlace: place, stridePlace: place)
  }

  package static func alert(
    _ name: String = "high", source: (String, String) = ("echo", "newer"), above: Double = 0.9,
    latch: Bool = false, severity: AlertSeverity = .critical, outputs: [OutputKind] = [.socket]
  ) -> MadeAlert {
    let level = LevelSettings(
      kind: .above, low: above, high: above, clearLow: above / 2, clearHigh: above / 2)
    var settings = AlertSettings(
      name: name, condition: 0, sourceText: "\(source.0).\(source.1)", place: place)
    (settings.severity, settings.latch) = (severity, latch)
    return MadeAlert(
      settings: settings, test: .level(.score(pipeline: source.0, label: source.1), level),
      outputs: outputs)
  }

  /// An alert on how far the sensor's rate is off, over a minute.
  package static func alert(
    _ name: String, onRateOf sensor: String, above: Double = 0.2
  ) -> MadeAlert {
    var alert = alert(name, above: above)
    guard case .level(_, let levels) = alert.test else { preconditionFailure("a level") }
    let minute: Int64 = 60_000_000_000
    alert.test = .level(.share(.rate(sensor: sensor), overNanoseconds: minute), levels)
    return alert
  }

  package static func configuration(
    _ folder: TestFolder, sensors: [SensorSettings], pipelines: [PipelineSettings] = [],
    alerts: [MadeAlert] = [], publish: EventKinds = .alerts, id: String = "ward-7"
  ) -> Configuration {
    var (conditions, settings, outputs) = (
      [ConditionSettings](), [AlertSettings](), [OutputSettings]()
    )
    for (index, alert) in alerts.enumerated() {
      conditions.append(
        ConditionSettings(
          name: alert.settings.name, test: alert.test, place: place, sourcePlace: place,
          levelPlace: place))
      var made = alert.settings
      made.condition = index
      made.outputs = alert.outputs.map { kind in
        if let index = outputs.firstIndex(where: { $0.kind == kind }) { return index }
        outputs.append(OutputSettings(name: "\(kind)", kind: kind, place: place))
        return outputs.count - 1
      }
      settings.append(made)
    }
    return Configuration(
      agent: AgentSettings(
        id: id, models: "\(folder.path)/models", state: folder.path, place: place,
        modelsPlace: place, memoryPlace: place),
      events: EventSettings(
        socket: "\(folder.path)/events.sock", publish: publish, place: place, socketPlace: place),
      control: ControlSettings(
        socket: "\(folder.path)/control.sock", place: place, socketPlace: place),
      sensors: sensors, pipelines: pipelines, conditions: conditions, alerts: settings,
      outputs: outputs)
  }
}

/// An alert with its condition and its outputs; `Make.configuration` numbers them.
package struct MadeAlert {
  package var settings: AlertSettings
  package var test: ConditionTest
  package var outputs: [OutputKind]
}
