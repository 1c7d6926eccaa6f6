import TestSupport
import Testing

@testable import Core
@testable import System

/// Goal: a pause is told as a gap exactly when samples are missing for it.
/// Method: arrival times as sensors, radios and busy senders make them, and seeded ones of each
/// kind, where it is known which samples are missing.
@Suite struct GapWatchTests {
  private static let period: Int64 = 20_000_000

  private func verdicts(_ times: [Int64]) -> [GapWatch.Verdict] {
    var watch = GapWatch(rateHertz: 50)
    return times.map { watch.sample(at: $0) }
  }

  private func times(_ counts: Range<Int>, from start: Int64) -> [Int64] {
    counts.map { start + Int64($0 - counts.lowerBound) * Self.period }
  }

  @Test func `samples in their rhythm have no gap`() {
    #expect(verdicts(times(0..<1000, from: 5)).allSatisfy { $0 == .none })
  }

  @Test func `a pause without its samples is a gap, told with the sample after the next`() {
    let found = verdicts(times(0..<10, from: 0) + times(0..<5, from: 4_180_000_000))
    #expect(found[10] == .doubt)
    #expect(found[11] == .gap(nanoseconds: 4_000_000_000, isInDoubtAgain: false))
    #expect(found[12...].allSatisfy { $0 == .none })
  }

  @Test func `samples that were kept back are no gap`() {
    // 25 at once each half second, as a radio delivers them.
    let bursts = (0..<8).flatMap { burst in
      (0..<25).map { Int64(burst) * 500_000_000 + Int64($0) * 1000 }
    }
    let found = verdicts(bursts)
    #expect(!found.contains { if case .gap = $0 { true } else { false } })
    #expect(found.filter { $0 == .doubt }.count == 7 && found.filter { $0 == .noGap }.count == 7)
  }

