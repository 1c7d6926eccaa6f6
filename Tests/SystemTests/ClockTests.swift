import Testing

@testable import System

/// Goal: a board that does not know the time is never believed.
@Suite struct ClockTests {
  @Test func `no time before the release is plausible`() {
    let release = Clock.releaseSeconds * 1_000_000_000
    #expect(Clock.plausible(0) == nil)
    #expect(Clock.plausible(release - 1) == nil)
    #expect(Clock.plausible(release) == release)
    #expect(Clock.plausible(.max) == .max)
  }
}
