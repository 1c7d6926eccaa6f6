import TestSupport
import Testing

@testable import Config
@testable import Core
@testable import System

/// Goal: each input reaches the conditions that name it and all combinations of those, once and in
/// order; what is missing or too old is unknown, and unknown spreads as it should. Method: a board
/// with two sensors and two pipelines, fed by hand; then random inputs beside a naive evaluation.
@Suite struct ConditionTableTests {
  private static let second: Int64 = 1_000_000_000
  private static let start = 100 * second

  private static let sensors = [
    Make.sensor(.standardInput, name: "wrist", fields: ["ax", "ay"], staleAfter: 5 * second),
    Make.sensor(.standardInput, name: "boiler", fields: ["heat"]),
  ]
  private static let pipelines = [
    Make.pipeline("fall", sensor: "wrist"), Make.pipeline("leak", sensor: "boiler"),
  ]

  private static func condition(_ test: ConditionTest, ageMax: Int64? = nil) -> ConditionSettings {
    ConditionSettings(
      name: "c", test: test, ageNanosecondsMax: ageMax, place: Make.place, sourcePlace: Make.place,
      levelPlace: Make.place)
  }

  /// Raises at 10, clears below 5.
  private static func level(_ source: ValueSource) -> ConditionTest {
    .level(source, LevelSettings(kind: .above, low: 0, high: 10, clearLow: 0, clearHigh: 5))
  }

  private static func combination(_ combination: Combination, _ operands: Int...) -> ConditionTest {
    // −n is not condition n.
    .combination(
      combination,
      operands.map { ConditionOperand(condition: abs($0), isNegated: $0 < 0) })
  }

  private static func table(_ conditions: [ConditionSettings]) -> ConditionTable {
    ConditionTable(conditions, sensors: sensors, pipelines: pipelines, at: start)
  }

  private static func table(_ tests: ConditionTest...) -> ConditionTable {
    table(tests.map { condition($0) })
  }

  private static func sample(
    _ table: ConditionTable, _ sensor: Int, _ values: [Float], at seconds: Int64 = 0
  ) -> [Int] {
    values.withUnsafeBufferPointer {
      Array(table.sample(sensor: sensor, values: $0, at: start + seconds * second))
    }
  }

  private static func score(
    _ table: ConditionTable, _ pipeline: Int, _ values: [Float], at seconds: Int64 = 0
  ) -> [Int] {
    values.withUnsafeBufferPointer {
      Array(table.score(pipeline: pipeline, values: $0, at: start + seconds * second))
    }
  }

  private static func tick(_ table: ConditionTable, at seconds: Int64) -> [Int] {
    Array(table.tick(at: start + seconds * second))
  }

  // MARK: inputs

  @Test func `everything is unknown at first`() {
    let table = Self.table(
      Self.level(.field(sensor: "wrist", field: "ax")), .health(.store), Self.combination(.all, 0))
    for index in 0..<3 {
      #expect(table[index].reading == .unknown && table[index].truth == nil)
      #expect(table[index].value.isNaN && table[index].level.isNaN)
    }
  }

  @Test func `a sample reaches its sensor's fields and no others`() {
    let table = Self.table(
      Self.level(.field(sensor: "boiler", field: "heat")),
      Self.level(.field(sensor: "wrist", field: "ay")),
      Self.level(.field(sensor: "wrist", field: "ax")))
    #expect(Self.sample(table, 0, [12, 3], at: 1) == [1, 2])
    #expect(table[2].reading == .raise && table[2].truth == true && table[2].value == 12)
    #expect(table[2].level == 10)
    #expect(table[1].reading == .clear && table[1].truth == false)
    #expect(table[0].reading == .unknown)
    #expect(Self.sample(table, 1, [7]) == [0])
  }

  @Test func `truth stays between the levels, and behind an unknown reading`() {
    let table = Self.table(Self.level(.field(sensor: "boiler", field: "heat")))
    let values: [(Float, Bool?)] = [
      (7, false), (10, true), (7, true), (.nan, nil), (7, true), (4, false), (.infinity, nil),
      (7, false),
    ]
    for (value, truth) in values {
      #expect(Self.sample(table, 1, [value]) == [0], "each sample is a reading")
      #expect(table[0].truth == truth, "\(value)")
    }
  }

