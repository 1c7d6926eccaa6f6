import Testing

@testable import Config
@testable import Core

/// Goal: what keeps an alert quiet hides nothing: under every flag the phases go on, each flag ends
/// in time, and an alert that can be heard again calls at once. Method: the ways of a day, by hand,
/// in seconds.
@Suite struct AlertMachineFlagsTests {
  private static let second = AlertBench.second
  private static let calls = AlertSignal(sound: true, light: .flash, relay: true)
  private static let isQuiet = AlertSignal(sound: false, light: .off, relay: true)

  /// Raised at second 0; it is second 1.
  private func raised(
    _ change: (inout AlertMachine.Settings) -> Void = { _ in }
  ) -> AlertBench {
    var bench = AlertBench(change)
    #expect(bench.play("!") == "R")
    return bench
  }

  // MARK: shelves

  @Test func `a shelved alert is raised, cleared and acknowledged in silence`() {
    var bench = AlertBench()
    #expect(bench.machine.shelve(until: 100 * Self.second, now: 0) == .done(.shelved))
    #expect(bench.machine.signal == AlertSignal())
    #expect(bench.play("!") == "R")
    #expect(bench.machine.signal == Self.isQuiet)
    #expect(bench.play("_") == "C")
    #expect(bench.machine.phase == .returned && bench.machine.signal == Self.isQuiet)
    #expect(bench.play("!") == "R")
    #expect(bench.machine.acknowledge(at: bench.now) == .done(.acknowledged))
    #expect(bench.machine.signal == Self.isQuiet)
    #expect(bench.play("_") == "C")
    #expect(bench.machine.flags.contains(.shelved), "a timed shelf outlives a return")
  }

  @Test func `a shelf ends in time, and an alert that stands calls at once`() {
    var bench = raised()
    #expect(bench.machine.shelve(until: 4 * Self.second, now: bench.now) == .done(.shelved))
    #expect(bench.machine.nextDeadline == 4 * Self.second)
    #expect(bench.play("    ") == "...u")
    #expect(bench.machine.signal == Self.calls)
    #expect(bench.machine.nextDeadline == nil)
  }

  @Test func `unshelving ends a shelf at once`() {
    var bench = raised()
    #expect(bench.machine.unshelve(at: bench.now) == .refused(.notShelved))
    #expect(bench.machine.shelve(until: 9 * Self.second, now: bench.now) == .done(.shelved))
    #expect(bench.machine.unshelve(at: bench.now) == .done(.unshelved))
    #expect(bench.machine.signal == Self.calls)
    #expect(bench.play("          ") == "..........", "and not once more in time")
  }

  @Test func `the same shelf twice is refused, the other kind replaces it`() {
    var bench = AlertBench()
    #expect(bench.machine.shelve(until: 9 * Self.second, now: 0) == .done(.shelved))
    #expect(bench.machine.shelve(until: 8 * Self.second, now: 0) == .refused(.alreadyShelved))
    #expect(bench.machine.shelveOnce(until: 5 * Self.second, now: 0) == .done(.shelved))
    #expect(bench.machine.flags == .shelvedOnce)
    #expect(bench.machine.shelveOnce(until: 8 * Self.second, now: 0) == .refused(.alreadyShelved))
    #expect(bench.machine.shelve(until: 3 * Self.second, now: 0) == .done(.shelved))
    #expect(bench.machine.flags == .shelved)
    #expect(bench.play("    ") == "...u")
  }

  @Test func `a shelf needs an end that is to come`() {
    var bench = raised()
    #expect(bench.machine.shelve(until: bench.now, now: bench.now) == .refused(.timeIsPast))
    #expect(bench.machine.shelveOnce(until: 0, now: bench.now) == .refused(.timeIsPast))
    #expect(bench.machine.silence(until: bench.now, now: bench.now) == .refused(.timeIsPast))
    #expect(bench.machine.flags == [])
  }

  @Test func `a one-shot shelf ends at the next return and not before`() {
    var bench = AlertBench { $0.clearHold = Self.second }
    #expect(bench.machine.shelveOnce(until: 99 * Self.second, now: 0) == .done(.shelved))
    #expect(bench.play("__!_!__") == "..R...Cu", "it was normal when it was shelved")
    #expect(bench.machine.phase == .returned)
    #expect(bench.machine.signal.light == .flash)
    #expect(bench.play("!") == "R")
    #expect(bench.machine.signal == Self.calls)
  }

