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

  private func rig(_ alerts: [AlertSettings]) throws -> AgentRig {
    try EchoModel().write(to: folder)
    return try AgentRig(
      Make.configuration(
        folder, sensors: [Make.sensor(.standardInput)], pipelines: [Make.pipeline()],
        alerts: alerts))
  }

  private func event(_ alert: Alert) -> AlertEvent {
    AlertEvent(
      alert: alert.index, transition: .raised, score: 1, sample: 1, arrival: 1, wall: 1, latency: 1)
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

  @Test func `tells of lost programs at the first and at every doubling`() throws {
    let rig = try rig([Make.alert(outputs: [.exec(path: "/bin/true")])])
    let alert = rig.alerts[0]
    // Nothing takes from the queue here.
    for _ in 0..<PipelineLimits.programsWaitingMax + 100 {
      rig.outputs.announce(event(alert), alert)
    }
    #expect(rig.outputs.droppedPrograms == 100)
    let counts = rig.told().map { kind -> Int64 in
      if case .programDropped(let count) = kind { count } else { -1 }
    }
    #expect(counts == [1, 2, 4, 8, 16, 32, 64])
  }

  @Test(arguments: [
    ("acknowledge fall", "fall"), ("acknowledge fall-2", "fall-2"), ("acknowledge ", nil),
    ("acknowledge", nil), ("acknowledge  fall", nil), ("acknowledge fall ", nil), ("", nil),
    ("acknowledge falls", nil), ("Acknowledge fall", nil), ("acknowledge fal", nil),
  ])
  func `acknowledges by the whole name alone`(command: String, name: String?) throws {
    let rig = try rig([Make.alert("fall"), Make.alert("fall-2")])
    let alert = Array(command.utf8).withUnsafeBytes {
      $0.operand(of: "acknowledge ").flatMap { rig.outputs.alert(named: $0) }
    }
    #expect(alert?.settings.name == name)
  }
}
