import Testing

@testable import Core

/// Goal: a rate unlike the declared one is told within ten seconds, and one that is as declared is
/// never told, whatever the jitter.
@Suite struct RateWatchTests {
  private func news(_ hertz: Double, seconds: Int, jitter: Int64 = 0) -> [RateWatch.News] {
    var watch = RateWatch(rateHertz: 50)
    return (0..<Int(hertz * Double(seconds))).compactMap { index in
      let early = index % 2 == 0 ? jitter : -jitter
      return watch.sample(at: Int64(Double(index) / hertz * 1e9) + 1_000_000_000 + early)
    }
  }

  @Test(arguments: [10.0, 20, 25, 44, 56, 100, 200])
  func `another rate is told once, as it was measured`(hertz: Double) throws {
    let told = news(hertz, seconds: 30)
    #expect(told.count == 1)
    let first = try #require(told.first)
    #expect(!first.isAsDeclared && (first.measuredHertz - hertz).magnitude < 0.02 * hertz)
    #expect(news(hertz, seconds: 11).count == 1)
  }

  @Test(arguments: [47.0, 50, 53])
  func `a rate near the declared one is no word worth`(hertz: Double) {
    #expect(news(hertz, seconds: 60, jitter: 8_000_000).isEmpty)
  }

  @Test func `gaps are no time`() {
    var watch = RateWatch(rateHertz: 50)
    for index in 0..<5000 {
      let gaps = Int64(index / 500)
      if index % 500 == 0 && index > 0 { watch.gap(nanoseconds: 5_000_000_000) }
      #expect(watch.sample(at: Int64(index) * 20_000_000 + gaps * 5_000_000_000) == nil)
    }
  }

  @Test func `a rate that comes back is told too`() {
    var watch = RateWatch(rateHertz: 50)
    var told: [RateWatch.News] = []
    var time: Int64 = 0
    for period in [20_000_000, 100_000_000, 20_000_000] as [Int64] {
      for _ in 0..<2000 {
        time += period
        if let news = watch.sample(at: time) { told.append(news) }
      }
    }
    #expect(told.map { $0.isAsDeclared } == [false, true])
  }
}
