import Config
import System
import Text

/// Topics and payloads of one broker's messages: names and JSON, no connection.
///
///     TOPIC/status          online, offline           retained, also the last will
///     TOPIC/alert/NAME      the state of an alert     retained
///     TOPIC/events          each event, as on the events socket
///     PREFIX/device/ID/config   for Home Assistant    retained
struct MQTTTexts {
  /// Where Home Assistant says that it has started.
  static let birthTopic = "homeassistant/status"

  let statusTopic: String
  let eventsTopic: String
  /// Nil without `discovery`.
  let discoveryTopic: String?
  /// The alerts that go to this broker, the most urgent first: indices among the configuration's.
  let alerts: [Int]
  private let agent: String
  private let topic: String
  private let settings: [AlertSettings]

  init(_ configuration: Configuration, _ broker: MQTTSettings, alerts: [Int]) {
    (agent, topic, self.alerts) = (configuration.agent.id, broker.topic, alerts)
    settings = configuration.alerts
    (statusTopic, eventsTopic) = ("\(topic)/status", "\(topic)/events")
    discoveryTopic = broker.discovery.map { prefix in
      "\(prefix)/device/\(Self.identifier(configuration.agent.id))/config"
    }
  }

  func stateTopic(of alert: Int) -> String { "\(topic)/alert/\(settings[alert].name)" }

  /// - Parameter event: the newest one of the alert; nil: there was none since the start.
  func state(of alert: Int, _ event: AlertEvent?) -> String {
    let (phase, flags) = (event?.phase ?? .normal, event?.flags ?? [])
    return JSONWriter.text { writer in
      writer.member("state", phase == .normal ? "OFF" : "ON")
      writer.member("phase", phase.word)
      writer.member("severity", settings[alert].severity.rawValue)
      writer.member("source", settings[alert].sourceText)
      writer.member("episode", event?.episode ?? 0)
      writer.member("repeats", event?.repeatCount ?? 0)
      writer.member("value", Self.number(event?.value), decimals: 6)
      writer.member("level", Self.number(event?.level), decimals: 6)
      writer.member("shelved", flags.isShelved)
      writer.member("suppressed", flags.contains(.suppressed))
      writer.member("out_of_service", flags.contains(.outOfService))
      writer.member("silenced", flags.contains(.silenced))
      writer.member("first", flags.contains(.first))
      writer.member("drill", flags.contains(.drill))
      writer.member("escalated", flags.contains(.escalated))
      guard let event else { return }
      writer.member("last", event.transition.word)
      event.person.withBytes { writer.member("person", utf8: $0) }
      writer.member("sample", event.sample)
      writer.member("at", event.arrival)
      Timestamp(wallNanoseconds: event.wall).withBytes { writer.member("time", utf8: $0) }
    }
  }

  /// The line of the events socket as a message, with the count of events that were left out
  /// before it where there are any.
  static func event(_ line: UnsafeRawBufferPointer, missed: Int32) -> [UInt8] {
    var bytes = Array(line)
    while let last = bytes.last, last == UInt8(ascii: "\n") { bytes.removeLast() }
    guard missed > 0, bytes.last == UInt8(ascii: "}") else { return bytes }
    bytes.removeLast()
    return bytes + Array(",\"missed\":\(missed)}".utf8)
  }

  /// One device with one binary sensor for each alert.
  func discovery() -> String {
    let version = SemanticVersion.agent.text
    let device = "edgeagent_" + Self.identifier(agent)
    return JSONWriter.text { writer in
      writer.object("dev") { writer in
        writer.member("ids", [device])
        writer.member("name", agent)
        writer.member("mf", "edgeagent")
        writer.member("mdl", "edgeagent")
        writer.member("sw", version)
      }
      writer.object("o") { writer in
        writer.member("name", "edgeagent")
        writer.member("sw", version)
      }
      writer.member("qos", 1)
      writer.object("cmps") { writer in
        for alert in alerts { component(alert, device, &writer) }
      }
    }
  }

  private func component(_ alert: Int, _ device: String, _ writer: inout JSONWriter) {
    let (name, topic) = (settings[alert].name, stateTopic(of: alert))
    writer.object(name) { writer in
      writer.member("p", "binary_sensor")
      writer.member("unique_id", "\(device)_\(name)")
      writer.member("name", name)
      writer.member("device_class", settings[alert].severity == .critical ? "safety" : "problem")
      writer.member("state_topic", topic)
      writer.member("value_template", "{{ value_json.state }}")
      writer.member("payload_on", "ON")
      writer.member("payload_off", "OFF")
      writer.member("json_attributes_topic", topic)
      writer.member("availability_topic", statusTopic)
    }
  }

  private static func number(_ value: Float?) -> Double? {
    guard let value, value.isFinite, value.magnitude < 0x1p60 else { return nil }
    return Double(value)
  }

  /// Home Assistant's identifiers have letters, digits, `_` and `-`; an agent's id may have dots.
  private static func identifier(_ text: String) -> String {
    let bytes = text.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }
    return String(decoding: bytes, as: UTF8.self)
  }
}
