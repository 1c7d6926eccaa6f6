import CPlatform
import Testing

@testable import Config
@testable import Core
@testable import EdgeRuntime
@testable import SensorIO
@testable import System
import TestSupport

/// Goal: whichever of the threads for people hangs, the hot thread sees it.
/// Method: the real threads.
@Suite struct PeopleSideTests {
  let folder = TestFolder()

  private func people() -> PeopleSide {
    var configuration = Make.configuration(
      folder, sensors: [Make.sensor(.standardInput)], alerts: [Make.alert("a", onRateOf: "wrist")])
    configuration.agent.state = folder.path
    return PeopleSide(
      configuration, ranges: LevelRanges(scores: []), hotWakeup: Wakeup(), outbox: nil)
  }

  @Test func `both threads give signs of life`() throws {
    let people = people()
    let threads = people.threads
    #expect(threads.map { $0.name } == [.control, .keeper])
    #expect(threads.allSatisfy { !$0.isVital }, "alerts need neither")
    try people.listen()
    let start = Clock.boot()
    #expect(threads.allSatisfy { $0.heartbeat.last < start })
    #expect(people.start())
    defer { people.finish() }
    #expect(eventually { threads.allSatisfy { $0.heartbeat.last > start } })
  }
}
