import Testing

@testable import Sync

/// Goal: no moment that boards share makes them come at once, and none waits longer than a poll.
/// Method: virtual time, seeded boards.
@Suite struct SyncScheduleTests {
  private static let second: Int64 = 1_000_000_000
  private static let interval: Int64 = 900 * second

  private func made(_ seed: UInt64, now: Int64 = 0) -> SyncSchedule {
    SyncSchedule(intervalNanoseconds: Self.interval, now: now, seed: seed)
  }

  /// The largest share of boards in any second, and the last one's second.
  private func herd(_ times: [Int64], from start: Int64) -> (share: Double, last: Int64) {
    var buckets: [Int64: Int] = [:]
    for time in times { buckets[(time - start) / Self.second, default: 0] += 1 }
    return (Double(buckets.values.max()!) / Double(times.count), buckets.keys.max()!)
  }

  /// Each board on its own until the server is back, then its first try that succeeds.
  private func returns(after outage: Int64, seeds: Range<UInt64>) -> [Int64] {
    seeds.map { seed in
      var board = made(seed)
      board.ended(.done, at: 0)
      while board.dueAt < outage { board.ended(.retry, at: board.dueAt) }
      return board.dueAt
    }
  }

  @Test(arguments: [30, 60, 300, 600, 3600, 86_400] as [Int64])
  func `a thousand boards come back without a herd`(outage: Int64) {
    // The outage begins when each lane has had one poll.
    let start = 900 * Self.second
    for trial in 0..<5 as Range<UInt64> {
      let seeds = trial * 1000..<(trial + 1) * 1000
      let (share, last) = herd(
        returns(after: start + outage * Self.second, seeds: seeds),
        from: start + outage * Self.second)
      #expect(share <= 0.03, "outage \(outage) s, trial \(trial): \(share)")
      // A short outage passes most boards by: they come at their polls.
      #expect(last < (outage < 600 ? 900 : 300), "outage \(outage) s, trial \(trial): \(last) s")
    }
  }

  @Test func `starts and links spread`() {
    let starts = (0..<1000 as Range<UInt64>).map { made($0).dueAt }
    #expect(herd(starts, from: 0).last < 11 && herd(starts, from: 0).share < 0.15)
    let links = (0..<1000 as Range<UInt64>).map { seed in
      var board = made(seed)
      for _ in 0..<20 { board.ended(.retry, at: 0) }
      board.linkChanged(at: 5 * Self.second)
      return board.dueAt
    }
    #expect(links.max()! <= 15 * Self.second)
    #expect(herd(links, from: 0).share < 0.15)
  }

  @Test func `polls drift apart`() {
    let polls = (0..<1000 as Range<UInt64>).map { seed in
      var board = made(seed)
      board.ended(.done, at: 0)
      return board.dueAt
    }
    #expect(polls.min()! >= 675 * Self.second && polls.max()! <= Self.interval)
    #expect(herd(polls, from: 0).share < 0.03)
  }

  @Test func `a link's return ends a back-off but no Retry-After`() {
    var board = made(1)
    for _ in 0..<20 { board.ended(.retry, at: 0) }
    board.linkChanged(at: 0)
    #expect(board.dueAt <= 10 * Self.second)
    board.ended(.wait(120), at: 0)
    board.linkChanged(at: Self.second)
    #expect(board.dueAt >= 120 * Self.second && board.blockedUntil == 120 * Self.second)
  }

  @Test func `a server that is well is asked no sooner for an address`() {
    var board = made(1)
    board.ended(.done, at: 0)
    let due = board.dueAt
    for second in 0..<600 as Range<Int64> { board.linkChanged(at: second * Self.second) }
    #expect(board.dueAt == due)
  }

  @Test func `and for a carrier once a minute`() {
    var board = made(1)
    board.ended(.done, at: 0)
    let due = board.dueAt
    board.linkChanged(at: 59 * Self.second, hasCarrier: true)
    #expect(board.dueAt == due)
    board.linkChanged(at: 60 * Self.second, hasCarrier: true)
    #expect(board.dueAt >= 60 * Self.second && board.dueAt <= 70 * Self.second)
  }

