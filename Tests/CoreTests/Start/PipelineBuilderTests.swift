import Testing

@testable import Config
@testable import Core
@testable import EdgeRuntime
@testable import Models
@testable import SensorIO
import TestSupport

/// Goal: what a configuration describes is made, one bad model costs its own pipeline alone, and
/// what is wrong with the configuration itself is named with its place.
@Suite struct PipelineBuilderTests {
  let folder = TestFolder()

  private func build(
    fields: [String] = ["level"], pipelines: [PipelineSettings] = [Make.pipeline()],
    alerts: [MadeAlert] = []
  ) throws(StartError) -> PipelineBuilder {
    try PipelineBuilder(
      Make.configuration(
        folder, sensors: [Make.sensor(.standardInput, fields: fields)], pipelines: pipelines,
        alerts: alerts))
  }

  private func fault(_ body: () throws(StartError) -> Void) -> StartError? {
    do throws(StartError) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  @Test func `a refused model leaves the other pipelines and their alerts`() throws {
    try EchoModel().write(to: folder)
    let builder = try build(
      pipelines: [Make.pipeline("gone", model: "gone"), Make.pipeline()],
      alerts: [Make.alert("never", source: ("gone", "any")), Make.alert("high")])
    #expect(builder.pipelines.map { $0.settings.name } == ["echo"])
    #expect(builder.pipelines[0].index == 1, "its place in the configuration")
    #expect(builder.pipelines[0].watched.map { $0.condition } == [1])
    #expect(builder.pipelines[0].model.watchedLabels == [1])
    #expect(builder.channels[0].pipelines.map { $0.index } == [1])
    guard case .bundle("gone", _, .notInstalled)? = builder.refusals.first else {
      Issue.record("the refusal says which")
      return
    }
    #expect(builder.refusals.count == 1 && builder.refusals[0].exitCode == 78)
  }

  @Test func `an alert on a label that the model has not is refused`() throws {
    try EchoModel().write(to: folder)
    let error = fault { () throws(StartError) in
      _ = try build(alerts: [Make.alert(source: ("echo", "newest"))])
    }
    guard case .labelUnknown(_, "newest", ["older", "newer"])? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `a feature without a field is refused`() throws {
    try EchoModel().write(to: folder)
    let error = fault { () throws(StartError) in _ = try build(fields: ["other"]) }
    guard case .configuration(let faults)? = error,
      case .fieldMissing(feature: "level", _, _)? = faults.faults.first?.kind
    else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [(47.5, true), (52.5, true), (47.4, false), (52.6, false), (100, false)])
  func `a sensor's rate is the model's within a twentieth`(rate: Double, fits: Bool) throws {
    try EchoModel().write(to: folder)
    var sensor = Make.sensor(.standardInput)
    sensor.rateHertz = rate
    let error = fault { () throws(StartError) in
      _ = try PipelineBuilder(
        Make.configuration(folder, sensors: [sensor], pipelines: [Make.pipeline()]))
    }
    if fits {
      if let error { Issue.record("\(error)") }
    } else if case .rate(_, rate, model: "echo", expected: 50)? = error {
      return
    } else {
      Issue.record("\(String(describing: error))")
    }
  }

  @Test func `features find their fields by name`() throws {
    try EchoModel(window: 1, features: ["c", "a"]).write(to: folder)
    let builder = try build(fields: ["a", "b", "c"])
    let (channel, pipeline) = (builder.channels[0], builder.pipelines[0])
    for field in 0..<3 { channel.values[field] = Float(field) }
    #expect(pipeline.push(channel.values))
    pipeline.score()
    #expect(Array(pipeline.scorer.scores) == [2, 0])
    #expect(pipeline.windowCount == 1 && pipeline.lastRunNanoseconds > 0)
  }

  @Test(arguments: [(nil, [2, 5, 8]), (1, [2, 3, 4, 5, 6, 7, 8]), (7, [2])])
  func `the configuration's stride goes before the model's`(stride: Int?, due: [Int]) throws {
    try EchoModel(window: 3, stride: 3, labels: ["a", "b", "c"]).write(to: folder)
    var settings = Make.pipeline()
    settings.stride = stride
    let builder = try build(pipelines: [settings])
    let found = (0..<9).filter { _ in builder.pipelines[0].push(builder.channels[0].values) }
    #expect(found == due)
  }

  @Test func `a stride beyond the runtime's limit is refused at its place`() throws {
    try EchoModel().write(to: folder)
    var settings = Make.pipeline()
    settings.stride = 4097
    let error = fault { () throws(StartError) in _ = try build(pipelines: [settings]) }
    guard case .scorer(_, .strideOutOfRange(found: 4097, limit: 4096))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `fields that cannot be told apart are refused`() {
    let error = fault { () throws(StartError) in _ = try build(fields: ["a", "a"]) }
    guard case .decoding(_, .nameRepeated(field: 1))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
