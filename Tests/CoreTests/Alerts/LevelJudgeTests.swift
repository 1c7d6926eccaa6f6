import Testing

@testable import Config
@testable import Core

/// Goal: each kind raises and clears at the very numbers that the configuration names. Method: each
/// level itself, the next number on either side of it, and what is no number.
@Suite struct LevelJudgeTests {
  private static func judge(
    _ kind: LevelSettings.Kind, _ clearLow: Double, _ low: Double, _ high: Double,
    _ clearHigh: Double
  ) -> LevelJudge {
    LevelJudge(
      LevelSettings(kind: kind, low: low, high: high, clearLow: clearLow, clearHigh: clearHigh))
  }

  /// For each level a letter for the number below it, for itself and for the number above it.
  private static func letters(_ judge: LevelJudge, _ levels: [Float]) -> String {
    levels.map { level in
      [level.nextDown, level, level.nextUp].map {
        switch judge.judge($0) {
        case .raise: "!"
        case .between: "-"
        case .clear: "_"
        case .unknown: "?"
        }
      }.joined()
    }.joined(separator: " ")
  }

  @Test func `above raises at its level and clears below the clear level`() {
    let judge = Self.judge(.above, 0, 0, 0.9, 0.6)
    #expect(Self.letters(judge, [0.6, 0.9]) == "_-- -!!")
    #expect(judge.judge(0.9) == .raise, "the level as the configuration writes it")
  }

  @Test func `below raises at its level and clears above the clear level`() {
    #expect(Self.letters(Self.judge(.below, 5, 3, 0, 0), [3, 5]) == "!!- --_")
  }

  @Test func `outside raises beyond either level and clears between the clear levels`() {
    #expect(Self.letters(Self.judge(.outside, 2, 1, 9, 8), [1, 2, 8, 9]) == "!-- -__ __- --!")
  }

  @Test func `inside raises between the levels and clears beyond the clear levels`() {
    #expect(Self.letters(Self.judge(.inside, 1, 2, 8, 9), [1, 2, 8, 9]) == "_-- -!! !!- --_")
  }

  @Test func `with one level for both nothing is between`() {
    #expect(Self.letters(Self.judge(.above, 0, 0, 1, 1), [1]) == "_!!")
    #expect(Self.letters(Self.judge(.below, 1, 1, 0, 0), [1]) == "!!_")
    #expect(Self.letters(Self.judge(.outside, 1, 1, 9, 9), [1, 9]) == "!__ __!")
    #expect(Self.letters(Self.judge(.inside, 1, 1, 9, 9), [1, 9]) == "_!! !!_")
  }

  @Test(arguments: LevelSettings.Kind.allCases)
  func `what is no number is unknown`(kind: LevelSettings.Kind) {
    let judge = Self.judge(kind, 1, 1, 9, 9)
    for value in [Float.nan, .signalingNaN, .infinity, -.infinity] {
      #expect(judge.judge(value) == .unknown)
    }
    #expect(judge.judge(.greatestFiniteMagnitude) != .unknown)
  }

  @Test func `the level beside a value is the nearer one`() {
    #expect(Self.judge(.above, 0, 0, 0.9, 0.6).level(near: -5) == 0.9)
    #expect(Self.judge(.below, 5, 3, 0, 0).level(near: .nan) == 3)
    let outside = Self.judge(.outside, 2, 1, 9, 8)
    #expect(outside.level(near: -7) == 1 && outside.level(near: 4.9) == 1)
    #expect(outside.level(near: 5.1) == 9 && outside.level(near: 70) == 9)
    #expect(outside.level(near: .nan).isNaN)
  }

  @Test func `a person's levels hold until those of the configuration come back`() {
    var judge = Self.judge(.above, 0, 0, 0.9, 0.6)
    let levels = LevelOverride(low: .nan, high: 0.5, clearLow: .nan, clearHigh: 0.4)
    judge.replace(levels)
    #expect(judge.judge(0.5) == .raise && judge.judge(0.45) == .between)
    #expect(judge.level(near: 0) == 0.5)
    judge.replace(nil)
    #expect(judge.judge(0.5) == .clear)
  }
}
