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
    latch: Bool = false, severity: AlertSeverity = .critical, outputs: [OutputSettings] = [.socket]
  ) -> AlertSettings {
    AlertSettings(
      name: name, source: AlertSource(pipeline: source.0, label: source.1), above: above,
      clearBelow: above / 2, severity: severity, latch: latch, outputs: outputs, place: place,
      sourcePlace: place, outputsPlace: place)
  }

  package static func configuration(
    _ folder: TestFolder, sensors: [SensorSettings], pipelines: [PipelineSettings] = [],
    alerts: [AlertSettings] = [], publish: EventKinds = .alerts, id: String = "ward-7"
  ) -> Configuration {
    Configuration(
      agent: AgentSettings(
        id: id, models: "\(folder.path)/models", place: place, modelsPlace: place,
        memoryPlace: place),
      events: EventSettings(
        socket: "\(folder.path)/events.sock", publish: publish, place: place, socketPlace: place),
      sensors: sensors, pipelines: pipelines, alerts: alerts)
  }
}
