import Testing

import TestSupport
@testable import Text
@testable import edgeagent

/// Goal: what a replay says, for people and for programs, is what happened.
@Suite struct ReplayTests {
  private static let alert = AgentEvent.Alert(
    name: "fall", state: "raised", severity: "critical", isScore: true, value: 0.96875,
    sample: 725)
  private static let cleared = AgentEvent.Alert(
    name: "fall", state: "cleared", severity: "critical", isScore: true, value: 0.125,
    sample: 900)
  private static let hot = AgentEvent.Alert(
    name: "hot", state: "raised", severity: "warning", isScore: false, value: 96.5, sample: 50)
  private static let danger = AgentEvent.Alert(
    name: "danger", state: "raised", severity: "warning", isScore: false, value: nil, sample: 50)

  private func result(_ alerts: [AgentEvent.Alert], samples: Int = 1050) -> ReplayResult {
    ReplayResult(
      recording: "day \"1\".csv", rows: 1050, samples: samples, rateHertz: 50, alerts: alerts)
  }

  @Test func `text names every alert with its second`() {
    #expect(result([], samples: 1049).text == "day \"1\".csv: 1,050 frames, 1 lost, no alert\n")
    #expect(
      result([Self.alert, Self.cleared]).text == """
        day "1".csv: 1,050 frames, 0 lost
          14.50 s  alert fall raised, score 0.969
          18.00 s  alert fall cleared, score 0.125

        """)
  }

  @Test func `a field's value is no score, and a combination has none`() throws {
    let result = result([Self.hot, Self.danger])
    #expect(
      result.text == """
        day "1".csv: 1,050 frames, 0 lost
          1.00 s  alert hot raised, value 96.500
          1.00 s  alert danger raised

        """)
    let alerts = try parseLines(Array(result.json.utf8))[0]["alerts"]
    #expect(alerts?[0]?["value"] == .number(96.5) && alerts?[0]?["score"] == nil)
    #expect(alerts?[1]?["value"] == .null && alerts?[1]?["score"] == nil)
  }

  @Test func `JSON says the same`() throws {
    let lines = try parseLines(Array(result([Self.alert], samples: 1049).json.utf8))
    #expect(lines.count == 1)
    #expect(lines[0]["recording"] == .string("day \"1\".csv"))
    #expect(lines[0]["rows"] == .integer(1050) && lines[0]["samples"] == .integer(1049))
    #expect(lines[0]["lost"] == .integer(1))
    let alert = lines[0]["alerts"]?[0]
    #expect(alert?["alert"] == .string("fall") && alert?["state"] == .string("raised"))
    #expect(alert?["sample"] == .integer(725) && alert?["second"] == .number(14.5))
    #expect(alert?["score"] == .number(0.96875))
    #expect(try parseLines(Array(result([]).json.utf8))[0]["alerts"] == .array([]))
  }

  @Test func `the summary counts alerts and not their ends`() {
    var summary = ReplaySummary()
    summary.add(result([Self.alert, Self.cleared]))
    summary.add(result([], samples: 1040))
    #expect(summary.text == "2 recordings, 2,100 frames sent, 10 lost, 1 alert\n")
  }
}
