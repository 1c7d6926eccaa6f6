import CPlatform
import Testing

@testable import Config
@testable import Core
@testable import EdgeRuntime
@testable import Models
@testable import SensorIO
@testable import Store
@testable import System
import TestSupport

/// Goal: the budget is what the core takes: it leaves nothing out, and counts nothing that is not
/// there. Method: each item by the limits; then the budget of a core whose disk takes nothing,
/// beside the bytes that the C library says are allocated.
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
    let line = FramingSettings.line(LineSettings())
    let connection = 4096 + FrameReader.byteCount(of: [line])
    #expect(bytes("sensor wrist") == connection)
    #expect(bytes("sensor knock") == 4 * connection)
    let model = builder.pipelines[0].bundle.model
    #expect(bytes("pipeline echo: model") == model.fileBytes + model.tableBytes)
    #expect(bytes("pipeline echo: arena") == model.arenaBytes)
    let window = 2 * 2 * 1 * 4
    #expect(bytes("pipeline echo: window") == window, "each sample is in it twice")
    let seat = 16_384 + 8_192 + FrameReader.byteCount(of: [line])
    #expect(bytes("events") == 16 * seat)
    #expect(bytes("lines") == 3 * 10_240 + 4096)
    #expect(bytes("times") == 5 * MemoryLayout<DurationHistogram>.stride)
    #expect(bytes("people")! > 819_200, "eight peers and two stacks")
    #expect(
      bytes("models") == 2 * model.fileBytes + model.tableBytes + model.arenaBytes + window
        + MemoryLayout<TrialStatistics>.stride)
    #expect(bytes("stack:") == 262_144)
    #expect(budget.items.count == 2 + 3 + 2 + 5 + 1)
  }

  /// Larger than all that the budget does not declare.
  private func autoencoder() throws -> Configuration {
    var model = EchoModel(window: 2048, features: (0..<8).map { "f\($0)" })
    model.reconstructs = true
    try model.write(to: folder)
    var pipeline = Make.pipeline()
    pipeline.model = ModelReference(name: "echo", version: "1")
    return Make.configuration(
      folder, sensors: [Make.sensor(.standardInput, fields: model.features)], pipelines: [pipeline])
  }

  @Test(.enabled(if: HeapMeter.works, HeapMeter.why))
  func `an autoencoder's buffers count`() throws {
    let configuration = try autoencoder()
    let pipelines = try PipelineBuilder(configuration).pipelines
    let items = MemoryBudget(configuration, pipelines).items
    let declared = items.filter { $0.name.hasPrefix("pipeline") || $0.name.hasPrefix("sensor") }
      .reduce(0) { $0 + $1.bytes }
    let measured = try HeapMeter.growth { try PipelineBuilder(configuration) }
    let grown = try #require(measured)
    #expect((declared...declared + 64 << 10).contains(grown), "\(grown) of \(declared) bytes")
  }

  @Test(.enabled(if: HeapMeter.works, HeapMeter.why))
  func `the windows of shares count`() throws {
    let alerts = (0..<64).map { Make.alert("a\($0)", onRateOf: "wrist") }
    let configuration = Make.configuration(
      folder, sensors: [Make.sensor(.standardInput)], alerts: alerts)
    let board = AlertBoard(configuration, at: 0)
    let measured = HeapMeter.growth {
      HealthWatch(
        configuration, board: board, channels: [], pipelines: [], outputs: OutputHealth(count: 1),
        losses: LossSign(), at: 0)
    }
    let (grown, declared) = (
      try #require(measured), HealthWatch.byteCount(configuration.conditions)
    )
    #expect(declared >= 64 * 60 * 3 * 8)
    #expect((declared...declared + 4 << 10).contains(grown), "\(grown) of \(declared) bytes")
    let budget = MemoryBudget(configuration, []).items.first { $0.name == "conditions" }
    #expect(try #require(budget).bytes > declared)
  }

  @Test func `the repository's model fits the default limit many times`() throws {
    let configuration = Make.configuration(folder, sensors: [Make.sensor(.standardInput)])
    let bundle = try ModelBundle(folder: fallBundle)
    let budget = MemoryBudget(configuration, [])
    let model = bundle.model
    let all = budget.total + model.fileBytes + model.tableBytes + model.arenaBytes
    #expect(all < configuration.agent.memoryBytesMax / 4)
  }

  /// A version with as many labels as there may be, each as long as it may be. In JSON each is
  /// twice as long.
  private static let labels = (0..<ConfigurationLimits.labelsMax).map { index in
    String(repeating: "\"", count: ConfigurationLimits.nameBytesMax - 2) + (index < 10 ? "0" : "")
      + "\(index)"
  }

  /// Everything that the core makes but its threads, the door and SQLite, with another version
  /// beside the one that scores, and as many of the longest results as wait for a disk that takes
  /// nothing.
  private func core(_ configuration: Configuration) throws -> [AnyObject] {
    let settings = configuration.store!
    let rig = try AgentRig(configuration)
    let queue = OutboxQueue()
    let pipeline = rig.pipelines[0]
    let next = try LoadedModel(
      folder: "\(folder.path)/models/echo/1", settings: pipeline.settings,
      sensor: configuration.sensors[0], watched: [], after: pipeline.model)
    let store = OutboxThread(
      settings, configuration, pipelines: [RecordMaker.Pipeline(index: 0, name: "echo")],
      history: ModelHistory([(0, .init(name: "echo/1", labels: Self.labels))]), queue: queue,
      door: DoorQueue(queue.wakeup))
    let result = StoredResult(
      pipeline: 0, version: 0, windowCount: .max, sample: .max, from: 0, at: 0,
      values: StoredResult.Values(repeating: -.leastNormalMagnitude.nextUp))
    for _ in 0..<KeepingLimits.waitingMax / KeepingLimits.resultsMax + 1 {
      for _ in 0..<KeepingLimits.resultsMax { queue.put(result) }
      store.round()
    }
    return [rig, queue, next, store]
  }

  @Test(.enabled(if: HeapMeter.works, HeapMeter.why))
  func `is what is allocated`() throws {
    try EchoModel().write(to: folder)
    var configuration = Make.configuration(
      folder,
      sensors: [Make.sensor(.standardInput), Make.sensor(.unix(path: "/s"), name: "knock")],
      pipelines: [Make.pipeline()])
    configuration.store = StoreSettings(
      path: "\(folder.path)/missing/deep/outbox.db", place: Make.place)
    let measured = try HeapMeter.growth { try core(configuration) }
    let grown = try #require(measured)
    let budget = MemoryBudget(configuration, try PipelineBuilder(configuration).pipelines)
    let declared =
      budget.total - 5 * Thread.stackBytes - OutboxLimits.heapBytesMax - DoorThread.byteCount
    print("allocated: \(grown) of \(declared) bytes")
    // The budget does not declare what is small: names, objects, what the C library puts around
    // each.
    #expect(grown <= declared + 64 << 10)
    // The longest record that a result becomes is four fifths of what a record may be.
    #expect(grown >= declared * 2 / 3)
  }
}
