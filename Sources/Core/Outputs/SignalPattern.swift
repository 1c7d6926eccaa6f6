import Config

/// When an output is on: steady, blinking, or in bursts as IEC 60601-1-8 suggests for sounds. Pure:
/// a time goes in, a level comes out. No claim of conformity.
enum SignalPattern {
  struct Moment: Equatable {
    var isOn: Bool
    /// Nanoseconds after the start of the pattern at which the level changes; `.max`: never.
    var nextChange: Int64
  }

  /// Hot: allocates nothing.
  ///
  /// - Parameter elapsed: nanoseconds since the pattern began; below 0 counts as 0.
  static func moment(
    _ kind: SignalPatternKind, _ severity: AlertSeverity, elapsed: Int64
  ) -> Moment {
    let count = stepCount(kind, severity)
    guard count > 0 else { return Moment(isOn: true, nextChange: .max) }
    var period: Int64 = 0
    for step in 0..<count { period += milliseconds(kind, severity, step) * 1_000_000 }
    let elapsed = max(elapsed, 0)
    let rounds = elapsed / period
    var end = rounds * period
    for step in 0..<count {
      let (sum, hasOverflowed) = end.addingReportingOverflow(
        milliseconds(kind, severity, step) * 1_000_000)
      guard !hasOverflowed else { break }
      end = sum
      if elapsed < end { return Moment(isOn: step & 1 == 0, nextChange: end) }
    }
    return Moment(isOn: true, nextChange: .max)
  }

  /// Steps are on, off, on, off …; 0: on for good.
  private static func stepCount(_ kind: SignalPatternKind, _ severity: AlertSeverity) -> Int {
    switch (kind, severity) {
    case (.steady, _): 0
    case (.blink, .info): 0
    case (.blink, _): 2
    case (.burst, .critical): 20
    case (.burst, .warning): 6
    case (.burst, .info): 4
    }
  }

  /// How long a step takes.
  private static func milliseconds(
    _ kind: SignalPatternKind, _ severity: AlertSeverity, _ step: Int
  ) -> Int64 {
    switch (kind, severity) {
    case (.steady, _), (.blink, .info): 0
    // 2 Hz and 0.625 Hz: red flashes faster than yellow; information is steady.
    case (.blink, .critical): 250
    case (.blink, .warning): 800
    // Ten pulses in two halves: 3 + 2, 600 ms, 3 + 2.
    case (.burst, .critical):
      switch step {
      case 5, 15: 350
      case 9: 600
      case 19: 10_000
      default: step & 1 == 0 ? 150 : 100
      }
    // Three pulses with 200 ms after each, and 20 s; two pulses, and 16 s.
    case (.burst, .warning): step == 5 ? 200 + 20_000 : 200
    case (.burst, .info): step == 3 ? 200 + 16_000 : 200
    }
  }
}
