import Testing
import TestSupport

@testable import Config
@testable import Core

/// Goal: a level that a person sets is as sound as one of the configuration.
@Suite struct LevelChangeTests {
  private static func level(
    _ kind: LevelSettings.Kind, _ low: Double, _ high: Double, _ clearLow: Double,
    _ clearHigh: Double
  ) -> LevelSettings {
    LevelSettings(kind: kind, low: low, high: high, clearLow: clearLow, clearHigh: clearHigh)
  }
  private static let above = level(.above, 0.9, 0.9, 0.6, 0.6)
  private static let below = level(.below, 5, 5, 8, 8)
  private static let outside = level(.outside, 5, 80, 10, 70)
  private static let inside = level(.inside, 10, 20, 5, 25)

  private static func apply(
    _ key: String, _ numbers: [Double], _ level: LevelSettings, isShare: Bool = false
  ) throws(ControlRefusal) -> LevelSettings {
    try LevelChange.apply(key, numbers, to: level, isShare: isShare)
  }

  @Test func `one key changes, the others stay`() throws {
    #expect(try Self.apply("above", [0.7], Self.above) == Self.level(.above, 0.7, 0.7, 0.6, 0.6))
    #expect(try Self.apply("clear_below", [0.9], Self.above).clearHigh == 0.9)
    #expect(try Self.apply("below", [8], Self.below).low == 8)
    #expect(try Self.apply("clear_above", [5], Self.below).clearLow == 5)
    #expect(
      try Self.apply("outside", [0, 90], Self.outside) == Self.level(.outside, 0, 90, 10, 70))
    #expect(try Self.apply("clear_inside", [5, 80], Self.outside).clearHigh == 80)
    #expect(try Self.apply("inside", [5, 25], Self.inside).high == 25)
    #expect(try Self.apply("clear_outside", [-1, 26], Self.inside).clearLow == -1)
  }

  @Test func `a clear level stays on its side`() {
    func fails(
      _ key: String, _ numbers: [Double], _ level: LevelSettings, _ other: String,
      isShare: Bool = false
    ) {
      #expect(throws: ControlRefusal.levelOrder(key: key, other: other)) {
        try Self.apply(key, numbers, level, isShare: isShare)
      }
    }
    fails("above", [0.5], Self.above, "clear_below")
    fails("clear_below", [0.91], Self.above, "above")
    fails("below", [8.5], Self.below, "clear_above")
    fails("clear_above", [4], Self.below, "below")
    fails("outside", [11, 80], Self.outside, "clear_inside")
    fails("outside", [80, 5], Self.outside, "clear_inside")
    fails("clear_inside", [4, 70], Self.outside, "outside")
    fails("inside", [4, 20], Self.inside, "clear_outside")
    fails("clear_outside", [11, 25], Self.inside, "inside")
    fails("clear_below", [0], Self.above, "above", isShare: true)
  }

  @Test func `levels that are one number once they are kept are refused`() {
    // What is kept has to fit again at the next start.
    #expect(throws: ControlRefusal.levelOrder(key: "clear_inside", other: "outside")) {
      try Self.apply("clear_inside", [50, 50.000_000_01], Self.outside)
    }
  }

  @Test func `other keys, counts and numbers are refused`() {
    #expect(throws: ControlRefusal.levelKey("below", known: ["above", "clear_below"])) {
      try Self.apply("below", [1], Self.above)
    }
    #expect(throws: ControlRefusal.levelCount(key: "above", needed: 1)) {
      try Self.apply("above", [1, 2], Self.above)
    }
    #expect(throws: ControlRefusal.levelCount(key: "outside", needed: 2)) {
      try Self.apply("outside", [1], Self.outside)
    }
    for number in [Double.nan, .infinity, -.infinity, 1e300] {
      #expect(throws: ControlRefusal.levelNotFinite) {
        try Self.apply("above", [number], Self.above)
      }
    }
    #expect(throws: ControlRefusal.levelOutOfRange(low: 0, high: 1)) {
      try Self.apply("above", [1.5], Self.above, isShare: true)
    }
  }
}