  @Test func `a burst that makes up for a part is a gap`() {
    let burst = (0..<25).map { 10_000_000_000 + Int64($0) * 1000 }
    let found = verdicts(times(0..<10, from: 0) + burst + times(0..<20, from: 10_020_000_000))
    #expect(
      found.filter {
        $0 == .gap(nanoseconds: 10_000_000_000 - 9 * Self.period, isInDoubtAgain: false)
      }.count == 1)
  }

  @Test func `a sensor that is slower than declared has no gaps up to three periods`() {
    var watch = GapWatch(rateHertz: 50)
    for index in 0..<100 { #expect(watch.sample(at: Int64(index) * 299_000_000) == .none) }
    #expect(GapWatch.limit(periodNanoseconds: 1_000_000_000) == 3_000_000_000)
    #expect(GapWatch.limit(periodNanoseconds: .max) > 0)
  }

  @Test func `of two gaps in a row both are told`() {
    let found = verdicts(
      times(0..<10, from: 0) + [2_000_000_000] + times(0..<5, from: 4_000_000_000))
    #expect(found[11] == .gap(nanoseconds: 1_820_000_000, isInDoubtAgain: true))
    #expect(found[12] == .gap(nanoseconds: 2_000_000_000, isInDoubtAgain: false))
    #expect(found[13...].allSatisfy { $0 == .none })
  }

  @Test(arguments: [46.0, 47, 50, 54])
  func `batches at a rate that is as declared are no gaps`(hertz: Double) {
    for seconds in [0.5, 1, 1.5, 1.9, 4] {
      let count = Int(hertz * seconds)
      var bursts: [Int64] = []
      for burst in 0..<20 {
        let begin = Int64(Double(burst * count) / hertz * 1e9)
        for sample in 0..<Int64(count) { bursts.append(begin + sample * 1000) }
      }
      let found = verdicts(bursts)
      #expect(!found.contains { if case .gap = $0 { true } else { false } }, "\(seconds) s")
    }
  }

  @Test func `a device's clock knows at once`() {
    var watch = GapWatch(rateHertz: 50)
    #expect(watch.sample(atDevice: 0, arrival: 5) == .none)
    #expect(watch.sample(atDevice: Self.period, arrival: 5) == .none)
    let gap = Self.period * 77
    #expect(watch.sample(atDevice: Self.period + gap, arrival: 9) == .gapHere(nanoseconds: gap))
  }

  @Test func `a device's clock that goes back, or was unplugged, leaves a gap`() {
    var watch = GapWatch(rateHertz: 50)
    _ = watch.sample(atDevice: 5_000_000_000, arrival: 1_000)
    #expect(
      watch.sample(atDevice: 20, arrival: 3_000_001_000) == .gapHere(nanoseconds: 3_000_000_000))
    watch.interrupt()
    #expect(
      watch.sample(atDevice: 40, arrival: 4_000_001_000) == .gapHere(nanoseconds: 1_000_000_000))
    #expect(watch.sample(atDevice: 60, arrival: 4_000_001_000) == .none)
  }

  @Test func `no clock of a device traps`() {
    var random = SeededGenerator("clocks")
    var (watch, rates) = (GapWatch(rateHertz: 50), RateWatch(rateHertz: 50))
    for index in 0..<10_000 {
      let time = [.max, .min, 0, -1, Int64.random(in: .min ... .max, using: &random)].randomElement(
        using: &random)!
      if case .gapHere(let gap) = watch.sample(atDevice: time, arrival: Int64(index) * 20_000_000) {
        rates.gap(nanoseconds: gap)
      }
      _ = rates.sample(at: Int64(index) * 20_000_000)
    }
  }

  @Test func `batches that follow each other are samples that were kept back`() {
    // Ten lines each 200 ms; then a pause of a second, and five batches 15 ms apart.
    var times = (0..<10).flatMap { batch in (0..<10).map { _ in Int64(batch) * 200_000_000 } }
    times += (0..<6).flatMap { batch in
      (0..<10).map { _ in 2_800_000_000 + Int64(batch) * 15_000_000 }
    }
    #expect(!verdicts(times).contains { if case .gap = $0 { true } else { false } })
  }

  @Test func `the pause of a stale sensor is in no doubt`() {
    var watch = GapWatch(rateHertz: 50)
    _ = watch.sample(at: 0)
    #expect(watch.sample(at: 1_000_000_000) == .doubt)
    #expect(watch.isInDoubt)
    #expect(watch.becomeStale() == 1_000_000_000)
    #expect(watch.becomeStale() == nil && !watch.isInDoubt)
    #expect(watch.sample(at: 9_000_000_000) == .gapHere(nanoseconds: 8_000_000_000))
    #expect(watch.sample(at: 9_020_000_000) == .none)
  }

  @Test func `a device that was unplugged leaves a gap, however soon it is back`() {
    var watch = GapWatch(rateHertz: 50)
    _ = watch.sample(at: 0)
    watch.interrupt()
    #expect(watch.sample(at: 100_000_000) == .gapHere(nanoseconds: 100_000_000))
    watch.interrupt()
    #expect(watch.sample(at: 120_000_000) == .none)
    #expect(watch.sample(at: 220_000_000) == .none)
  }

  @Test func `no doubt lasts`() {
    var watch = GapWatch(rateHertz: 50)
    _ = watch.sample(at: 0)
    #expect(watch.sample(at: 60_000_000_000) == .doubt)
    var time: Int64 = 60_000_000_000
    var verdict = GapWatch.Verdict.none
    while verdict == .none {
      time += 5_000_000
      verdict = watch.sample(at: time)
    }
    #expect(verdict == .gap(nanoseconds: 60_000_000_000, isInDoubtAgain: false))
    #expect(time - 60_000_000_000 <= 310_000_000)
  }

  @Test func `of ten thousand pauses each is judged by what is missing`() {
    var random = SeededGenerator("pauses")
    var watch = GapWatch(rateHertz: 50)
    var time: Int64 = 0
    for _ in 0..<10_000 {
      for _ in 0..<Int.random(in: 5..<40, using: &random) {
        time += Self.period + Int64.random(in: -2_000_000...2_000_000, using: &random)
        #expect(watch.sample(at: time) == .none)
      }
      let pause = Int64.random(in: 350_000_000...5_000_000_000, using: &random)
      let isKeptBack = Bool.random(using: &random)
      time += pause
      #expect(watch.sample(at: time) == .doubt)
      var verdict = GapWatch.Verdict.none
      var next = time
      if isKeptBack {
        for _ in 0..<Int(pause / Self.period) + 30 where verdict == .none {
          next += 500_000
          verdict = watch.sample(at: next)
        }
      } else {
        next += Self.period
        verdict = watch.sample(at: next)
      }
      #expect(verdict == (isKeptBack ? .noGap : .gap(nanoseconds: pause, isInDoubtAgain: false)))
      // What was kept back has been delivered; the rhythm goes on.
      time = next
    }
  }
}
