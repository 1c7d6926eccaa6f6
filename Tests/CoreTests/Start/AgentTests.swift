import Testing

@testable import Core
@testable import SensorIO
import TestSupport

/// Goal: the whole core, started as `run` starts it, does its work and says what it did; what keeps
/// it from starting is an exit code and a sentence.
@Suite struct AgentTests {
  let folder = TestFolder()

  @Test func `reads its input to the end and says what it did`() throws {
    try EchoModel().write(to: folder)
    let samples = try folder.file("samples", Array("0\n1\nbad\n0\n0.5\n".utf8))
    let agent = try Agent(
      Make.configuration(
        folder, sensors: [Make.sensor(.file(path: samples))], pipelines: [Make.pipeline()],
        alerts: [Make.alert()]))
    let summary = try agent.run()
    #expect(summary.hasPrefix("stopped: 4 samples, 1 bad frame (wrist: 1 "), "\(summary)")
    let end =
      "3 windows scored, 0 late, 1 alert; heap allocations after ready: not counted in this build"
    #expect(summary.hasSuffix(end), "\(summary)")
  }

  @Test func `with every model refused it does not start`() {
    let configuration = Make.configuration(
      folder, sensors: [Make.sensor(.file(path: "/dev/null"))], pipelines: [Make.pipeline()])
    do {
      _ = try Agent(configuration)
      Issue.record("started")
    } catch {
      guard case .nothingToRun(78) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(error.exitCode == 78)
    }
  }
}