  @Test func `a one-shot shelf ends in time and by hand too`() {
    var bench = raised()
    #expect(bench.machine.shelveOnce(until: 3 * Self.second, now: bench.now) == .done(.shelved))
    #expect(bench.play("   ") == "..u")
    #expect(bench.machine.signal == Self.calls)
    #expect(bench.machine.shelveOnce(until: 9 * Self.second, now: bench.now) == .done(.shelved))
    #expect(bench.machine.unshelve(at: bench.now) == .done(.unshelved))
    #expect(bench.machine.flags == [])
  }

  // MARK: suppression and service

  @Test func `a suppressed alert is quiet until the logic lets it go`() {
    var bench = AlertBench()
    #expect(bench.machine.suppress(false, at: 0) == nil)
    #expect(bench.machine.suppress(true, at: 0) == .suppressed)
    #expect(bench.machine.suppress(true, at: 0) == nil)
    #expect(bench.play("!") == "R")
    #expect(bench.machine.signal == Self.isQuiet)
    #expect(bench.machine.suppress(false, at: bench.now) == .unsuppressed)
    #expect(bench.machine.signal == Self.calls)
  }

  @Test func `an alert out of service is quiet until it is back`() {
    var bench = AlertBench()
    #expect(bench.machine.service(isOut: false, at: 0) == .refused(.notOutOfService))
    #expect(bench.machine.service(isOut: true, at: 0) == .done(.outOfService))
    #expect(bench.machine.service(isOut: true, at: 0) == .refused(.alreadyOutOfService))
    #expect(bench.play("!") == "R")
    #expect(bench.machine.signal == Self.isQuiet)
    #expect(bench.machine.service(isOut: false, at: bench.now) == .done(.inService))
    #expect(bench.machine.signal == Self.calls)
  }

  @Test func `it is heard when the last of several flags ends`() {
    var bench = raised {
      ($0.repeatEvery, $0.escalateAfter) = (4 * Self.second, 6 * Self.second)
    }
    #expect(bench.machine.shelve(until: 3 * Self.second, now: bench.now) == .done(.shelved))
    #expect(bench.machine.service(isOut: true, at: bench.now) == .done(.outOfService))
    #expect(bench.machine.suppress(true, at: bench.now) == .suppressed)
    #expect(bench.play("   ") == "..u")
    #expect(bench.machine.signal == Self.isQuiet)
    #expect(bench.machine.suppress(false, at: bench.now) == .unsuppressed)
    #expect(bench.machine.signal == Self.isQuiet)
    #expect(bench.play("      ") == "......", "no repeat and no escalation that nobody hears")
    #expect(bench.machine.service(isOut: false, at: bench.now) == .done(.inService))
    #expect(bench.machine.signal == Self.calls)
    #expect(bench.play("       ") == "....A.E", "both begin anew when it can be heard")
  }

  @Test func `a flag that ends shows what returned meanwhile`() {
    var bench = raised()
    #expect(bench.machine.suppress(true, at: bench.now) == .suppressed)
    #expect(bench.play("_") == "C")
    #expect(bench.machine.suppress(false, at: bench.now) == .unsuppressed)
    #expect(bench.machine.phase == .returned)
    #expect(bench.machine.signal == AlertSignal(sound: false, light: .flash, relay: true))
  }

  // MARK: silence

  @Test func `silence takes the sound and the repeats of one episode`() {
    var bench = raised { $0.repeatEvery = 2 * Self.second }
    #expect(bench.machine.silence(until: 6 * Self.second, now: bench.now) == .done(.silenced))
    #expect(bench.machine.signal == AlertSignal(sound: false, light: .flash, relay: true))
    #expect(bench.play("       ") == ".....s.")
    #expect(bench.machine.signal == Self.calls)
    #expect(bench.play("   ") == "A.A", "it counts from the end of the silence")
  }

  @Test func `another time replaces that of a silence`() {
    var bench = raised()
    #expect(bench.machine.silence(until: 9 * Self.second, now: bench.now) == .done(.silenced))
    #expect(bench.machine.silence(until: 3 * Self.second, now: bench.now) == .done(.silenced))
    #expect(bench.play("   ") == "..s")
  }

