import Testing

@testable import Config

/// Goal: a level that no value reaches, or that every value keeps, is told from one that works.
/// Method: each kind at the ends of a range, and just within them.
@Suite struct LevelReachFaultTests {
  private static let range: ClosedRange<Float> = 0.25...0.75

  private static func fault(
    _ kind: LevelSettings.Kind, _ low: Double, _ high: Double, clear: (Double, Double),
    _ range: ClosedRange<Float> = range
  ) -> LevelReachFault? {
    LevelReachFault(
      LevelSettings(kind: kind, low: low, high: high, clearLow: clear.0, clearHigh: clear.1),
      within: range)
  }

  @Test func `above and below`() {
    #expect(Self.fault(.above, 0, 0.75, clear: (0, 0.5)) == nil)
    let high = Self.fault(.above, 0, 0.8, clear: (0, 0.5))
    #expect(high == .neverAbove(level: 0.8, greatest: 0.75))
    let low = Self.fault(.above, 0, 0.75, clear: (0, 0.25))
    #expect(low == .neverClearsBelow(level: 0.25, least: 0.25))
    #expect(Self.fault(.below, 0.25, 1, clear: (0.5, 1)) == nil)
    #expect(Self.fault(.below, 0.2, 1, clear: (0.5, 1)) == .neverBelow(level: 0.2, least: 0.25))
    let clear = Self.fault(.below, 0.25, 1, clear: (0.75, 1))
    #expect(clear == .neverClearsAbove(level: 0.75, greatest: 0.75))
  }

  @Test func `outside`() {
    #expect(Self.fault(.outside, 0.25, 0.7, clear: (0.3, 0.6)) == nil)
    #expect(Self.fault(.outside, 0, 0.5, clear: (0.25, 0.25)) == nil, "the least value clears")
    let all = Self.fault(.outside, 0.25, 0.75, clear: (0.3, 0.6))
    #expect(all == .neverOutside(low: 0.25, high: 0.75))
    #expect(
      Self.fault(.outside, 0, 0.5, clear: (0.1, 0.2)) == .neverClearsInside(low: 0.1, high: 0.2))
    #expect(
      Self.fault(.outside, 0, 0.1, clear: (0, 0.1)) == .neverClearsInside(low: 0, high: 0.1),
      "every value is outside")
  }

  @Test func `inside`() {
    #expect(Self.fault(.inside, 0.4, 0.5, clear: (0.3, 0.6)) == nil)
    #expect(Self.fault(.inside, 0.75, 0.9, clear: (0.3, 1)) == nil, "0.25 clears")
    #expect(
      Self.fault(.inside, 0.8, 0.9, clear: (0.7, 1)) == .neverInside(low: 0.8, high: 0.9))
    #expect(
      Self.fault(.inside, 0.4, 0.5, clear: (0.25, 0.75))
        == .neverClearsOutside(low: 0.25, high: 0.75))
    #expect(
      Self.fault(.inside, 0, 1, clear: (0, 1)) == .neverClearsOutside(low: 0, high: 1),
      "every value is inside")
  }

  @Test func `a span without an end has room for every level`() {
    for kind in LevelSettings.Kind.allCases {
      let found = Self.fault(kind, -1e30, 1e30, clear: (-1e30, 1e30), ValueSpan.any.range)
      #expect(found == nil, "\(kind)")
    }
  }

  @Test func `what never ends is told from what never rings`() {
    let endless: [LevelReachFault] = [
      .neverClearsBelow(level: 0, least: 0), .neverClearsAbove(level: 1, greatest: 1),
      .neverClearsOutside(low: 0, high: 1), .neverClearsInside(low: 2, high: 3),
    ]
    #expect(endless.allSatisfy { $0.isEndless })
    let silent: [LevelReachFault] = [
      .neverAbove(level: 2, greatest: 1), .neverBelow(level: 0, least: 1),
      .neverOutside(low: 0, high: 1), .neverInside(low: 2, high: 3),
    ]
    #expect(!silent.contains { $0.isEndless })
  }
}
