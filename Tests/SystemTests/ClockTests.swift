import Testing

@testable import System

/// Goal: a board that does not know the time is never believed.
@Suite struct ClockTests {
  @Test func `no time before the release is plausible`() {
    let release = Clock.releaseSeconds * 1_000_000_000
    #expect(Clock.plausible(0) == nil)
    #expect(Clock.plausible(release - 1) == nil)
    #expect(Clock.plausible(release) == release)
  }

  @Test func `no time more than 20 years after the release is plausible`() {
    let horizon = Clock.horizonSeconds * 1_000_000_000
    #expect(Clock.plausible(horizon) == horizon)
    #expect(Clock.plausible(horizon + 1_000_000_000) == nil)
    for wall in [Int64.min, .max] { #expect(Clock.plausible(wall) == nil) }
  }

  @Test(arguments: [
    (Int64(1), Int64(5), Int64(1_000_000_005)), (9_223_372_036, 854_775_807, .max),
    (9_223_372_036, 999_999_999, .max), (9_223_372_037, 0, .max), (.max, 0, .max),
    (-9_223_372_037, 0, .min), (.min, 0, .min),
  ])
  func `a clock set to any year has a time`(seconds: Int64, rest: Int64, expected: Int64) {
    #expect(Clock.nanoseconds(seconds: seconds, rest) == expected)
  }
}