  @Test func `silence does not cover the next episode`() {
    for isAcknowledged in [false, true] {
      var bench = raised()
      if isAcknowledged { _ = bench.machine.acknowledge(at: bench.now) }
      #expect(bench.machine.silence(until: 99 * Self.second, now: bench.now) == .done(.silenced))
      #expect(bench.play("_!") == "CR")
      #expect(bench.machine.signal == Self.calls)
      #expect(bench.machine.nextDeadline == nil)
    }
  }

  @Test func `silence goes on while a latching alert outlives its cause`() {
    var bench = raised { $0.latches = true }
    #expect(bench.play("_") == "C")
    #expect(bench.machine.signal == Self.calls)
    #expect(bench.machine.silence(until: 5 * Self.second, now: bench.now) == .done(.silenced))
    #expect(!bench.machine.signal.sound)
    #expect(bench.play("    ") == "...s")
    #expect(bench.machine.signal.sound)
  }

  @Test func `what makes no sound is not silenced`() {
    var bench = AlertBench { $0.latches = true }
    #expect(bench.machine.silence(until: 9 * Self.second, now: 0) == .refused(.notStanding))
    _ = bench.play("!_")
    _ = bench.machine.acknowledge(at: bench.now)
    let answer = bench.machine.silence(until: 9 * Self.second, now: bench.now)
    #expect(bench.machine.phase == .latched && answer == .refused(.nothingToSilence))
  }

  @Test func `a silenced alert escalates: nobody acknowledged it`() {
    var bench = raised { $0.escalateAfter = 2 * Self.second }
    #expect(bench.machine.silence(until: 9 * Self.second, now: bench.now) == .done(.silenced))
    #expect(bench.play("   ") == ".E.")
  }

  // MARK: first-out and drills

  @Test func `the mark of the first one ends with normal`() {
    var bench = AlertBench()
    bench.machine.mark(isFirst: true)
    #expect(bench.machine.flags == [], "it does not stand")
    _ = bench.play("!")
    bench.machine.mark(isFirst: true)
    #expect(bench.machine.flags == .first)
    _ = bench.play("_!")
    #expect(bench.machine.flags == .first, "it stood all the time")
    bench.machine.mark(isFirst: false)
    #expect(bench.machine.flags == [])
    bench.machine.mark(isFirst: true)
    _ = bench.machine.acknowledge(at: bench.now)
    _ = bench.play("_")
    #expect(bench.machine.phase == .normal && bench.machine.flags == [])
  }

  @Test func `a drill shows everything, and ends in time`() {
    var bench = AlertBench()
    #expect(bench.machine.beginDrill(until: 0, now: 0) == .refused(.timeIsPast))
    #expect(bench.machine.shelve(until: 99 * Self.second, now: 0) == .done(.shelved))
    #expect(bench.machine.beginDrill(until: 3 * Self.second, now: 0) == .done(.drillBegan))
    #expect(bench.machine.beginDrill(until: 9 * Self.second, now: 0) == .refused(.alreadyDrilled))
    #expect(bench.machine.signal == Self.calls)
    #expect(bench.machine.phase == .normal && bench.machine.episode == 0)
    #expect(bench.play("    ") == "...d")
    #expect(bench.machine.signal == AlertSignal())
  }

  @Test func `a drill after an escalated episode is not escalated`() {
    var bench = AlertBench { ($0.escalateAfter, $0.needsAcknowledgement) = (Self.second, false) }
    #expect(bench.play("! _") == "RECR".prefix(3))
    #expect(bench.machine.flags == .escalated && bench.machine.phase == .normal)
    let end = bench.now + 9 * Self.second
    #expect(bench.machine.beginDrill(until: end, now: bench.now) == .done(.drillBegan))
    #expect(bench.machine.flags == .drill)
  }

  @Test func `what is real ends a drill, and no drill covers it`() {
    var bench = AlertBench()
    #expect(bench.machine.beginDrill(until: 9 * Self.second, now: 0) == .done(.drillBegan))
    #expect(bench.play("!") == "R")
    #expect(bench.machine.flags == [] && bench.machine.phase == .unacknowledged)
    let end = 99 * Self.second
    #expect(bench.machine.beginDrill(until: end, now: bench.now) == .refused(.standing))
  }
}
