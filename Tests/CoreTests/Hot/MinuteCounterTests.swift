import Testing

@testable import Core

/// Goal: what happened more than a minute ago is forgotten. Method: the clock is the test's.
@Suite struct MinuteCounterTests {
  private static let slot = MinuteCounter.slotNanoseconds

  @Test(arguments: [0, 3 * slot, 1_000_000 * slot])
  func `counts a minute in slots of ten seconds`(start: Int64) {
    var counter = MinuteCounter(at: start)
    func sum(_ slot: Int64) -> Int64 { counter.sum(at: start + slot * Self.slot) }
    func last(_ slot: Int64) -> Int64 { counter.lastSlot(at: start + slot * Self.slot) }
    for slot: Int64 in 0..<6 { counter.add(slot + 1, at: start + slot * Self.slot) }
    #expect(sum(5) == 21)
    #expect(last(5) == 5)
    #expect(sum(6) == 20, "the first is over a minute old")
    #expect(last(6) == 6)
    #expect(sum(10) == 6)
    #expect(sum(11) == 0)
    counter.add(at: start + 10_000 * Self.slot)
    #expect(sum(10_000) == 1)
    #expect(last(10_000) == 0)
  }

  @Test func `a time that goes back counts as now`() {
    var counter = MinuteCounter(at: 100 * Self.slot)
    counter.add(at: 0)
    let sum = counter.sum(at: 100 * Self.slot)
    #expect(sum == 1)
  }
}
