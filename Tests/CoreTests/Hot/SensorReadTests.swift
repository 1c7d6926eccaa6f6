import Testing

@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// Goal: the subscriber that asks for a sensor's latest sample gets it, and no other does; it never
/// gets an old one for the present. Method: the real hot thread with two sensors and two
/// subscribers.
@Suite struct SensorReadTests {
  let folder = TestFolder()

  private func rig(staleAfter: Int64 = 0) throws -> AgentRig {
    try AgentRig(
      Make.configuration(
        folder,
        sensors: [
          Make.sensor(.unix(path: "/a"), fields: ["x", "y"], staleAfter: staleAfter),
          Make.sensor(.unix(path: "/b"), name: "knock"),
        ]))
  }

  private func greet(_ subscriber: Descriptor) throws {
    #expect(try subscriber.events(1)[0]["type"]?.string == "hello")
  }

  @Test func `the latest sample with its age, for the one that asked`() throws {
    let rig = try rig()
    rig.start()
    defer { rig.stop() }
    let (asks, listens, sensor) = (try rig.subscribe(), try rig.subscribe(), try rig.connect())
    try greet(asks)
    try greet(listens)
    try asks.send("read wrist\n")
    let none = try asks.events(1)[0]
    #expect(none["type"]?.string == "sample" && none["sensor"]?.string == "wrist")
    #expect(none["sample"] == .null && none["age_ms"] == .null && none["values"] == nil)
    try sensor.send("1,2\n0.25,0.5\n3\n")
    #expect(eventually { !rig.told().isEmpty }, "of the bad frame")
    for subscriber in [asks, listens] {
      #expect(try subscriber.events(1)[0]["state"]?.string == "connected")
    }
    try asks.send("read wrist\nread knock\n")
    let both = try asks.events(2)
    #expect(both[0]["sample"]?.int64 == 2 && both[0]["at"]?.int64 != nil)
    #expect(both[0]["values"]?["x"]?.double == 0.25, "a bad frame touches nothing")
    #expect(both[0]["values"]?["y"]?.double == 0.5)
    let age = try #require(both[0]["age_ms"]?.int64)
    #expect(age >= 0 && age < 2000)
    #expect(both[1]["sensor"]?.string == "knock" && both[1]["sample"] == .null)
    #expect(try listens.receive(waitMilliseconds: 50).isEmpty)
  }

  @Test func `a stale one is told by its age alone`() throws {
    // Long enough for a busy machine to deliver the sample before.
    let rig = try rig(staleAfter: 1_000_000_000)
    rig.start()
    defer { rig.stop() }
    let (asks, sensor) = (try rig.subscribe(), try rig.connect())
    try greet(asks)
    try sensor.send("1,2\n")
    #expect(try asks.events(2).map { $0["state"]?.string } == ["connected", "stale"])
    try asks.send("read wrist\n")
    let stale = try asks.events(1)[0]
    #expect(stale["sample"] == .null && stale["values"] == nil && stale["at"] == nil)
    #expect(try #require(stale["age_ms"]?.int64) >= 1000)
  }

  @Test(arguments: ["nobody", "", "wrist ", "wris", "a\"b", String(repeating: "z", count: 400)])
  func `a name that no sensor has gets an error`(name: String) throws {
    let rig = try rig()
    rig.start()
    defer { rig.stop() }
    let asks = try rig.subscribe()
    _ = try asks.events(1)
    try asks.send("read \(name)\n")
    let error = try asks.events(1)[0]
    #expect(error["type"]?.string == "error" && error["read"]?.string == name)
    #expect(error["reason"]?.string == "no sensor has that name")
  }
}
