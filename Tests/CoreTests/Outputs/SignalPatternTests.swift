import TestSupport
import Testing

@testable import Config
@testable import Core

/// Goal: every pattern has exactly the times of the rules, for ever. Method: follow `nextChange`
/// from change to change and write down the milliseconds on and off; then look at random times.
@Suite struct SignalPatternTests {
  /// Durations in milliseconds: on, off, on …
  private func durations(
    _ kind: SignalPatternKind, _ severity: AlertSeverity, count: Int
  ) -> [Int64] {
    var durations: [Int64] = []
    var time: Int64 = 0
    for step in 0..<count {
      let moment = SignalPattern.moment(kind, severity, elapsed: time)
      #expect(moment.isOn == (step & 1 == 0))
      durations.append((moment.nextChange - time) / 1_000_000)
      time = moment.nextChange
    }
    return durations
  }

  @Test func `the bursts of a critical alert are two halves of five pulses, and a pause`() {
    let half: [Int64] = [150, 100, 150, 100, 150, 350, 150, 100, 150]
    let burst = half + [600] + half + [10_000]
    #expect(durations(.burst, .critical, count: 40) == burst + burst)
  }

  @Test func `the bursts of a warning are three pulses, of an information two`() {
    let warning: [Int64] = [200, 200, 200, 200, 200, 20_200]
    #expect(durations(.burst, .warning, count: 12) == warning + warning)
    let info: [Int64] = [200, 200, 200, 16_200]
    #expect(durations(.burst, .info, count: 8) == info + info)
  }

  @Test func `the more urgent blinks faster, an information not at all`() {
    #expect(durations(.blink, .critical, count: 4) == [250, 250, 250, 250])
    #expect(durations(.blink, .warning, count: 4) == [800, 800, 800, 800])
    let steady = SignalPattern.Moment(isOn: true, nextChange: .max)
    #expect(SignalPattern.moment(.blink, .info, elapsed: 5) == steady)
    for severity in AlertSeverity.allCases {
      #expect(SignalPattern.moment(.steady, severity, elapsed: 5) == steady)
    }
  }

  @Test func `the next change is later than now, and nothing changes before it`() {
    var random = seededRandom("signal patterns")
    for _ in 0..<2000 {
      let kind = SignalPatternKind.allCases[Int(random.next(below: 3))]
      let severity = AlertSeverity.allCases[Int(random.next(below: 3))]
      let time = Int64(random.next(below: 1 << 40))
      let moment = SignalPattern.moment(kind, severity, elapsed: time)
      #expect(moment.nextChange > time)
      guard moment.nextChange != .max else { continue }
      let last = SignalPattern.moment(kind, severity, elapsed: moment.nextChange - 1)
      #expect(last == moment)
      let after = SignalPattern.moment(kind, severity, elapsed: moment.nextChange)
      #expect(after.isOn != moment.isOn)
    }
  }

  @Test func `no time traps`() {
    for kind in SignalPatternKind.allCases {
      for severity in AlertSeverity.allCases {
        for time in [Int64.min, -1, 0, .max - 1, .max] {
          #expect(SignalPattern.moment(kind, severity, elapsed: time).nextChange > 0)
        }
      }
    }
  }
}
