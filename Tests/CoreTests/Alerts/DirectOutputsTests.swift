import Testing

@testable import Config
@testable import Core
@testable import SensorIO
import TestSupport
@testable import Text

/// Goal: an alert reaches the outputs it names and no others, and an acknowledgement only the alert
/// that it names.
@Suite struct DirectOutputsTests {
  let folder = TestFolder()

  private func rig(_ alerts: [MadeAlert]) throws -> AgentRig {
    try EchoModel().write(to: folder)
    return try AgentRig(
      Make.configuration(
        folder, sensors: [Make.sensor(.standardInput)], pipelines: [Make.pipeline()],
        alerts: alerts))
  }

  private func event(_ alert: Alert) -> AlertEvent {
    AlertEvent(
      alert: alert.index, transition: .raised, value: 1, sample: 1, arrival: 1, wall: 1, latency: 1)
  }

  @Test func `only alerts for the socket go there`() throws {
    let rig = try rig([
      Make.alert("silent", outputs: []), Make.alert("loud", outputs: [.socket]),
    ])
    let subscriber = try rig.subscribe()
    rig.adopt()
    for alert in rig.alerts { rig.outputs.announce(event(alert), alert) }
    #expect(try subscriber.events(2).map { $0["alert"] } == [nil, .string("loud")])
  }
}
