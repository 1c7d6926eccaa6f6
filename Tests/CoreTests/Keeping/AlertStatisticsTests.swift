import Testing
import TestSupport

@testable import Core

/// Goal: the figures that a person would count by hand.
/// Method: short histories, in seconds.
@Suite struct AlertStatisticsTests {
  private static let second: Int64 = 1_000_000_000
  private static let day: Int64 = 86_400
  private static let start: Int64 = 1_800_000_000

  private static func statistics(
    _ events: [(Int64, String, AlertTransition, AlertPhase)], seconds: Int64 = day
  ) -> AlertStatistics.Report {
    var statistics = AlertStatistics(from: start * second, to: (start + seconds) * second)
    for (time, name, transition, phase) in events {
      var alert = SavedAlert(name: name)
      (alert.transition, alert.state.phase, alert.wall) = (
        transition, phase, (start + time) * second
      )
      statistics.add(alert)
    }
    return statistics.report()
  }

  private static func episode(
    _ name: String, _ begin: Int64, ack: Int64?, end: Int64
  ) -> [(Int64, String, AlertTransition, AlertPhase)] {
    var events: [(Int64, String, AlertTransition, AlertPhase)] = [
      (begin, name, .raised, .unacknowledged)
    ]
    if let ack { events.append((ack, name, .acknowledged, .acknowledged)) }
    events.append((end, name, .cleared, .normal))
    return events
  }

  @Test func `counts episodes, shares, days and the time until somebody came`() {
    let report = Self.statistics(
      Self.episode("fall", 100, ack: 110, end: 200)
        + Self.episode("fall", 1000, ack: 1020, end: 1100)
        + Self.episode("fall", 5000, ack: 5030, end: 5100)
        + Self.episode("pump", 9000, ack: nil, end: 9500), seconds: 2 * Self.day)
    #expect(report.episodes == 4 && report.seconds == 2 * Self.day && report.floods == 0)
    #expect(report.alerts.map { $0.name } == ["fall", "pump"])
    let (fall, pump) = (report.alerts[0], report.alerts[1])
    #expect(fall.episodes == 3 && fall.perDay == 1.5 && fall.share == 0.75 && fall.chatters == 0)
    #expect(fall.longestSeconds == 100 && !fall.isStale)
    #expect(fall.secondsToAcknowledge! == (20, 30))
    #expect(pump.secondsToAcknowledge == nil && pump.longestSeconds == 500)
  }

  @Test func `a clock may say any time`() {
    for from in [Int64.min, -1, 0, .max] {
      for to in [Int64.min, -1, 0, .max] {
        #expect(AlertStatistics(from: from, to: to).report().episodes == 0)
      }
    }
  }

  @Test func `times of a file may be any, and no difference overflows`() {
    for wall in [.min, -1, 0, .max] as [Int64] {
      var statistics = AlertStatistics(from: Self.start, to: .max)
      for time in [wall, Self.start + 1, .max - 1] as [Int64] {
        for transition in [AlertTransition.raised, .acknowledged, .cleared] {
          var alert = SavedAlert(name: "fall")
          (alert.transition, alert.state.phase, alert.wall) = (transition, .unacknowledged, time)
          statistics.add(alert)
        }
      }
      #expect(statistics.report().episodes >= 2)
    }
  }

  @Test func `three episodes within a minute are chattering, once`() {
    func chatters(_ begins: [Int64]) -> Int {
      Self.statistics(begins.flatMap { Self.episode("door", $0, ack: nil, end: $0 + 1) })
        .alerts[0].chatters
    }
    #expect(chatters([0, 30, 60]) == 1)
    #expect(chatters([0, 30, 61]) == 0)
    #expect(chatters([0, 10, 20, 30, 40]) == 1)
    #expect(chatters([0, 10, 20, 30, 40, 50]) == 2)
  }

  @Test func `an alert that stands for more than a day is stale`() {
    let before: [(Int64, String, AlertTransition, AlertPhase)] = [
      (-10, "pump", .raised, .unacknowledged)
    ]
    let report = Self.statistics(before)
    #expect(report.episodes == 0 && report.alerts.count == 1)
    #expect(report.alerts[0].isStale && report.alerts[0].longestSeconds == Self.day + 10)
    #expect(!Self.statistics(before, seconds: Self.day - 10).alerts[0].isStale)
  }

  @Test func `a flood begins with the eleventh episode and ends below five`() {
    func report(_ count: Int64) -> AlertStatistics.Report {
      Self.statistics(
        (0..<count).flatMap { Self.episode("a\($0)", 10 * $0, ack: nil, end: 10 * $0 + 5) })
    }
    #expect(report(10).floods == 0)
    // Begins at 0, 10, …, 100: the flood begins at 100. Four are younger than 10 minutes when the
    // one at 60 leaves, at 660.
    #expect(report(11).floods == 1 && report(11).floodSeconds == 560)
  }

  @Test func `two floods are two`() {
    let events = [0, 5000].flatMap { start in
      (0..<11).flatMap { Self.episode("a\($0)", start + Int64($0), ack: nil, end: start + 600) }
    }
    let report = Self.statistics(events.sorted { $0.0 < $1.0 })
    #expect(report.floods == 2 && report.episodes == 22)
  }

  @Test func `an acknowledgement of yesterday's episode counts today`() {
    let report = Self.statistics([
      (-100, "fall", .raised, .unacknowledged), (50, "fall", .acknowledged, .acknowledged),
      (60, "fall", .cleared, .normal),
    ])
    #expect(report.alerts.isEmpty, "it has no episode today and does not stand")
  }
}
