import Testing

@testable import Core

/// Goal: who does something all the time is held back, and no other.
/// Method: the clock is the test's.
@Suite struct RateMeterTests {
  private static var meter: RateMeter<Int32> {
    RateMeter(perSecond: 20, capacity: 128, keysMax: 64)
  }

  @Test func `each has a reserve of its own, and a pace`() {
    var meter = Self.meter
    func admitted(_ process: Int32, _ count: Int, at now: Int64) -> Int {
      (0..<count).count { _ in meter.admits(process, at: now) }
    }
    #expect(admitted(7, 1000, at: 0) == 128)
    #expect(admitted(8, 1, at: 0) == 1)
    #expect(admitted(7, 1000, at: 1_000_000_000) == 20)
  }

  @Test func `knows those that came last`() {
    var meter = Self.meter
    func isAdmitted(_ process: Int32) -> Bool { meter.admits(process, at: 1_000) }
    for _ in 0..<128 { _ = meter.admits(1, at: 1_000) }
    for process: Int32 in 2...64 { _ = meter.admits(process, at: Int64(process)) }
    #expect(!isAdmitted(1))
    #expect(isAdmitted(65), "in the place of process 2")
    #expect(!isAdmitted(1), "and not of the one that comes all the time")
  }
}
