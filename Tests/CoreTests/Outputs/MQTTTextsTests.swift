import TestSupport
import Testing

@testable import Config
@testable import Core
@testable import System
@testable import Text

/// Goal: names and JSON are those that a dashboard relies on, and the longest fit their limits.
/// Method: the project's own JSON reader.
@Suite struct MQTTTextsTests {
  let folder = TestFolder()

  private func texts(_ alerts: [MadeAlert], id: String = "ward.7") -> MQTTTexts {
    var broker = MQTTSettings(socket: "/run/b.sock", topic: "edgeagent/\(id)")
    broker.discovery = "homeassistant"
    var configuration = Make.outputs(folder, alerts)
    configuration.agent.id = id
    return MQTTTexts(configuration, broker, alerts: Array(alerts.indices))
  }

  private func parse(_ text: String) throws -> JSONValue {
    try Array(text.utf8).withUnsafeBytes { try JSONValue.parse($0) }
  }

  @Test func `topics begin with the root`() {
    let texts = texts([Make.alert("fall")])
    #expect(texts.statusTopic == "edgeagent/ward.7/status")
    #expect(texts.eventsTopic == "edgeagent/ward.7/events")
    #expect(texts.stateTopic(of: 0) == "edgeagent/ward.7/alert/fall")
    #expect(texts.discoveryTopic == "homeassistant/device/ward_7/config")
  }

  @Test func `an alert is ON from raised until it is normal again`() throws {
    let texts = texts([Make.alert("fall")])
    #expect(try parse(texts.state(of: 0, nil))["state"] == .string("OFF"))
    for phase in AlertPhase.allCases {
      let state = try parse(texts.state(of: 0, Make.event(.raised, phase: phase)))
      #expect(state["state"] == .string(phase == .normal ? "OFF" : "ON"))
      #expect(state["phase"] == .string("\(phase.word)"))
    }
    var event = Make.event(.shelved, flags: [.shelvedOnce, .drill], episode: 9, value: .nan)
    event.person = PersonName("al\"ice")
    let state = try parse(texts.state(of: 0, event))
    #expect(state["shelved"] == .bool(true) && state["drill"] == .bool(true))
    #expect(state["suppressed"] == .bool(false))
    #expect(state["value"] == .null)
    #expect(state["episode"] == .integer(9))
    #expect(state["person"] == .string("al\"ice"))
    #expect(state["severity"] == .string("critical"))
  }

  @Test func `an event says how many were left out before it`() {
    let line = Array("{\"a\":1}\n".utf8)
    func text(_ missed: Int32) -> String {
      line.withUnsafeBytes { String(decoding: MQTTTexts.event($0, missed: missed), as: UTF8.self) }
    }
    #expect(text(0) == "{\"a\":1}")
    #expect(text(3) == "{\"a\":1,\"missed\":3}")
  }

  @Test func `the description has one sensor for each alert`() throws {
    let texts = texts([Make.alert("fall"), Make.alert("low", severity: .warning)])
    let all = try parse(texts.discovery())
    #expect(all["dev"]?["ids"] == .array([.string("edgeagent_ward_7")]))
    #expect(all["o"]?["name"] == .string("edgeagent"))
    let fall = try #require(all["cmps"]?["fall"])
    #expect(fall["p"] == .string("binary_sensor"))
    #expect(fall["unique_id"] == .string("edgeagent_ward_7_fall"))
    #expect(fall["device_class"] == .string("safety"))
    #expect(fall["state_topic"] == .string("edgeagent/ward.7/alert/fall"))
    #expect(fall["json_attributes_topic"] == fall["state_topic"])
    #expect(fall["availability_topic"] == .string("edgeagent/ward.7/status"))
    #expect(fall["value_template"] == .string("{{ value_json.state }}"))
    #expect(all["cmps"]?["low"]?["device_class"] == .string("problem"))
    #expect(all["cmps"]?.members?.count == 2)
  }

  @Test func `the longest texts are within their limits`() throws {
    let alerts = (0..<ConfigurationLimits.alertsMax).map { index in
      Make.alert(
        "\(index)-" + String(repeating: "n", count: 61),
        source: (String(repeating: "p", count: 64), String(repeating: "l", count: 64)))
    }
    let texts = texts(alerts, id: String(repeating: "i", count: 64))
    #expect(texts.discovery().utf8.count <= MQTTLimits.discoveryBytesMax)
    var event = Make.event(
      .outOfService, episode: .min, value: -.leastNormalMagnitude, sample: .min)
    event.person = PersonName(String(repeating: "\u{1}", count: 63))
    (event.arrival, event.repeatCount, event.level) = (.min, .min, -.leastNormalMagnitude)
    #expect(texts.state(of: 0, event).utf8.count <= MQTTLimits.stateBytesMax)
    #expect(texts.stateTopic(of: 0).utf8.count <= MQTTLimits.topicBytesMax)
  }
}
