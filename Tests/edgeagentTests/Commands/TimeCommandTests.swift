import TestSupport
import Testing

@testable import System
@testable import Text
@testable import Trust
@testable import edgeagent

/// Goal: a person sees by what keys expire, who bears it, and what is uncertain.
/// Method: reports of boards with each kind of doubt, at moments that the test chooses.
@Suite struct TimeCommandTests {
  private let folder = TestFolder()
  private let release = Clock.releaseSeconds
  private let moment = TrustedTime.Moment(boot: "boot-1", seconds: 1000)

  private func time(_ text: String = "") throws -> TrustedTime {
    TrustedTime(path: try folder.file("trusted-time", Array(text.utf8)))
  }

  @Test func `a board without witnesses`() throws {
    let report = TimeReport(try time(), clock: 86_400, at: moment)
    #expect(
      report.text == """
        clock     1970-01-02T00:00:00.000Z
        floor     2026-11-01T00:00:00.000Z, kept in \(folder.path)/trusted-time
        expiry    judged by the floor: the clock is behind it
        borne     by nobody
        uncertain the clock is before the release of this agent, so it is wrong
        uncertain fewer than two witnesses tell the time, so the floor moves two hours in an hour at \
        most

        """)
  }

  @Test func `a board whose witnesses agree has no doubts`() throws {
    var time = try time()
    let now = release + 864_000
    try time.tell(now, by: "mlflow.example.org", clock: now + 5, at: moment)
    let later = TrustedTime.Moment(boot: "boot-1", seconds: 1035)
    let report = TimeReport(time, clock: now + 40, at: later)
    #expect(report.doubts.isEmpty)
    #expect(report.text.contains("mlflow.example.org told 2026-11-11T00:00:00.000Z, 35 s ago\n"))
    #expect(report.text.contains("borne     2026-11-11T00:00:35.000Z, by two\n"))
    let json = report.json
    #expect(json.contains(#""judged_by":"clock""#) && json.contains(#""uncertain":[]"#))
    #expect(json.contains(#""witness":"mlflow.example.org""#))
  }

  @Test func `a floor that is too late says how it is put back`() throws {
    let time = try time("2035-01-01T00:00:00.000Z\nanchor boot-1 1000\n")
    var told = time
    try told.tell(release + 60, by: "a", clock: release + 60, at: moment)
    let report = TimeReport(told, clock: release + 60, at: moment)
    #expect(report.doubts.count == 1)
    #expect(report.doubts[0].contains("later than every witness says"))
    #expect(report.doubts[0].contains("`edgeagent time --reset`"))
  }

  @Test func `an older agent's floor and a far clock are told`() throws {
    let time = try time("2035-01-01T00:00:00.000Z\n")
    let doubts = TimeReport(time, clock: Clock.horizonSeconds + 1, at: moment).doubts
    #expect(doubts.contains { $0.contains("more than 20 years after the release") })
    #expect(doubts.contains { $0.contains("names no witness") })
  }

  @Test func `any clock and any file can be shown`() throws {
    let files = [
      "",
      "9999-12-31T23:59:59Z\nanchor b 999999999999999999\ntold a "
        + "9999-12-31T23:59:59Z boot-1 999999999999999999\n",
    ]
    for text in files {
      for clock in [Int64.min, 0, release, .max] {
        for seconds in [Int64.min, 0, .max] {
          let moment = TrustedTime.Moment(boot: "boot-1", seconds: seconds)
          let report = TimeReport(try time(text), clock: clock, at: moment)
          #expect(report.text.hasSuffix("\n") && report.json.hasSuffix("\n"))
        }
      }
    }
  }
}