  @Test func `scores reach the labels of their pipeline`() {
    let table = Self.table(
      Self.level(.score(pipeline: "fall", label: "fall")),
      Self.level(.score(pipeline: "leak", label: "leak")),
      Self.level(.score(pipeline: "fall", label: "rest")))
    #expect(Self.score(table, 0, [20, 0, 4]) == [0, 2])
    #expect(table[0].reading == .unknown, "no label has an index yet")
    table.rebind(pipeline: 0, labelIndices: [2, 0])
    #expect(Self.score(table, 0, [20, 0, 4]) == [0, 2])
    #expect(table[0].truth == false && table[2].truth == true)
    // Another version: the truth stays until its first scores.
    table.rebind(pipeline: 0, labelIndices: [0, -1])
    #expect(table[0].truth == false && table[2].truth == true)
    #expect(Self.score(table, 0, [20, 0, 4]) == [0, 2])
    #expect(table[0].truth == true && table[2].truth == nil)
    #expect(Self.score(table, 0, []) == [0, 2])
    #expect(table[0].truth == nil, "too few scores")
  }

  @Test func `shares and states of the board come from outside`() {
    let table = Self.table(
      Self.level(.share(.refused(sensor: "wrist"), overNanoseconds: Self.second)),
      .health(.clock), Self.combination(.any, 0, 1))
    #expect(Array(table.share(0, 12, at: 1)) == [0, 2])
    #expect(table[0].truth == true && table[0].value == 12 && table[2].truth == true)
    #expect(Array(table.health(1, false, at: 2)) == [1, 2])
    #expect(table[1].truth == false && table[1].value == 0 && table[1].level.isNaN)
    #expect(Array(table.share(0, nil, at: 3)) == [0, 2])
    #expect(table[0].truth == nil && table[2].truth == nil && table[2].reading == .unknown)
    #expect(Array(table.health(1, true, at: 4)) == [1, 2])
    #expect(table[1].reading == .raise && table[1].value == 1 && table[2].truth == true)
    #expect(Array(table.health(1, nil, at: 5)) == [1, 2])
    #expect(table[1].truth == nil && table[1].value.isNaN)
  }

  @Test func `a statistic answers when its time is filled, and begins anew after a gap`() {
    let table = Self.table(
      Self.level(
        .derived(
          sensor: "boiler", field: "heat", .span, overNanoseconds: 64 * Self.second)))
    for second in Int64(0)..<63 {
      #expect(Self.sample(table, 1, [Float(second)], at: second) == [0])
      #expect(table[0].reading == .unknown)
    }
    // The slots begin at multiples of a second, as the samples do.
    _ = Self.sample(table, 1, [63], at: 63)
    #expect(table[0].reading == .raise && table[0].value == 63)
    table.gap(sensor: 0)
    _ = Self.sample(table, 1, [64], at: 64)
    #expect(table[0].reading == .raise, "another sensor's gap")
    table.gap(sensor: 1)
    _ = Self.sample(table, 1, [65], at: 65)
    #expect(table[0].reading == .unknown)
  }

  @Test func `a stuck value is found, and a gap forgets it`() {
    let table = Self.table(
      .health(
        .stuck(
          sensor: "boiler", field: "heat", overNanoseconds: 3 * Self.second, deadBand: 0.5)))
    for (second, truth) in [nil, nil, nil, true, true].enumerated() {
      #expect(Self.sample(table, 1, [7], at: Int64(second)) == [0])
      #expect(table[0].truth == truth)
    }
    #expect(Self.sample(table, 1, [9], at: 5) == [0] && table[0].truth == false)
    table.gap(sensor: 1)
    #expect(Self.sample(table, 1, [9], at: 6) == [0] && table[0].truth == nil)
  }

  @Test func `a condition whose sensor or pipeline is not there stays unknown`() {
    let second = Self.second
    let tests: [ConditionTest] = [
      Self.level(.field(sensor: "boiler", field: "heat")),
      Self.level(.derived(sensor: "boiler", field: "heat", .mean, overNanoseconds: second)),
      .health(.stuck(sensor: "boiler", field: "heat", overNanoseconds: second, deadBand: 0)),
      Self.level(.score(pipeline: "leak", label: "leak")),
      Self.level(.field(sensor: "wrist", field: "ax")),
      Self.level(.score(pipeline: "fall", label: "fall")),
      Self.combination(.any, 0, 3, 4),
      Self.level(.field(sensor: "wrist", field: "az")),
    ]
    // As a replay of the wrist has it.
    let table = ConditionTable(
      tests.map { Self.condition($0) }, sensors: [Self.sensors[0]],
      pipelines: [Self.pipelines[0]], at: Self.start)
    table.rebind(pipeline: 0, labelIndices: [0])
    #expect(Self.sample(table, 0, [12, 0], at: 1) == [4, 6])
    #expect(Self.score(table, 0, [12], at: 1) == [5])
    table.gap(sensor: 0)
    #expect(Self.tick(table, at: 60) == [4, 5, 6], "only what has a sensor grows too old")
    #expect(Self.sample(table, 0, [12, 0], at: 61) == [4, 6])
    #expect(table[4].truth == true && table[5].truth == nil && table[6].truth == true)
    for index in [0, 1, 2, 3, 7] {
      #expect(table[index].reading == .unknown && table[index].truth == nil)
    }
  }

