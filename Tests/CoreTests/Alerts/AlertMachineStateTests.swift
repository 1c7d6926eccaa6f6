import Testing

@testable import Config
@testable import Core

/// Goal: an alert survives a restart: it stands again, calls again, and nothing that a file may
/// hold makes it quiet or traps. Method: machines that are saved and restored at times, by hand.
@Suite struct AlertMachineStateTests {
  private static let second = AlertBench.second

  private func restarted(
    _ bench: AlertBench, after seconds: Int64 = 0,
    _ change: (inout AlertMachine.State) -> Void = { _ in }
  ) -> AlertBench {
    var saved = bench.machine.state
    change(&saved)
    let now = bench.now / Self.second + seconds
    return AlertBench(
      AlertMachine(bench.machine.settings, restored: saved, at: now * Self.second), at: now)
  }

  @Test func `a standing alert stands again and says so once`() {
    var bench = AlertBench()
    #expect(bench.play("!") == "R")
    var again = restarted(bench, after: 5)
    #expect(again.machine.phase == .unacknowledged && again.machine.episode == 1)
    #expect(again.machine.signal.sound)
    #expect(again.machine.nextDeadline != nil)
    #expect(again.play("  ") == "r.")
    #expect(again.play("_!") == "CR")
    #expect(again.machine.episode == 2)
    var calm = restarted(AlertBench())
    #expect(calm.machine.nextDeadline == nil)
    #expect(calm.play(" ") == ".")
  }

  @Test(arguments: AlertPhase.allCases)
  func `every phase survives`(phase: AlertPhase) {
    var bench = AlertBench {
      ($0.latches, $0.needsConfirmation) = (true, true)
    }
    var saved = AlertMachine.State()
    (saved.phase, saved.episode, saved.isConfirmed) = (phase, 3, true)
    bench.machine = AlertMachine(bench.machine.settings, restored: saved, at: 0)
    let again = restarted(bench)
    #expect(again.machine.state == bench.machine.state)
    #expect(again.machine.phase == phase && again.machine.state.isConfirmed)
  }

  @Test func `votes and delays begin anew`() {
    var bench = AlertBench { $0.hold = 3 * Self.second }
    #expect(bench.play("!!") == "..")
    var again = restarted(bench)
    #expect(again.play("   ") == "...")
    #expect(again.play("!!!!") == "...R")
  }

  @Test func `a shelf, a silence and a service survive, suppression and drills do not`() {
    var bench = AlertBench()
    #expect(bench.play("!") == "R")
    _ = bench.machine.shelve(until: 9 * Self.second, now: bench.now)
    _ = bench.machine.silence(until: 7 * Self.second, now: bench.now)
    _ = bench.machine.service(isOut: true, at: bench.now)
    _ = bench.machine.suppress(true, at: bench.now)
    var again = restarted(bench, after: 2)
    #expect(again.machine.flags == [.shelved, .silenced, .outOfService])
    #expect(again.play("       ") == "r...s.u")

    var drilled = AlertBench()
    _ = drilled.machine.beginDrill(until: 9 * Self.second, now: 0)
    #expect(restarted(drilled).machine.flags == [])
  }

  @Test func `a shelf that ended while no agent ran ends at once`() {
    var bench = AlertBench()
    #expect(bench.play("!") == "R")
    _ = bench.machine.shelve(until: 3 * Self.second, now: bench.now)
    var again = restarted(bench, after: 60)
    #expect(again.play(" ") == "ru")
    #expect(again.machine.signal.sound)
  }

  @Test func `a cooldown survives`() {
    var bench = AlertBench { $0.cooldown = 5 * Self.second }
    #expect(bench.play("!_") == "RC")
    var again = restarted(bench)
    #expect(again.play("!!!!!") == "r...R")
  }

  @Test func `restarts do not keep an alert from escalating`() {
    var bench = AlertBench { $0.escalateAfter = 5 * Self.second }
    #expect(bench.play("!") == "R")
    for _ in 0..<3 { bench = restarted(bench, after: 1) }
    #expect(bench.play("   ") == "rE.")
    var suppressed = AlertBench { $0.escalateAfter = 5 * Self.second }
    _ = suppressed.machine.suppress(true, at: 0)
    #expect(suppressed.play("!        ") == "R........")
    suppressed = restarted(suppressed)
    #expect(suppressed.play("      ") == "r....E", "from when it can be heard")
  }

  @Test func `other settings after the restart end what no longer is asked for`() {
    var saved = AlertMachine.State()
    (saved.phase, saved.episode) = (.unconfirmed, 4)
    var machine = AlertMachine(AlertBench.settings(), restored: saved, at: 0)
    #expect(machine.confirm(at: 1) == .done(.confirmed))
    #expect(machine.phase == .normal)
    saved.phase = .latched
    machine = AlertMachine(AlertBench.settings(), restored: saved, at: 0)
    #expect(machine.reset(at: 1) == .done(.reset))
  }

  @Test func `any numbers are taken`() {
    for value in [Int64.min, -1, 0, 1, .max] {
      for phase in AlertPhase.allCases {
        var saved = AlertMachine.State()
        saved.phase = phase
        saved.flags = AlertFlags(rawValue: 255)
        (saved.episode, saved.since, saved.raisedAt, saved.calledAt) = (value, value, value, value)
        (saved.clearedAt, saved.waitingSince) = (value, value)
        (saved.shelfUntil, saved.silenceUntil) = (value, value)
        saved.repeatCount = .min
        var bench = AlertBench(
          AlertMachine(
            AlertBench.settings {
              ($0.repeatEvery, $0.escalateAfter) = (Self.second, Self.second)
              ($0.cooldown, $0.hold) = (Self.second, Self.second)
            }, restored: saved, at: 5 * Self.second), at: 5)
        #expect(bench.machine.state.since <= 5 * Self.second)
        _ = bench.play("! !! _ _!!  ")
        #expect(bench.machine.episode > 0)
        #expect(bench.machine.state.repeatCount >= 0)
        _ = bench.machine.unshelve(at: bench.now)
        _ = bench.machine.service(isOut: false, at: bench.now)
        #expect(bench.machine.signal.light == .flash)
      }
    }
  }
}