  /// An hour of it costs no more tries than a server that is away.
  @Test func `a link that flaps is not believed for ever`() {
    for seed in 0..<20 as Range<UInt64> {
      var board = made(seed)
      board.ended(.retry, at: 0)
      var tries = 0
      for second in 1..<3600 as Range<Int64> {
        if second % 7 == 0 { board.linkChanged(at: second * Self.second) }
        guard board.isDue(at: second * Self.second) else { continue }
        tries += 1
        board.ended(.retry, at: second * Self.second)
      }
      #expect(tries < 90, "seed \(seed)")
      board.ended(.done, at: 3600 * Self.second)
      for _ in 0..<20 { board.ended(.retry, at: 3600 * Self.second) }
      board.linkChanged(at: 3600 * Self.second)
      #expect(board.dueAt <= 3610 * Self.second, "it is believed again")
    }
  }

  /// Five seconds apart on average, as its own words would have it, is 720 an hour.
  @Test func `a Retry-After of 0 backs off all the same`() {
    for seed in 0..<20 as Range<UInt64> {
      var (board, tries) = (made(seed), 0)
      while board.dueAt < 3600 * Self.second {
        board.ended(.wait(0), at: board.dueAt)
        tries += 1
      }
      #expect(tries < 90, "seed \(seed)")
      board.ended(.done, at: 0)
      board.ended(.wait(0), at: 0)
      #expect(board.dueAt <= 10 * Self.second)
    }
  }

  @Test func `the next day begins without a herd`() {
    let times = (0..<1000 as Range<UInt64>).map { seed in
      var board = made(seed)
      board.ended(.notBefore(40_000 * Self.second), at: 0)
      return board.dueAt
    }
    #expect(times.min()! >= 40_000 * Self.second && herd(times, from: 0).share < 0.04)
  }

  @Test func `a closed gate is asked again within a minute`() {
    for seed in 0..<100 as Range<UInt64> {
      var board = made(seed)
      board.ended(.notBefore(SyncLimits.gateMilliseconds * 1_000_000), at: 0)
      #expect(30 * Self.second <= board.dueAt && board.dueAt <= 60 * Self.second)
    }
  }

  @Test func `the end of a Retry-After spreads`() {
    let times = (0..<1000 as Range<UInt64>).map { seed in
      var board = made(seed)
      board.ended(.wait(60), at: 0)
      return board.dueAt
    }
    #expect(times.min()! >= 60 * Self.second && times.max()! <= 75 * Self.second)
    #expect(times.max()! - times.min()! > 14 * Self.second)
  }

  @Test func `an alert hastens a server that is well, and no other`() {
    var board = made(1)
    board.ended(.done, at: 0)
    board.urged(at: Self.second)
    #expect(board.dueAt <= Self.second * 3 / 2)
    let others: [SyncSchedule.Outcome] = [
      .retry, .later, .wait(60), .notBefore(3600 * Self.second),
    ]
    for outcome in others {
      board = made(3)
      for _ in 0..<10 { board.ended(outcome, at: 0) }
      let due = board.dueAt
      board.urged(at: 0)
      #expect(board.dueAt == due, "\(outcome)")
    }
  }

  @Test func `no wait is longer than a poll`() {
    for seed in 0..<200 as Range<UInt64> {
      var board = SyncSchedule(intervalNanoseconds: 20 * Self.second, now: 0, seed: seed)
      #expect(board.dueAt <= 20 * Self.second)
      for _ in 0..<30 {
        let now = board.dueAt
        board.ended(.retry, at: now)
        #expect(board.dueAt <= now + 20 * Self.second)
      }
    }
  }

  @Test func `what was blocked before a restart stays so`() {
    let board = SyncSchedule(
      intervalNanoseconds: Self.interval, now: 0, blockedUntil: 500 * Self.second, seed: 1)
    #expect(board.dueAt == 500 * Self.second && !board.isDue(at: 499 * Self.second))
  }
}
