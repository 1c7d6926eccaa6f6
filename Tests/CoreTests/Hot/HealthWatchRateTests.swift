import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System
import TestSupport

/// Goal: a measured rate is that of a sensor that speaks: silence is another condition.
/// Method: a sensor in virtual time, at its rate, silent, and at another rate.
@Suite struct HealthWatchRateTests {
  let folder = TestFolder()
  private static let second: Int64 = 1_000_000_000

  /// An alert on a rate that is a fifth off, over a minute; the sensor declares 50 Hz.
  private func core() throws -> VirtualCore {
    try VirtualCore(
      Make.configuration(
        folder, sensors: [Make.sensor(.unix(path: "/s"), staleAfter: 2 * Self.second)],
        alerts: [Make.alert("rate", onRateOf: "wrist")]))
  }

  private func send(
    _ core: VirtualCore, hertz: Int64, from start: Int64, to end: Int64
  ) {
    for tick in 0..<(end - start) * hertz {
      core.advance(to: start * Self.second + tick * Self.second / hertz)
      [Float(tick)].withUnsafeBufferPointer { core.sample(sensor: 0, $0) }
    }
  }

  @Test func `a rate is not judged over a silence`() throws {
    let core = try core()
    for start: Int64 in [0, 80, 133, 400] {
      send(core, hertz: 50, from: start, to: start + 50)
    }
    #expect(core.transitions.isEmpty)
  }

  @Test func `a rate that is another after a silence is told`() throws {
    let core = try core()
    send(core, hertz: 50, from: 0, to: 60)
    send(core, hertz: 25, from: 80, to: 90)
    #expect(core.transitions.map { $0.state } == ["raised"])
    let seconds = try #require(core.transitions.first).time / Self.second
    #expect((86...88).contains(seconds), "a tenth of a minute has to be covered")
  }
}
