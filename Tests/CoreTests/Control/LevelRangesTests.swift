import Testing
import TestSupport

@testable import Config
@testable import Core

/// Goal: a level that a person set holds for the source that it was set for and for no other, and
/// can always ring and end.
@Suite struct LevelRangesTests {
  private static let score = ValueSource.score(pipeline: "echo", label: "newer")
  private static let hot = ValueSource.field(sensor: "boiler", field: "temperature")

  private static func configuration(
    _ folder: TestFolder, _ source: ValueSource, _ kind: LevelSettings.Kind = .above
  ) -> Configuration {
    var made = Make.alert("fall")
    made.test = .level(
      source, LevelSettings(kind: kind, low: 0.5, high: 0.9, clearLow: 0.6, clearHigh: 0.4))
    return Make.configuration(folder, sensors: [], alerts: [made])
  }

  private static func saved(_ above: Float, _ source: UInt64 = score.mark) -> SavedOverride {
    SavedOverride(
      condition: "fall", kind: 0, source: source,
      levels: LevelOverride(low: above, high: above, clearLow: 0.4, clearHigh: 0.4),
      person: "anna", wall: 1)
  }

  @Test func `a level does not survive another source of its alert`() throws {
    let folder = TestFolder()
    let before = Self.configuration(folder, Self.score)
    #expect(Self.saved(0.8).fits(before))
    #expect(!Self.saved(0.8).fits(Self.configuration(folder, Self.hot)))
    #expect(!Self.saved(0.8, 0).fits(before), "nobody wrote down what it was set for")
    #expect(!Self.saved(0.8).fits(Self.configuration(folder, Self.score, .below)))
    do {
      let state = try unforked(
        try AlertStateFile(AppendFile(folder: "\(folder.path)/alerts", name: "state")))
      _ = try state.restore(
        for: before.alerts, at: ClockNote(boot: "one", at: 1, wall: 1))
      try state.keep(levels: .levels(Self.saved(0.8)))
    }
    func keeper(_ configuration: Configuration) -> AlertKeeper {
      AlertKeeper(
        configuration, board: AlertSnapshots(count: 1), keeps: { $0.fits(configuration) })
    }
    #expect(keeper(before).overrides == [Self.saved(0.8)])
    #expect(LevelReport.lines(before)[0].hasPrefix("fall: above 0.8"))
    let after = Self.configuration(folder, Self.hot)
    #expect(LevelReport.lines(after)[0].contains("for another configuration"))
    #expect(keeper(after).overrides == [])
    #expect(keeper(before).overrides == [], "dropped for good")
  }

  @Test func `each source has a mark of its own`() {
    let sources: [ValueSource] = [
      Self.score, .score(pipeline: "echo", label: "older"), Self.hot,
      .field(sensor: "boiler", field: "pressure"),
      .derived(sensor: "boiler", field: "temperature", .span, overNanoseconds: 1),
      .derived(sensor: "boiler", field: "temperature", .span, overNanoseconds: 2),
      .derived(sensor: "boiler", field: "temperature", .mean, overNanoseconds: 1),
      .share(.refused(sensor: "boiler"), overNanoseconds: 1),
      .share(.rate(sensor: "boiler"), overNanoseconds: 1),
      .share(.late(pipeline: "boiler"), overNanoseconds: 1),
    ]
    #expect(Set(sources.map { $0.mark }).count == sources.count)
  }

  @Test func `a level is dropped that the model cannot reach any more`() {
    let configuration = Self.configuration(TestFolder(), Self.score)
    let ranges = LevelRanges(scores: [(pipeline: "echo", range: 0...0.99)])
    #expect(Self.saved(0.99).fits(configuration, ranges))
    #expect(!Self.saved(0.995).fits(configuration, ranges))
    #expect(Self.saved(0.995).fits(configuration), "of a model that is not loaded nobody knows")
  }

  /// What `set` answers: nil where it is done.
  private static func set(
    _ source: ValueSource, _ key: String, _ number: Double, ranges: LevelRanges = LevelRanges()
  ) throws(ControlRefusal) -> LevelSettings {
    try LevelChange.apply(
      key, [number],
      to: LevelSettings(kind: .above, low: 0.9, high: 0.9, clearLow: 0.4, clearHigh: 0.4),
      isShare: source.span == .share, within: ranges.range(of: source))
  }

  @Test func `departures and anomalies have no upper end`() throws {
    let rate = ValueSource.share(.rate(sensor: "s"), overNanoseconds: 1)
    #expect(try Self.set(rate, "above", 2).high == 2)
    #expect(try Self.set(.score(pipeline: "hum", label: "anomaly"), "above", 7).high == 7)
    let late = ValueSource.share(.late(pipeline: "p"), overNanoseconds: 1)
    for source in [late, Self.score] {
      #expect(throws: ControlRefusal.levelOutOfRange(low: 0, high: 1)) {
        try Self.set(source, "above", 1.5)
      }
    }
  }

  @Test func `a level that never rings or never ends is refused`() {
    let span = ValueSource.derived(sensor: "s", field: "t", .span, overNanoseconds: 1)
    for source in [
      span, .share(.rate(sensor: "s"), overNanoseconds: 1),
    ] {
      #expect(
        throws: ControlRefusal.levelUseless(.neverClearsBelow(level: 0, least: 0))
      ) { try Self.set(source, "clear_below", 0) }
    }
    let ranges = LevelRanges(scores: [(pipeline: "echo", range: 0...0.95)])
    #expect(
      throws: ControlRefusal.levelUseless(.neverAbove(level: 0.97, greatest: 0.95))
    ) { try Self.set(Self.score, "above", 0.97, ranges: ranges) }
    let refusal = ControlRefusal.levelUseless(.neverAbove(level: 0.97, greatest: 0.95))
    #expect(refusal.message == "no value of this alert's source would ever raise it")
  }

  @Test func `the desk knows the ranges`() throws {
    let bench = ControlBench()
    defer { bench.stop() }
    let desk = ControlDesk(
      bench.configuration, board: bench.board, queue: bench.queue, keeper: bench.keeper,
      ranges: LevelRanges(scores: [(pipeline: "echo", range: 0...0.95)]))
    let line = Array(#"{"do":"set","alert":"fall","level":"above","to":0.97}"#.utf8)
    let answer = line.withUnsafeBytes { desk.answer($0, from: ControlBench.manager) }
    #expect(try parseLines(answer.bytes)[0]["ok"]?.bool == false)
  }
}
