import Testing

@testable import Core

/// Goal: a process that connects in a loop does not reach the hot thread, and keeps no other out.
/// Method: the clock is the test's.
@Suite struct ConnectionMeterTests {
  @Test func `each process has a reserve of its own, and a pace`() {
    var meter = ConnectionMeter()
    func admitted(_ process: Int32, _ count: Int, at now: Int64) -> Int {
      (0..<count).count { _ in meter.admits(process, at: now) }
    }
    #expect(admitted(7, 1000, at: 0) == 128)
    #expect(admitted(8, 1, at: 0) == 1)
    #expect(admitted(7, 1000, at: 1_000_000_000) == 20)
  }

  @Test func `knows the processes that connected last`() {
    var meter = ConnectionMeter()
    func isAdmitted(_ process: Int32) -> Bool { meter.admits(process, at: 1_000) }
    for _ in 0..<128 { _ = meter.admits(1, at: 1_000) }
    for process: Int32 in 2...64 { _ = meter.admits(process, at: Int64(process)) }
    #expect(!isAdmitted(1))
    #expect(isAdmitted(65), "in the place of process 2")
    #expect(!isAdmitted(1), "and not of the one that connects all the time")
  }
}
