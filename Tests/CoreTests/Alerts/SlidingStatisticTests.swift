import TestSupport
import Testing

@testable import Config
@testable import Core
@testable import System

/// Goal: the sums of 64 slots give what the samples themselves give, with an error that follows the
/// spread of the values and not their size. Method: lines and steps by hand; seeded samples at
/// random times, with an exact computation from the same samples beside them.
@Suite struct SlidingStatisticTests {
  private static let second: Int64 = 1_000_000_000

  /// `count` samples from time 0 on.
  private func answer(
    _ statistic: Statistic, over seconds: Int64 = 64, every period: Int64 = 1, count: Int,
    _ value: (Double) -> Double
  ) -> Double? {
    let sliding = SlidingStatistic(statistic, over: seconds * Self.second)
    var time: Int64 = 0
    for index in 0..<count {
      time = Int64(index) * period * Self.second
      sliding.add(value(Double(time) * 1e-9), at: time)
    }
    return sliding.answer(at: time)
  }

  @Test func `a line has its slope, its mean, its deviation and its span`() throws {
    // The last 64 of 100 values: 2 · 36 … 2 · 99.
    let line = { 2.0 * $0 }
    let rate = try #require(answer(.rate, count: 100, line))
    #expect(abs(rate - 2) < 1e-12)
    let mean = try #require(answer(.mean, count: 100, line))
    #expect(abs(mean - 135) < 1e-9)
    let deviation = try #require(answer(.deviation, count: 100, line))
    #expect(abs(deviation - 2 * ((64.0 * 64 - 1) / 12).squareRoot()) < 1e-9)
    #expect(answer(.span, count: 100, line) == 126)
  }

  @Test func `answers nothing until the time is filled`() {
    for statistic in Statistic.allCases {
      #expect(answer(statistic, count: 0) { $0 } == nil)
      #expect(answer(statistic, count: 63) { $0 } == nil)
      #expect(answer(statistic, count: 64) { $0 } != nil)
    }
  }

  @Test func `forgets what is older than the time`() {
    let span = SlidingStatistic(.span, over: 64 * Self.second)
    span.add(1000, at: 0)
    for second in Int64(1)...63 { span.add(1, at: second * Self.second) }
    #expect(span.answer(at: 63 * Self.second) == 999)
    #expect(span.answer(at: 64 * Self.second - 1) == 999)
    #expect(span.answer(at: 64 * Self.second) == 0)
  }

  @Test func `a slow sensor has few samples and still an answer`() throws {
    let rate = try #require(answer(.rate, over: 60, every: 25, count: 10) { 3 * $0 })
    #expect(abs(rate - 3) < 1e-12)
    #expect(answer(.span, over: 60, every: 25, count: 10) { 3 * $0 } == 150)
  }

  @Test func `one sample has no slope`() {
    let rate = SlidingStatistic(.rate, over: 64 * Self.second)
    let mean = SlidingStatistic(.mean, over: 64 * Self.second)
    for statistic in [rate, mean] {
      statistic.add(5, at: 0)
      statistic.add(7, at: 63 * Self.second)
    }
    #expect(rate.answer(at: 63 * Self.second) == 2.0 / 63)
    #expect(rate.answer(at: 64 * Self.second) == nil)
    #expect(mean.answer(at: 64 * Self.second) == 7)
    // Then there is none at all.
    #expect(mean.answer(at: 126 * Self.second) == 7)
    #expect(mean.answer(at: 127 * Self.second) == nil)
  }

  @Test func `after a gap it begins anew`() {
    for isTold in [false, true] {
      let mean = SlidingStatistic(.mean, over: 64 * Self.second)
      for second in Int64(0)..<64 { mean.add(1, at: second * Self.second) }
      #expect(mean.answer(at: 63 * Self.second) == 1)
      let begin: Int64 = isTold ? 64 : 63 + 64
      if isTold { mean.forget() }
      for second in begin..<begin + 63 {
        mean.add(9, at: second * Self.second)
        #expect(mean.answer(at: second * Self.second) == nil)
      }
      mean.add(9, at: (begin + 63) * Self.second)
      #expect(mean.answer(at: (begin + 63) * Self.second) == 9)
    }
  }

