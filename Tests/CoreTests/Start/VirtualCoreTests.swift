import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System
import TestSupport

/// Goal: what a test of alerts gives is judged, and nothing else. Method: a model whose scores are
/// its window, with scores given in its place and without.
@Suite struct VirtualCoreTests {
  let folder = TestFolder()

  /// An alert on the second label of two.
  private func core() throws -> VirtualCore {
    try EchoModel().write(to: folder)
    return try VirtualCore(
      Make.configuration(
        folder, sensors: [Make.sensor(.unix(path: "/s"))], pipelines: [Make.pipeline()],
        alerts: [Make.alert()]))
  }

  private func send(_ core: VirtualCore, _ values: [Float]) {
    for value in values { [value].withUnsafeBufferPointer { core.sample(sensor: 0, $0) } }
  }

  @Test func `windows are judged under their own label`() throws {
    let core = try core()
    send(core, [1, 0])
    #expect(core.transitions.isEmpty, "1 is the older one")
    send(core, [1])
    #expect(core.transitions.map { $0.state } == ["raised"])
  }

  @Test func `given scores take the place of the model's`() throws {
    let core = try core()
    core.score(pipeline: 0, label: "newer", 0)
    send(core, [1, 0, 1, 1])
    #expect(core.transitions.isEmpty)
    core.score(pipeline: 0, label: "newer", 1)
    send(core, [0, 0, 0])
    #expect(core.transitions.map { $0.state } == ["raised"])
  }
}
