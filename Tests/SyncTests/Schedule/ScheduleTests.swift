import Testing

@testable import Config
@testable import Sync
@testable import System
@testable import Text

/// Goal: waits spread and are bounded, a server's word is understood, and a budget holds.
@Suite struct ScheduleTests {
  @Test func `waits are full jitter, from the first on`() {
    for failures in 0..<12 {
      let bound = min(1000 << failures, 60_000)
      var (least, most, sum) = (Int64.max, Int64(0), Int64(0))
      for seed in 0..<2000 as Range<UInt64> {
        var backoff = Backoff(baseMilliseconds: 1000, capMilliseconds: 60_000, seed: seed)
        for _ in 0..<failures { _ = backoff.next() }
        let wait = backoff.next()
        (least, most, sum) = (min(least, wait), max(most, wait), sum + wait)
      }
      #expect(least < bound / 50 && most <= bound && most > bound * 49 / 50)
      #expect(abs(sum / 2000 - Int64(bound) / 2) < bound / 20)
    }
  }

  @Test func `success forgets, and a seed repeats`() {
    var one = Backoff(baseMilliseconds: 10, capMilliseconds: 10_000, seed: 5)
    var two = one
    let (first, second) = ((0..<50).map { _ in one.next() }, (0..<50).map { _ in two.next() })
    #expect(first == second)
    one.succeed()
    let jitters = (0..<100).map { _ in one.jitter(upTo: 7) }
    let (none, next) = (one.jitter(upTo: 0), one.next())
    #expect(jitters.max() == 7 && jitters.min() == 0 && none == 0 && next <= 10)
  }

  @Test func `numbers stay below their bound, and two starts have different seeds`() {
    var random = SplitMix(state: 7)
    let below = (0..<1000).map { _ in random.next(below: 10) }
    #expect(Set(below) == Set(0..<10))
    #expect(random.next(below: 1) == 0)
    #expect(Set((0..<8).map { _ in SplitMix.newSeed() }).count == 8)
  }

  private func wait(_ value: String, date: String? = nil, now: Int64 = 784_111_777) -> Int64? {
    var head = ResponseHead()
    head.fields = [HeaderField(name: "retry-after", value: value)]
    if let date { head.fields.append(HeaderField(name: "date", value: date)) }
    return RetryAfter.seconds(head, now: now * 1_000_000_000)
  }

  @Test func `Retry-After in both forms`() {
    #expect(wait("0") == 0 && wait("120") == 120 && wait("999999") == 86_400)
    #expect(wait("99999999999999999999999") == 86_400)
    for bad in [
      "", "-1", "1.5", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Foo 1994 08:49:37 GMT",
    ] {
      #expect(wait(bad) == nil)
    }
    for form in [
      "Sun, 06 Nov 1994 08:50:37 GMT", "Sunday, 06-Nov-94 08:50:37 GMT",
      "Sun Nov  6 08:50:37 1994",
    ] { #expect(wait(form) == 60) }
    #expect(wait("Sun, 06 Nov 1994 08:00:00 GMT") == 0)
    // The server's clock counts, not ours.
    let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    #expect(wait("Sun, 06 Nov 1994 08:50:07 GMT", date: date, now: 0) == 30)
    #expect(wait("Sun, 06 Nov 1994 08:50:07 GMT", now: 0) == 86_400)
    #expect(RetryAfter.seconds(ResponseHead(), now: 0) == nil)
  }

  @Test func `hostile dates`() {
    var random = SplitMix(state: 3)
    let good = Array("Sun, 06 Nov 1994 08:49:37 GMT".utf8)
    for _ in 0..<20_000 {
      var bytes = good
      for _ in 0..<3 { bytes[Int(random.next(below: 29))] = UInt8(random.next(below: 128)) }
      _ = HTTPDate.seconds(String(decoding: bytes, as: UTF8.self))
    }
    #expect(HTTPDate.seconds("x, 99999999999999999 nov 999999999999999999 1:1:1 gmt") == nil)
  }

  @Test func `verdicts`() {
    let verdicts: [(Int, ResponseVerdict)] = [
      (200, .done), (204, .done), (304, .done), (301, .final), (400, .final), (401, .final),
      (404, .final), (408, .retry), (410, .stop), (413, .final), (422, .final), (425, .retry),
      (429, .wait), (500, .retry), (502, .retry), (503, .wait), (599, .retry),
    ]
    for (status, verdict) in verdicts { #expect(ResponseVerdict(status: status) == verdict) }
  }

  @Test func `a budget holds until the next day`() {
    var budget = RequestBudget(.init(bytesPerDay: 100, attemptsPerDay: 2))
    let noon: Int64 = 20_000 * 86_400 + 43_200
    #expect(budget.allows(now: noon) && budget.secondsLeft(now: noon) == 43_200)
    budget.spendAttempt(now: noon)
    budget.spend(bytes: 60)
    #expect(budget.allows(now: noon) && budget.bytesLeft(now: noon) == 40)
    var kept = RequestBudget(budget.limits)
    kept.restore(budget.text)
    #expect(kept == budget)
    kept.restore("nonsense")
    #expect(kept == budget)
    budget.spendAttempt(now: noon)
    #expect(!budget.allows(now: noon) && !budget.allows(now: noon + 43_199))
    #expect(budget.allows(now: noon + 43_200))
    // What goes over the link beyond midnight is of the day on which it began.
    budget.spend(bytes: 40)
    #expect(budget.bytesLeft(now: noon + 43_200) == 100)
    budget.spendAttempt(now: noon + 43_200)
    budget.spend(bytes: .max)
    budget.spend(bytes: .max)
    #expect(!budget.allows(now: noon + 43_200))
    // A clock that was far ahead and comes back opens the link again.
    #expect(budget.allows(now: 0) && budget.allows(now: -1))
    var free = RequestBudget(.init())
    free.spend(bytes: .max)
    #expect(RequestBudget(.init()).limits == free.limits)
  }
}
