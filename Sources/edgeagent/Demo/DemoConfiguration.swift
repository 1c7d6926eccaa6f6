import Config
import Models
import SensorIO
import System
import Text

/// The configuration of the agents that `demo` and `bench --frames` start. It has the wrist sensor,
/// the fall model and one alert.
enum DemoConfiguration {
  static func make(
    bundle: String, manifest: ModelManifest, port: PortAddress, folder: TemporaryFolder,
    stride: Int? = nil, votes: AlertVotes = AlertVotes(needed: 2, of: 3), publish: EventKinds
  ) -> Configuration {
    let place = SourcePlace(file: "demo", line: 1, column: 1)
    let (models, reference) = Self.cut(Files.absolute(bundle))
    let fields = manifest.features.map { FieldSettings(name: $0.name, unit: $0.unit) }
    var sensor = SensorSettings(
      name: "wrist", port: port, fields: fields, rateHertz: manifest.rateHertz, place: place,
      portPlace: place, fieldsPlace: place,
      fieldPlaces: [SourcePlace](repeating: place, count: fields.count), ratePlace: place)
    // `bench` sends more than the model's rate, and every window counts.
    sensor.isRateLimited = false
    var pipeline = PipelineSettings(
      name: "fall", sensor: "wrist", model: reference, stride: stride,
      place: place, sensorPlace: place, modelPlace: place, deadlinePlace: place,
      stridePlace: place)
    pipeline.lateWindows = .all
    let label = manifest.labels.last!
    let condition = ConditionSettings(
      name: "fall",
      test: .level(
        .score(pipeline: "fall", label: label),
        LevelSettings(kind: .above, low: 0.9, high: 0.9, clearLow: 0.6, clearHigh: 0.6)),
      place: place, sourcePlace: place, levelPlace: place)
    var alert = AlertSettings(
      name: "fall", condition: 0, sourceText: "fall.\(label)", place: place)
    (alert.votes, alert.severity, alert.outputs) = (votes, .critical, [0])
    return Configuration(
      agent: AgentSettings(
        id: "demo", models: models, state: folder.path + "/state", place: place, modelsPlace: place,
        memoryPlace: place),
      events: EventSettings(
        socket: folder.path + "/events.sock", publish: publish.union(.alerts), place: place,
        socketPlace: place),
      control: ControlSettings(
        socket: folder.path + "/control.sock", place: place, socketPlace: place),
      sensors: [sensor], pipelines: [pipeline], conditions: [condition], alerts: [alert],
      outputs: [OutputSettings(name: "socket", kind: .socket, place: place)])
  }

  /// Cuts `…/models/fall/1` into the models folder and the model in it.
  private static func cut(_ bundle: String) -> (models: String, ModelReference) {
    var parts = bundle.utf8.split(separator: UInt8(ascii: "/")).map {
      String(decoding: $0, as: UTF8.self)
    }
    let version = parts.popLast() ?? ""
    let name = parts.popLast() ?? ""
    return ("/" + parts.joined(separator: "/"), ModelReference(name: name, version: version))
  }
}

/// Writes a sample of the simulated wrist as its sensor would send it.
enum WristLine {
  static func csv(_ sample: [Double]) -> [UInt8] {
    var text = ""
    for (channel, value) in sample.enumerated() {
      if channel > 0 { text += "," }
      text += Decimal.text(value, decimals: channel < 3 ? 3 : 1)
    }
    return Array((text + "\n").utf8)
  }
}
