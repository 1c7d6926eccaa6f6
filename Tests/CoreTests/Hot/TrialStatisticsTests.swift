import Testing

@testable import Config
@testable import Core
@testable import System
import TestSupport
@testable import edgeagent

/// Goal: a trial and a probation end when their numbers say so, not one window earlier or later.
/// Method: the test tells the pure counters what each window was like, up to the limits and one
/// beyond them.
@Suite struct TrialStatisticsTests {
  private static let settings = TrialSettings(windows: 200, agreement: 0.95)

  /// Windows like that, as many as it takes, up to `count`.
  private func ended(
    _ statistics: inout TrialStatistics, _ count: Int, agrees: Bool = true, run: Int64 = 10,
    changes: Bool = true, settings: TrialSettings = settings
  ) -> Int {
    for window in 1...count {
      statistics.ran(nanoseconds: run, limit: 100, isFinite: true)
      statistics.compared(agrees: agrees, hasChanged: changes, hasCurrentChanged: true)
      if statistics.outcome(settings) != nil { return window }
    }
    return 0
  }

  @Test func `passes with its last window and not before`() {
    var statistics = TrialStatistics()
    #expect(ended(&statistics, 300) == 200)
    #expect(statistics.outcome(Self.settings) == .passed && statistics.agreement == 1)
  }

  @Test func `as many disagreements as allowed pass, one more ends it at once`() {
    var statistics = TrialStatistics()
    #expect(ended(&statistics, 10, agrees: false) == 0)
    #expect(ended(&statistics, 190) == 190)
    #expect(statistics.outcome(Self.settings) == .passed && statistics.agreement == 0.95)
    var other = TrialStatistics()
    #expect(ended(&other, 200, agrees: false) == 11)
    #expect(other.outcome(Self.settings) == .failed(.disagrees))
  }

  @Test(arguments: [
    (100, 0.07, 93), (100, 1.0, 0), (1, 0.5, 0), (1000, 0.95, 50), (3, 0.0, 3),
    (1_000_000, 0.999, 1000),
  ])
  func `the share as a count of windows`(windows: Int64, agreement: Double, max: Int64) {
    let settings = TrialSettings(windows: windows, agreement: agreement)
    #expect(settings.disagreementsMax == max)
  }

  @Test func `one inference in a hundred may be slow`() {
    var statistics = TrialStatistics()
    #expect(ended(&statistics, 2, run: 101) == 0)
    #expect(ended(&statistics, 198, run: 100) == 198)
    #expect(statistics.outcome(Self.settings) == .passed && statistics.slowRuns == 2)
    var other = TrialStatistics()
    #expect(ended(&other, 200, run: 101) == 3)
    #expect(other.outcome(Self.settings) == .failed(.slow))
  }

  @Test func `one score that is no number is too many, and one delay`() {
    var statistics = TrialStatistics()
    statistics.ran(nanoseconds: 1, limit: 100, isFinite: false)
    #expect(statistics.outcome(Self.settings) == .failed(.notFinite))
    var other = TrialStatistics()
    other.delayedCurrent()
    #expect(other.outcome(Self.settings) == .failed(.delays))
  }

  @Test func `scores that never change are stuck, unless nothing happened at all`() {
    var statistics = TrialStatistics()
    #expect(ended(&statistics, 200, changes: false) == 200)
    #expect(statistics.outcome(Self.settings) == .failed(.stuck))
    #expect(TrialOutcome.failed(.stuck).isOfPair && TrialOutcome.failed(.disagrees).isOfPair)
    for fault in [TrialFault.slow, .notFinite, .delays] {
      #expect(!TrialOutcome.failed(fault).isOfPair)
    }
    var quiet = TrialStatistics()
    quiet.ran(nanoseconds: 1, limit: 100, isFinite: true)
    quiet.compared(agrees: true, hasChanged: false, hasCurrentChanged: false)
    #expect(quiet.outcome(TrialSettings(windows: 1)) == .passed)
  }

  @Test func `a probation ends with its last window, or with one late window too many`() {
    func late(_ count: Int, of windows: Int, share: Double = 0.05) -> Bool? {
      var probation = Probation(TrialSettings(windows: 100, late: share))
      for window in 0..<windows where probation.isPassed == nil {
        probation.scored(isLate: window < count, isFinite: true)
      }
      return probation.isPassed
    }
    #expect(late(0, of: 99) == nil && late(0, of: 100) == true)
    #expect(late(5, of: 100) == true && late(6, of: 6) == false && late(5, of: 5) == nil)
    #expect(late(1, of: 1, share: 0) == false && late(100, of: 100, share: 1) == true)
    var probation = Probation(TrialSettings(windows: 100))
    probation.scored(isLate: false, isFinite: false)
    #expect(probation.isPassed == false && probation.faults == 1)
  }

  @Test func `percentiles are never too low and at most an eighth too high`() {
    var random = seededRandom("durations over nine decades")
    for _ in 0..<50 {
      var (histogram, exact) = (DurationHistogram(), LatencyHistogram(capacity: 500))
      let scale = 1 + random.unit() * 1e9
      for _ in 0..<500 {
        let duration = Int64(random.unit() * scale)
        histogram.record(duration)
        exact.record(duration)
      }
      for percent in [1, 50, 99, 100] as [Int64] {
        let (found, truth) = (
          Double(histogram.percentile(percent)), exact.percentile(Double(percent) / 100) * 1000
        )
        #expect(found >= truth - 0.5 && found <= max(1, truth * 1.125 + 0.5))
      }
      let worst = exact.worst() * 1000
      #expect((Double(histogram.max) - worst).magnitude < 0.5 && histogram.count == 500)
    }
  }

  @Test func `no duration, a negative and the longest one are taken`() {
    var histogram = DurationHistogram()
    #expect(histogram.percentile(99) == 0 && histogram.mean == 0)
    for duration in [0, 1, 2, 3, 7, 8, 9] as [Int64] {
      var one = DurationHistogram()
      one.record(duration)
      #expect(one.percentile(99) == duration && one.mean == Double(duration))
    }
    histogram.record(-5)
    histogram.record(.max / 2)
    #expect(histogram.max == .max / 2 && histogram.percentile(50) <= 1)
  }
}