  // MARK: combinations

  @Test func `a combination is judged once, after all its operands`() {
    let table = Self.table(
      Self.level(.field(sensor: "wrist", field: "ax")),
      Self.level(.field(sensor: "wrist", field: "ay")),
      Self.combination(.all, 0, -1),
      .health(.store),
      Self.combination(.any, 2, 3))
    #expect(Self.sample(table, 0, [12, 3]) == [0, 1, 2, 4])
    #expect(table[2].truth == true && table[2].reading == .raise && table[4].truth == true)
    #expect(Self.sample(table, 0, [12, 12]) == [0, 1, 2, 4])
    #expect(table[2].truth == false && table[2].reading == .clear)
    #expect(table[4].truth == nil, "false or unknown")
    #expect(Array(table.health(3, true, at: 1)) == [3, 4])
    #expect(table[4].truth == true)
    #expect(table[4].value.isNaN && table[4].level.isNaN)
    #expect(Self.sample(table, 0, [.nan, 12]) == [0, 1, 2, 4])
    #expect(table[2].truth == false, "one false is enough for all")
  }

  @Test func `a combination counts what is latched between the levels`() {
    let table = Self.table(
      Self.level(.field(sensor: "boiler", field: "heat")), Self.combination(.all, 0))
    for (value, truth) in [(Float(12), true), (7, true), (4, false), (7, false)] {
      _ = Self.sample(table, 1, [value])
      #expect(table[1].truth == truth)
      #expect(table[1].reading == (truth ? .raise : .clear))
    }
  }

  // MARK: ages

  @Test func `values of a silent sensor are unknown, again after each further limit`() {
    let table = Self.table(
      Self.level(.field(sensor: "wrist", field: "ax")),
      Self.level(.score(pipeline: "fall", label: "fall")),
      Self.level(.field(sensor: "boiler", field: "heat")),
      Self.combination(.any, 0, 1))
    table.rebind(pipeline: 0, labelIndices: [0])
    #expect(table.nextDeadline == Self.start + 5 * Self.second)
    #expect(Self.tick(table, at: 4) == [])
    #expect(Self.tick(table, at: 5) == [0, 1, 3], "what never came is missing too")
    #expect(Self.sample(table, 0, [12, 0], at: 6) == [0, 3])
    #expect(Self.score(table, 0, [3], at: 6) == [1, 3])
    #expect(Self.sample(table, 1, [12], at: 6) == [2])
    #expect(Self.tick(table, at: 10) == [])
    #expect(table.nextDeadline == Self.start + 11 * Self.second)
    #expect(Self.tick(table, at: 11) == [0, 1, 3])
    #expect(table[0].reading == .unknown && table[0].truth == nil && table[0].value.isNaN)
    #expect(table[1].truth == nil && table[3].truth == nil)
    #expect(table[2].truth == true, "a sensor that is never stale")
    #expect(Self.tick(table, at: 11) == [])
    #expect(table.nextDeadline == Self.start + 16 * Self.second)
    #expect(Self.tick(table, at: 16) == [0, 1, 3])
    #expect(Self.sample(table, 0, [7, 0], at: 17) == [0, 3])
    #expect(table[0].truth == true, "between the levels it is what it was")
    #expect(table[1].truth == nil, "there is no new score yet")
  }

  @Test func `a condition's own limit counts from its own input`() {
    let limit = 2 * Self.second
    let table = Self.table([
      Self.condition(Self.level(.score(pipeline: "fall", label: "fall")), ageMax: limit),
      Self.condition(Self.level(.field(sensor: "boiler", field: "heat")), ageMax: limit),
      Self.condition(.health(.store), ageMax: limit),
      Self.condition(
        Self.level(.share(.late(pipeline: "fall"), overNanoseconds: Self.second)), ageMax: limit),
    ])
    table.rebind(pipeline: 0, labelIndices: [0])
    _ = Self.score(table, 0, [12], at: 1)
    _ = Self.sample(table, 1, [12], at: 1)
    _ = table.health(2, true, at: Self.start + Self.second)
    _ = table.share(3, 12, at: Self.start + Self.second)
    // Samples without a score do not make the score younger.
    _ = Self.sample(table, 0, [1, 1], at: 2)
    #expect(Self.tick(table, at: 2) == [])
    #expect(Self.tick(table, at: 3) == [0, 1, 2, 3])
    #expect((0..<4).allSatisfy { table[$0].truth == nil })
  }

