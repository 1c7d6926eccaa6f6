import Config
import SensorIO
import Text

/// The configuration that `init` writes: the sensor that was found, and one limit.
struct FirstConfiguration {
  struct Level {
    /// `above` or `below`.
    let key: String
    let value: Double
  }

  /// A value that may have a limit.
  struct Field {
    let sensor: String
    let name: String
    /// The last one that came; NaN where it had none.
    let value: Float

    static func all(of finding: SniffFinding) -> [Field] {
      zip(finding.best?.sensors ?? [], finding.names).flatMap { sensor, name in
        zip(sensor.fields, sensor.values).map { Field(sensor: name, name: $0.name, value: $1) }
      }
    }

    /// - Parameter name: of the field, or of its sensor and it, with a dot between.
    static func named(_ name: String, among fields: [Field]) -> Field? {
      fields.first {
        $0.name.utf8.elementsEqual(name.utf8)
          || "\($0.sensor).\($0.name)".utf8.elementsEqual(name.utf8)
      }
    }
  }

  let text: String

  init(_ finding: SniffFinding, _ field: Field, _ level: Level, path: String) {
    let now = field.value.isNaN ? "" : " It was \(field.value) when this was written."
    let beyond = level.key.utf8.elementsEqual("above".utf8) ? "or above" : "or below"
    text = """
      # Made by `edgeagent init`. After a change: edgeagent check --config \(path)
      # Every key: docs/configuration.md

      # What the sensor sends. `edgeagent watch \(field.sensor)` shows it while the agent runs.
      \(finding.toml)
      # Raised when \(field.name) is at \(beyond) the level.\(now)
      [[alert]]
      name = \(TOMLText.quoted("\(field.sensor)-\(field.name)".cut))
      source = \(TOMLText.quoted("sensor:\(field.sensor).\(field.name)"))
      \(level.key) = \(level.value)
      # A level that ends it, so that it does not come and go: clear_below, or clear_above.
      # hold = "10s" waits before it raises.
      severity = "warning"
      # Programs that subscribe, and systemd's log. Sirens, relays, brokers: docs/outputs.md
      outputs = ["socket", "journal"]

      """
  }
}

extension String {
  /// As long as a name may be.
  fileprivate var cut: String { String(decoding: utf8.prefix(64), as: UTF8.self) }
}
