import Testing

@testable import Core
@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// Goal: a person who asks gets one line, whatever was asked, and no other subscriber gets it.
/// Method: the real hot thread, two subscribers, requests with every kind of fault.
@Suite struct RequestsTests {
  let folder = TestFolder()

  private func rig() throws -> AgentRig {
    try EchoModel().write(to: folder)
    return try AgentRig(
      Make.configuration(
        folder, sensors: [Make.sensor(.unix(path: "/a"))], pipelines: [Make.pipeline()],
        alerts: [Make.alert(), Make.alert("quiet", latch: true, outputs: [])]))
  }

  /// The answer to one request.
  private func answer(_ rig: AgentRig, _ asks: Descriptor, to request: String) throws -> JSONValue {
    try asks.send("\(request)\n")
    try rig.goRound()
    let lines = try asks.events(1)
    #expect(lines.count == 1, "\(request)")
    return lines.first ?? .null
  }

  @Test func `help names every request`() throws {
    let rig = try rig()
    let (asks, listens) = (try rig.subscribe(), try rig.subscribe())
    rig.adopt()
    _ = (try asks.events(1), try listens.events(1))
    let help = try answer(rig, asks, to: "help")
    #expect(help["type"]?.string == "help")
    let requests = help["requests"]?.array?.compactMap { $0.string } ?? []
    #expect(requests == ["read SENSOR", "alerts", "status", "help"])
    #expect(try listens.receive(waitMilliseconds: 20).isEmpty)
  }

  @Test func `status is one line of what was counted`() throws {
    let rig = try rig()
    let (asks, sensor) = (try rig.subscribe(), try rig.connect())
    rig.adopt()
    _ = try asks.events(1)
    let before = try answer(rig, asks, to: "status")
    #expect(before["sensors"]?.int64 == 1 && before["live"]?.int64 == 0)
    try sensor.send("0\nbad\n1\n")
    try rig.goRound(3)
    _ = try asks.events(2)
    let status = try answer(rig, asks, to: "status")
    #expect(status["type"]?.string == "status" && status["agent"]?.string == "ward-7")
    let counts = ["live", "samples", "bad_frames", "windows", "standing", "raised", "skipped"]
    #expect(counts.map { status[$0]?.int64 } == [1, 2, 1, 1, 2, 2, 0])
    #expect(try #require(status["latency_p99_us"]?.int64) >= 0)
  }

  @Test func `the line at the end of what stands counts what was told`() throws {
    let rig = try rig()
    let (asks, sensor) = (try rig.subscribe(), try rig.connect())
    rig.adopt()
    _ = try asks.events(1)
    try sensor.send("0\n1\n")
    try rig.goRound(3)
    // The sensor is there, and the alert is raised.
    _ = try asks.events(2)
    #expect(rig.board.standingCount == 2, "one of them has no outputs")
    try asks.send("alerts\n")
    try rig.goRound()
    let lines = try asks.events(2)
    #expect(lines.map { $0["type"]?.string } == ["alert", "standing"])
    #expect(lines.last?["alerts"]?.int64 == 1)
  }

  @Test(arguments: [
    "statut", "status now", "HELP", "acknowledge", "read", "{\"type\":\"status\"}", " help",
    String(repeating: "\u{1}", count: 512),
  ])
  func `an unknown request gets an error with the remedy`(request: String) throws {
    let rig = try rig()
    let asks = try rig.subscribe()
    rig.adopt()
    _ = try asks.events(1)
    try asks.send("\(request)\n")
    try rig.goRound(5)
    let error = try asks.events(1)[0]
    #expect(error["type"]?.string == "error" && error["request"]?.string == request)
    #expect(error["reason"]?.string?.contains("write help") == true)
  }

  @Test func `acknowledge says where people act`() throws {
    let rig = try rig()
    let asks = try rig.subscribe()
    rig.adopt()
    try rig.goRound()
    _ = try asks.events(2)
    for name in ["wrong", "high"] {
      let line = try answer(rig, asks, to: "acknowledge \(name)")
      #expect(line["type"]?.string == "error" && line["acknowledge"]?.string == name)
      #expect(line["reason"]?.string?.contains("edgeagent alerts ack") == true)
    }
  }
}
