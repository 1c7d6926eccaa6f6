import TestSupport
import Testing

@testable import Config
@testable import Core

/// Goal: what the board knows of itself reaches the alerts that ask for it, at the next look.
/// Method: a watch over parts that the test moves by hand, and a look every 200 ms.
@Suite struct HealthWatchTests {
  private static let second: Int64 = 1_000_000_000

  /// The board knows the time.
  private final class Trust { var isThere = true }

  private final class Rig {
    private let folder = TestFolder()
    private let board: AlertBoard
    private let health: HealthWatch
    let pipelines: [ScoringPipeline]
    let outputs: OutputHealth
    let losses = LossSign()
    let trust = Trust()
    private var now: Int64 = 0
    private var told: [String] = []

    /// - Parameter model: is installed.
    init(_ test: ConditionTest, model: Bool = true) throws {
      if model { try EchoModel().write(to: folder) }
      var alert = Make.alert("a")
      alert.test = test
      alert.settings.needsAcknowledgement = false
      var configuration = Make.configuration(
        folder, sensors: [Make.sensor(.standardInput)], pipelines: [Make.pipeline()],
        alerts: [alert])
      configuration.outputs.append(
        OutputSettings(
          name: "siren", kind: .exec(ProgramSettings(path: "/siren")), place: Make.place))
      let builder = try PipelineBuilder(configuration)
      pipelines = builder.pipelines
      outputs = OutputHealth(count: configuration.outputs.count)
      board = AlertBoard(configuration, at: 0)
      health = HealthWatch(
        configuration, board: board, channels: builder.channels, pipelines: pipelines,
        outputs: outputs, losses: losses, isClockTrusted: { [trust] in trust.isThere }, at: 0)
    }

    /// - Returns: what was told in that time.
    func look(seconds: Double) -> [String] {
      let end = now + Int64(seconds * 1e9)
      while now < end {
        now += 200_000_000
        health.look(at: now) { _, transition, _ in told.append("\(transition.word)") }
      }
      defer { told = [] }
      return told
    }

    func lose() { losses.set(at: now) }

    /// A window of that value, twice.
    func score(_ value: Float, isLate: Bool = false) {
      let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1)
      defer { values.deallocate() }
      values.initialize(repeating: value)
      _ = pipelines[0].push(values)
      guard pipelines[0].push(values) else { return }
      pipelines[0].score()
      if isLate { pipelines[0].overran() }
    }
  }

  @Test func `an output that fails, and works again`() throws {
    let rig = try Rig(.health(.output(name: "siren")))
    #expect(rig.look(seconds: 3) == [], "nothing has been tried")
    rig.outputs.failed(0)
    #expect(rig.look(seconds: 3) == [], "another output")
    rig.outputs.failed(1)
    #expect(rig.look(seconds: 0.2) == ["raised"])
    #expect(rig.look(seconds: 3) == [], "once")
    rig.outputs.well(1)
    #expect(rig.look(seconds: 0.2) == ["cleared"])
  }

  @Test func `an output that is not there is unknown`() throws {
    let rig = try Rig(.health(.output(name: "bell")))
    rig.outputs.failed(0)
    rig.outputs.failed(1)
    #expect(rig.look(seconds: 3) == [])
  }

  @Test func `an outbox that loses records, for a minute after the last one`() throws {
    let rig = try Rig(.health(.store))
    #expect(rig.look(seconds: 3) == [])
    rig.lose()
    #expect(rig.look(seconds: 0.2) == ["raised"])
    #expect(rig.look(seconds: 50) == [])
    rig.lose()
    #expect(rig.look(seconds: 59.6) == [])
    #expect(rig.look(seconds: 0.4) == ["cleared"])
  }

  @Test func `a clock that nobody set`() throws {
    let rig = try Rig(.health(.clock))
    #expect(rig.look(seconds: 3) == [])
    rig.trust.isThere = false
    #expect(rig.look(seconds: 0.2) == ["raised"])
    rig.trust.isThere = true
    #expect(rig.look(seconds: 0.2) == ["cleared"])
  }

  @Test func `a pipeline whose model was refused`() throws {
    let rig = try Rig(.health(.disabled(pipeline: "echo")), model: false)
    #expect(rig.pipelines.isEmpty)
    #expect(rig.look(seconds: 0.2) == ["raised"])
    #expect(rig.look(seconds: 3) == [], "once")
  }

  @Test func `a pipeline whose scores are no numbers`() throws {
    let rig = try Rig(.health(.disabled(pipeline: "echo")))
    rig.score(0.5)
    #expect(rig.look(seconds: 3) == [])
    rig.score(.infinity)
    #expect(rig.look(seconds: 0.2) == ["raised"])
    rig.score(0.5)
    #expect(rig.look(seconds: 0.2) == ["cleared"])
  }

  @Test func `a pipeline that is late, once enough is known`() throws {
    let level = LevelSettings(kind: .above, low: 0.5, high: 0.5, clearLow: 0.25, clearHigh: 0.25)
    let late = ValueSource.share(.late(pipeline: "echo"), overNanoseconds: 60 * Self.second)
    let rig = try Rig(.level(late, level))
    for _ in 0..<4 { rig.score(0.5, isLate: true) }
    #expect(rig.look(seconds: 5) == [], "a tenth of the time has not passed")
    #expect(rig.look(seconds: 2) == ["raised"])
    for _ in 0..<4 { rig.score(0.5) }
    #expect(rig.look(seconds: 2) == [], "half of them")
    for _ in 0..<9 { rig.score(0.5) }
    #expect(rig.look(seconds: 2) == ["cleared"], "4 of 17")
    #expect(rig.look(seconds: 120) == [], "without windows nothing is known")
  }

  @Test func `no window of a pipeline without a model is late`() throws {
    let level = LevelSettings(kind: .above, low: 0.5, high: 0.5, clearLow: 0.25, clearHigh: 0.25)
    let late = ValueSource.share(.late(pipeline: "echo"), overNanoseconds: 60 * Self.second)
    #expect(try Rig(.level(late, level), model: false).look(seconds: 20) == [])
  }
}