  @Test func `states of the board and shares have no age by themselves`() {
    let table = Self.table(
      .health(.clock), Self.level(.share(.rate(sensor: "wrist"), overNanoseconds: Self.second)))
    #expect(table.nextDeadline == nil)
    #expect(Self.tick(table, at: 1_000_000) == [])
  }

  // MARK: levels

  @Test func `a person's levels count from the next value on`() {
    let table = Self.table(
      Self.level(.field(sensor: "boiler", field: "heat")), .health(.store))
    let levels = LevelOverride(low: 0, high: 3, clearLow: 0, clearHigh: 2)
    _ = Self.sample(table, 1, [4])
    #expect(table.setLevels(0, levels))
    #expect(table[0].truth == false)
    _ = Self.sample(table, 1, [4])
    #expect(table[0].truth == true && table[0].level == 3)
    #expect(table.setLevels(0, nil))
    _ = Self.sample(table, 1, [4])
    #expect(table[0].truth == false)
    #expect(!table.setLevels(1, levels) && !table.setLevels(1, nil), "no levels to set")
  }

  // MARK: random

  @Test func `random inputs agree with a naive evaluation`() {
    var random = seededRandom("random conditions")
    for _ in 0..<200 {
      let tests = Self.randomTests(&random)
      let table = Self.table(tests.map { Self.condition($0) })
      table.rebind(
        pipeline: 0,
        labelIndices: tests.compactMap {
          if case .level(.score, _) = $0 { 0 } else { nil }
        })
      for step in 0..<50 {
        let value = [Float.nan, 3, 7, 12][Int(random.next(below: 4))]
        let news: [Int]
        let roots: [Int]
        switch random.next(below: 3) {
        case 0:
          (news, roots) = (
            Self.sample(table, 0, [value, 0]),
            Self.indices(tests) {
              if case .level(.field, _) = $0 { true } else { false }
            }
          )
        case 1:
          (news, roots) = (
            Self.score(table, 0, [value]),
            Self.indices(tests) {
              if case .level(.score, _) = $0 { true } else { false }
            }
          )
        default:
          let states = Self.indices(tests) { if case .health = $0 { true } else { false } }
          guard !states.isEmpty else { continue }
          let index = states[Int(random.next(below: UInt64(states.count)))]
          (news, roots) = (Array(table.health(index, value > 7, at: Int64(step))), [index])
        }
        #expect(news == Self.reached(tests, roots))
        for index in tests.indices {
          if case .combination = tests[index] {
            #expect(table[index].truth == Self.truth(index, tests, table))
          }
        }
      }
    }
  }

  private static func randomTests(_ random: inout SplitMix) -> [ConditionTest] {
    var tests: [ConditionTest] = []
    for index in 0..<12 {
      switch index == 0 ? 0 : random.next(below: 6) {
      case 0: tests.append(level(.field(sensor: "wrist", field: "ax")))
      case 1: tests.append(level(.score(pipeline: "fall", label: "l")))
      case 2: tests.append(.health(.store))
      default:
        let operands = (0...random.next(below: 3)).map { _ in
          ConditionOperand(
            condition: Int(random.next(below: UInt64(index))),
            isNegated: random.next(below: 2) == 0)
        }
        tests.append(.combination(random.next(below: 2) == 0 ? .all : .any, operands))
      }
    }
    return tests
  }

  private static func indices(
    _ tests: [ConditionTest], _ isWanted: (ConditionTest) -> Bool
  ) -> [Int] {
    tests.indices.filter { isWanted(tests[$0]) }
  }

  /// The roots, and what depends on them.
  private static func reached(_ tests: [ConditionTest], _ roots: [Int]) -> [Int] {
    tests.indices.filter { depends($0, tests, roots) }
  }

  private static func depends(_ index: Int, _ tests: [ConditionTest], _ roots: [Int]) -> Bool {
    if roots.contains(index) { return true }
    guard case .combination(_, let operands) = tests[index] else { return false }
    return operands.contains { depends($0.condition, tests, roots) }
  }

  /// From the sources up, each time.
  private static func truth(
    _ index: Int, _ tests: [ConditionTest], _ table: ConditionTable
  ) -> Bool? {
    guard case .combination(let combination, let operands) = tests[index] else {
      return table[index].truth
    }
    let truths = operands.map { operand in
      truth(operand.condition, tests, table).map { $0 != operand.isNegated }
    }
    let deciding = combination == .any
    if truths.contains(deciding) { return deciding }
    return truths.contains(nil) ? nil : !deciding
  }
}
