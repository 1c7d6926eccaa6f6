import TestSupport
import Testing

@testable import System

/// Goal: tries become rare, and those of many fall apart. Method: many pauses, seeded.
@Suite struct RetryPauseTests {
  @Test func `each pause is from the upper half of one that doubles up to the longest`() {
    var random = seededRandom("pauses")
    for _ in 0..<200 {
      var pause = RetryPause(100...1000, seed: random.next())
      for longest in [100, 200, 400, 800, 1000, 1000] as [Int64] {
        #expect((longest / 2..<longest).contains(pause.next()))
      }
      pause.reset()
      #expect((50..<100).contains(pause.next()))
    }
  }

  @Test func `two that failed at once do not try at once`() {
    var (one, other) = (RetryPause(1_000_000...2_000_000), RetryPause(1_000_000...2_000_000))
    #expect((0..<4).contains { _ in one.next() != other.next() })
  }

  @Test func `the longest times do not overflow`() {
    var pause = RetryPause(2...(Int64.max / 2), seed: 1)
    for _ in 0..<100 { #expect(pause.next() > 0) }
  }
}