  @Test func `a value that is no number is no sample`() {
    let mean = SlidingStatistic(.mean, over: 64 * Self.second)
    for second in Int64(0)..<64 {
      mean.add(4, at: second * Self.second)
      for value in [Double.nan, .infinity, -.infinity] { mean.add(value, at: second * Self.second) }
    }
    #expect(mean.answer(at: 63 * Self.second) == 4)
  }

  @Test func `no value and no time traps`() {
    for statistic in Statistic.allCases {
      let sliding = SlidingStatistic(statistic, over: 64)
      let big = Double.greatestFiniteMagnitude
      for time in [Int64.min, -1, 0, 5, 3, 63, 62, 1 << 62, .max, 0] {
        sliding.add(big, at: time)
        sliding.add(-big, at: time)
        _ = sliding.answer(at: time)
      }
    }
  }

  /// The samples that the slots cover, with exact sums: values and times are whole multiples of
  /// 2⁻²⁰ and of a nanosecond, and Int128 holds their products.
  private struct Exact {
    var samples: [(time: Int64, value: Int64)] = []
    static let unit = 0x1p-20

    func answer(_ statistic: Statistic, from first: Int64) -> Double? {
      let used = samples.filter { $0.time >= first }
      guard !used.isEmpty else { return nil }
      let count = Int128(used.count)
      let (origin, begin) = (used[0].value, used[0].time)
      var (x, t, xx, tx, tt): (Int128, Int128, Int128, Int128, Int128) = (0, 0, 0, 0, 0)
      for sample in used {
        let (value, time) = (Int128(sample.value - origin), Int128(sample.time - begin))
        x += value
        t += time
        xx += value * value
        tx += time * value
        tt += time * time
      }
      switch statistic {
      case .rate:
        let spread = count * tt - t * t
        return spread == 0
          ? nil : Double(count * tx - t * x) / Double(spread) * Self.unit * 1e9
      case .mean: return Double(origin) * Self.unit + Double(x) / Double(count) * Self.unit
      case .deviation:
        return Double(count * xx - x * x).squareRoot() / Double(count) * Self.unit
      case .span:
        return Double(used.map(\.value).max()! - used.map(\.value).min()!) * Self.unit
      }
    }
  }

  /// The error, relative to the spread of the values (for a slope: in the time), stays below 10⁻¹²:
  /// small values, 10⁶ ± 0.01, and ramps.
  @Test(arguments: [
    (0.0, 1.0, 0.0), (1e6, 0.01, 0.0), (-1e6, 0.01, 1e-4), (1e6, 1.0, 50.0), (20.0, 1e-3, -0.2),
  ])
  func `agrees with exact sums`(offset: Double, spread: Double, slope: Double) {
    var random = seededRandom("statistics of \(offset) ± \(spread)")
    let over = 10 * Self.second
    for statistic in Statistic.allCases {
      let sliding = SlidingStatistic(statistic, over: over)
      var exact = Exact()
      var time = Int64(random.next(below: UInt64(over)))
      var begin: Int64?
      var answered = 0
      for _ in 0..<2000 {
        time += Int64(random.next(below: UInt64(over / 100)))
        let ideal = offset + slope * Double(time) * 1e-9 + spread * (2 * random.unit() - 1)
        let whole = Int64((ideal / Exact.unit).rounded())
        exact.samples.append((time, whole))
        sliding.add(Double(whole) * Exact.unit, at: time)
        begin = begin ?? time / (over / 64)
        guard random.next(below: 8) == 0 else { continue }
        let newest = time / (over / 64)
        let answer = sliding.answer(at: time)
        guard newest - begin! >= 63 else {
          if answer != nil { Issue.record("too early") }
          continue
        }
        exact.samples.removeAll { $0.time < (newest - 63) * (over / 64) }
        guard let answer, let right = exact.answer(statistic, from: (newest - 63) * (over / 64))
        else {
          Issue.record("no answer at \(time)")
          return
        }
        let size = max(spread, abs(slope) * 10) / (statistic == .rate ? 10 : 1)
        // The mean itself has the size of the values, and their last digit.
        let bound = 1e-12 * size + (statistic == .mean ? abs(offset) * 0x1p-51 : 0)
        guard abs(answer - right) <= bound else {
          Issue.record("\(statistic): \(answer), exactly \(right), bound \(bound)")
          return
        }
        answered += 1
      }
      #expect(answered > 50)
    }
  }
}
