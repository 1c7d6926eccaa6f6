import Testing

@testable import Config
@testable import Core

/// Goal: what each role shows of an alert, and which of two alerts a line shows. Method: a table.
@Suite struct OutputSignalTests {
  private func shown(
    _ signal: OutputSignal, _ role: SignalRole, _ pattern: SignalPatternKind = .steady
  ) -> SignalPatternKind? {
    ShownSignal(signal, role: role, pattern: pattern).pattern
  }

  @Test func `each role looks at its own part of the signal`() {
    let all = OutputSignal(severity: .warning, sound: true, light: .flash, relay: true)
    let seen = OutputSignal(severity: .warning, sound: false, light: .steady, relay: true)
    #expect(SignalRole.allCases.map { shown(all, $0, .burst) } == [.burst, .burst, .burst])
    #expect(SignalRole.allCases.map { shown(seen, $0, .burst) } == [nil, .steady, .burst])
    #expect(SignalRole.allCases.map { shown(.none, $0, .burst) } == [nil, nil, nil])
    #expect(
      shown(all, .lamp, .steady) == .blink, "a lamp flashes until a person has seen the alert")
    #expect(shown(all, .siren, .steady) == .steady)
  }

  @Test func `a lamp shows what nobody has seen before what somebody has`() {
    let seen = ShownSignal(pattern: .steady, severity: .critical)
    let new = ShownSignal(pattern: .blink, severity: .info)
    #expect(new.isMoreUrgent(than: seen, role: .lamp))
    #expect(!seen.isMoreUrgent(than: new, role: .lamp))
    #expect(new.isMoreUrgent(than: .off, role: .lamp))
    #expect(!ShownSignal.off.isMoreUrgent(than: .off, role: .lamp))
  }

  @Test func `of two of one kind the more severe is shown`() {
    for role in SignalRole.allCases {
      let (high, low) = (
        ShownSignal(pattern: .steady, severity: .critical),
        ShownSignal(pattern: .steady, severity: .warning)
      )
      #expect(high.isMoreUrgent(than: low, role: role))
      #expect(!low.isMoreUrgent(than: high, role: role))
    }
  }
}
