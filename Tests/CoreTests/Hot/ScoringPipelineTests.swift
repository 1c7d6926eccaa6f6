import Testing

@testable import Core
@testable import System
import TestSupport

/// Goal: a pipeline is blind while no alert on it can be judged, and never because its windows are
/// late. Method: samples into the pipeline, scored or left out as the hot thread would.
@Suite struct ScoringPipelineTests {
  let folder = TestFolder()

  private func rig() throws -> AgentRig {
    try EchoModel().write(to: folder)
    return try AgentRig(
      Make.configuration(
        folder, sensors: [Make.sensor(.standardInput)], pipelines: [Make.pipeline(deadline: 1)],
        alerts: [Make.alert()]))
  }

  @Test func `windows that are left out leave it seeing`() throws {
    let rig = try rig()
    let (channel, pipeline) = (rig.channels[0], rig.pipelines[0])
    let now = Clock.boot()
    for _ in 0..<100 where pipeline.push(channel.values) {
      #expect(pipeline.leavesOut(waited: 2, at: now))
      #expect(!pipeline.isBlind)
    }
    #expect(pipeline.skippedCount == 99 && pipeline.windowCount == 0)
  }

  @Test func `samples of which none completes a window make it blind, until one does`() throws {
    let rig = try rig()
    let (channel, pipeline) = (rig.channels[0], rig.pipelines[0])
    // 3 × (a window of 2, a stride of 1).
    for count in 1...10 {
      #expect(!pipeline.push(channel.values))
      pipeline.forget()
      #expect(pipeline.isBlind == (count > 9))
    }
    for _ in 0..<2 where pipeline.push(channel.values) { pipeline.score() }
    #expect(pipeline.windowCount == 1 && !pipeline.isBlind)
  }

  @Test func `scores that are no numbers make it blind`() throws {
    let rig = try rig()
    let (channel, pipeline) = (rig.channels[0], rig.pipelines[0])
    func score(_ value: Float) {
      channel.values[0] = value
      if pipeline.push(channel.values) { pipeline.score() }
    }
    for value: Float in [1, .infinity] { score(value) }
    #expect(pipeline.isBlind)
    for value: Float in [1, 1] { score(value) }
    #expect(!pipeline.isBlind)
  }
}
