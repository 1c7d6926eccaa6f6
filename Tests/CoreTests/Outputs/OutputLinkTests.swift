import TestSupport
import Testing

@testable import Config
@testable import Core

/// Goal: a muted alert calls nobody, but who was called hears the end; the outputs of an escalation
/// are called from it on. Method: series of events by hand; a letter for each: t told, `.` not.
@Suite struct OutputLinkTests {
  private func letters(_ events: [AlertEvent], isEscalation: Bool = false) -> String {
    var link = OutputLink(alert: 0, output: 0, isEscalation: isEscalation)
    return events.map { link.takes($0) ? "t" : "." }.joined()
  }

  @Test func `an alert that is not muted is told all`() {
    #expect(
      letters(AlertTransition.allCases.map { Make.event($0) }) == String(repeating: "t", count: 18))
  }

  @Test func `a muted alert calls nobody`() {
    for mute in [AlertFlags.shelved, .shelvedOnce, .suppressed, .outOfService] {
      #expect(
        letters([
          Make.event(.raised, flags: mute), Make.event(.repeated, flags: mute),
          Make.event(.cleared, flags: mute),
        ]) == "...")
    }
  }

  @Test func `who was called hears once that it is muted, and again when that ends`() {
    #expect(
      letters([
        Make.event(.raised), Make.event(.shelved, flags: .shelved),
        Make.event(.repeated, flags: .shelved), Make.event(.unshelved), Make.event(.cleared),
      ]) == "tt.tt")
    // The end comes while it is muted, and is the first that tells.
    #expect(
      letters([Make.event(.raised), Make.event(.cleared, flags: .suppressed)]) == "tt")
  }

  @Test func `a drill is told though the alert is muted, and so is its end`() {
    #expect(
      letters([
        Make.event(.drillBegan, phase: .normal, flags: [.drill, .shelved]),
        Make.event(.drillEnded, flags: .shelved), Make.event(.raised, flags: .shelved),
      ]) == "tt.")
  }

  @Test func `an escalation's outputs are told from it on, and hear the end`() {
    #expect(
      letters(
        [
          Make.event(.raised), Make.event(.repeated),
          Make.event(.escalated, flags: .escalated), Make.event(.repeated, flags: .escalated),
          // The flag ends with the episode.
          Make.event(.cleared), Make.event(.raised),
        ], isEscalation: true) == "..ttt.")
  }

  @Test func `links go from the most urgent alert to the least, and each output once`() {
    let folder = TestFolder()
    let program = OutputKind.exec(ProgramSettings(path: "/bin/true"))
    var configuration = Make.outputs(
      folder,
      [
        Make.alert("low", severity: .info, outputs: [program]),
        Make.alert("high", severity: .critical, outputs: [.socket, program]),
      ])
    configuration.alerts[1].escalationOutputs = configuration.alerts[1].outputs
    configuration.alerts[0].escalationOutputs = [
      configuration.outputs.firstIndex { $0.kind == .socket }!
    ]
    let links = OutputLink.all(configuration) { _, _ in true }
    #expect(links.map { $0.alert } == [1, 1, 0, 0])
    #expect(links.map { $0.isEscalation } == [false, false, false, true])
    #expect(OutputLink.all(configuration) { _, kind in kind == .socket }.count == 2)
  }
}
