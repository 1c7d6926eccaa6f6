import Testing

@testable import EdgeRuntime
@testable import SensorIO
@testable import edgeagent

/// Goal: every item of the budget is what its limit says, and the total is their sum.
@Suite struct MemoryBudgetTests {
  let folder = TestFolder()

  @Test func `adds up`() throws {
    try EchoModel().write(to: folder)
    let configuration = Make.configuration(
      folder,
      sensors: [Make.sensor(.standardInput), Make.sensor(.unix(path: "/s"), name: "knock")],
      pipelines: [Make.pipeline()])
    let builder = try PipelineBuilder(configuration)
    let budget = MemoryBudget(configuration, builder.pipelines)
    func bytes(_ prefix: String) -> Int? {
      budget.items.first { $0.name.hasPrefix(prefix) }?.bytes
    }
    #expect(budget.total == budget.items.map { $0.bytes }.reduce(0, +))
    #expect(budget.items.allSatisfy { $0.bytes > 0 })
    let connection = 4096 + FrameReader.byteCount
    #expect(bytes("sensor wrist") == connection)
    #expect(bytes("sensor knock") == 4 * connection)
    let model = builder.pipelines[0].bundle.model
    #expect(bytes("pipeline echo: model") == model.fileBytes + model.tableBytes)
    #expect(bytes("pipeline echo: arena") == model.arenaBytes)
    #expect(bytes("pipeline echo: window") == 2 * 1 * 4)
    #expect(bytes("events") == 16 * (16_384 + FrameReader.byteCount))
    #expect(bytes("lines") == 4 * 10_240)
    #expect(bytes("stacks") == 2 * 262_144)
    #expect(
      bytes("models") == 2 * model.fileBytes + model.tableBytes + model.arenaBytes + 2 * 1 * 4
        + MemoryLayout<TrialStatistics>.stride)
    #expect(bytes("stack:") == 262_144)
    #expect(budget.items.count == 2 + 3 + 2 + 4)
  }

  @Test func `the repository's model fits the default limit many times`() throws {
    let configuration = Make.configuration(folder, sensors: [Make.sensor(.standardInput)])
    let bundle = try ModelBundle(folder: fallBundle)
    let budget = MemoryBudget(configuration, [])
    let model = bundle.model
    let all = budget.total + model.fileBytes + model.tableBytes + model.arenaBytes
    #expect(all < configuration.agent.memoryBytesMax / 4)
  }
}
