import TestSupport
import Testing

@testable import Config
@testable import Core

/// Goal: readings and time raise and clear an alert when the configuration says so, and not a
/// reading earlier. Method: readings by hand, one a second, as `AlertBench.play` describes them;
/// beside them a letter for each answer: R raised, C cleared, A again, E escalated.
@Suite struct AlertMachineTests {
  private static let second = AlertBench.second

  private func play(
    _ readings: String, _ change: (inout AlertMachine.Settings) -> Void = { _ in }
  ) -> String {
    var bench = AlertBench(change)
    return bench.play(readings)
  }

  // MARK: votes

  @Test func `what is true at the start is raised`() {
    #expect(play("!") == "R")
    #expect(play("!!__!") == "R.C.R")
  }

  @Test func `between the levels nothing changes`() {
    #expect(play("-!!--_-_") == ".R...C..")
  }

  @Test func `one odd reading raises nothing when two of three are needed`() {
    let votes: (inout AlertMachine.Settings) -> Void = { ($0.votesNeeded, $0.votesOf) = (2, 3) }
    #expect(play("!--!--", votes) == "......")
    #expect(play("!-!", votes) == "..R")
    #expect(play("!!", votes) == ".R")
    #expect(play("!_!", votes) == "..R")
    #expect(play("!__!", votes) == "....")
  }

  @Test func `an episode's votes end with it`() {
    #expect(play("!!_!!", { ($0.votesNeeded, $0.votesOf) = (2, 3) }) == ".RC.R")
  }

  @Test func `thirty-two of thirty-two needs all of them`() {
    let votes: (inout AlertMachine.Settings) -> Void = { ($0.votesNeeded, $0.votesOf) = (32, 32) }
    let all = String(repeating: "!", count: 32)
    #expect(play(all, votes) == String(repeating: ".", count: 31) + "R")
    #expect(!play("-" + all.dropLast(), votes).contains("R"))
    #expect(!play(all.dropLast() + "-", votes).contains("R"))
  }

  @Test func `the votes are counted for whoever wants to see them`() {
    var bench = AlertBench { ($0.votesNeeded, $0.votesOf) = (3, 4) }
    _ = bench.play("!-!")
    #expect(bench.machine.voteCount == 2)
    _ = bench.play("!-")
    #expect(bench.machine.voteCount == 2)
  }

  // MARK: delays

  @Test func `holds for the whole time before it raises`() {
    let hold: (inout AlertMachine.Settings) -> Void = { $0.hold = 2 * Self.second }
    #expect(play("!!!!", hold) == "..R.")
    #expect(play("!!-!!!", hold) == ".....R", "the votes have to stand at each reading")
    #expect(play("!_!!!", hold) == "....R")
  }

  @Test func `with more votes than needed an odd reading does not end the hold`() {
    let settings: (inout AlertMachine.Settings) -> Void = {
      ($0.votesNeeded, $0.votesOf, $0.hold) = (2, 3, 3 * Self.second)
    }
    #expect(play("!!-!!!", settings) == "....R.")
    #expect(play("!!_!!!", settings) == "....R.")
    #expect(play("!!--!!!!", settings) == "........")
    #expect(play("!!--!!!!!", settings) == "........R")
  }

  @Test func `a reading that clears raises nothing, whatever the votes before it`() {
    let settings: (inout AlertMachine.Settings) -> Void = {
      ($0.votesNeeded, $0.votesOf, $0.hold) = (2, 3, 2 * Self.second)
    }
    #expect(play("!!!_", settings) == "....")
    #expect(play("!!!_!", settings) == "....R")
    #expect(play("!!!-", settings) == "...R")
  }

  @Test func `a hold ends between two readings, and the machine says when`() {
    var bench = AlertBench { $0.hold = 3 * Self.second }
    #expect(bench.machine.nextDeadline == nil)
    #expect(bench.play("!") == ".")
    #expect(bench.machine.nextDeadline == 3 * Self.second)
    #expect(bench.machine.tick(at: 3 * Self.second - 1) == nil)
    #expect(bench.machine.tick(at: 3 * Self.second) == .raised)
    #expect(bench.machine.nextDeadline == nil)
  }

  @Test func `clears after the whole off-delay, and a bounce is no new alert`() {
    let delay: (inout AlertMachine.Settings) -> Void = { $0.clearHold = 2 * Self.second }
    #expect(play("!___", delay) == "R..C")
    #expect(play("!__!___", delay) == "R.....C")
    #expect(play("!__-___", delay) == "R.....C", "between the levels is not beyond the clear level")
    #expect(play("!_  !", delay) == "R..CR", "time alone")
    #expect(play("!_!  ", delay) == "R....")
  }

  @Test func `after an episode none begins during the cooldown`() {
    let cooldown: (inout AlertMachine.Settings) -> Void = { $0.cooldown = 3 * Self.second }
    #expect(play("!_!!!!", cooldown) == "RC..R.")
    #expect(play("!_!__!", cooldown) == "RC...R")
    #expect(play("!_!   ", cooldown) == "RC..R.", "time alone")
    #expect(play("!_!_  ", cooldown) == "RC....")
  }

  @Test func `hold runs during the cooldown`() {
    let settings: (inout AlertMachine.Settings) -> Void = {
      ($0.cooldown, $0.hold) = (3 * Self.second, 2 * Self.second)
    }
    #expect(play("!!!_!!!!", settings) == "..RC..R.")
    #expect(play("!!!_  !!!!", settings) == "..RC....R.")
  }

  // MARK: what is not known

  @Test func `an unknown reading changes nothing, and votes and delays begin anew`() {
    #expect(play("?!?_") == ".R.C")
    #expect(play("!?!", { ($0.votesNeeded, $0.votesOf) = (2, 3) }) == "...")
    #expect(play("!!?!!!", { $0.hold = 2 * Self.second }) == ".....R")
    #expect(play("!_?___", { $0.clearHold = 2 * Self.second }) == "R....C")
    #expect(play("!?  ", { $0.hold = 2 * Self.second }) == "....", "time alone raises nothing")
  }

  @Test func `an unknown reading may count as raise`() {
    #expect(play("?_?", { $0.unknown = .raise }) == "RCR")
    let votes: (inout AlertMachine.Settings) -> Void = {
      ($0.votesNeeded, $0.votesOf, $0.unknown) = (2, 3, .raise)
    }
    #expect(play("?_!", votes) == "..R")
    #expect(play("??", votes) == ".R")
  }

  @Test func `an unknown reading may count as clear`() {
    #expect(play("?!?!", { $0.unknown = .clear }) == ".RCR")
    #expect(
      play(
        "!?_?",
        {
          $0.unknown = .clear
          $0.clearHold = 2 * Self.second
        }) == "R..C")
  }

  @Test func `a gap forgets votes and delays but not an alert`() {
    var voting = AlertBench { ($0.votesNeeded, $0.votesOf) = (2, 2) }
    #expect(voting.play("!") == ".")
    voting.machine.forgetVotes()
    #expect(voting.play("!") == ".")
    #expect(voting.play("!") == "R")
    voting.machine.forgetVotes()
    #expect(voting.machine.stands)
    var holding = AlertBench { $0.hold = 5 * Self.second }
    #expect(holding.play("!") == ".")
    holding.machine.forgetVotes()
    #expect(holding.play("      ") == "......")
    #expect(holding.play("!") == ".")
    var clearing = AlertBench { $0.clearHold = 2 * Self.second }
    #expect(clearing.play("!_") == "R.")
    clearing.machine.forgetVotes()
    #expect(clearing.play("  ___") == "....C")
  }

  // MARK: latch and acknowledgement

  @Test func `a latched alert stands after its condition, and each new episode is raised`() {
    var bench = AlertBench { $0.latches = true }
    #expect(bench.play("!__!_") == "RC.RC")
    #expect(bench.machine.phase == .returned)
    #expect(bench.machine.episode == 2)
    var holding = AlertBench { ($0.latches, $0.hold) = (true, Self.second) }
    #expect(holding.play("!!_!_!!") == ".RC...R")
  }

  @Test func `acknowledging and resetting end a latched alert once its condition is over`() {
    var machine = AlertBench { $0.latches = true }.machine
    #expect(machine.acknowledge(at: 0) == .refused(.notStanding))
    #expect(machine.judge(.raise, at: 0) == .raised)
    #expect(machine.acknowledge(at: 0) == .done(.acknowledged))
    #expect(machine.reset(at: 0) == .refused(.notReturned), "still going on")
    #expect(machine.stands)
    #expect(machine.judge(.clear, at: 1) == .cleared)
    #expect(machine.phase == .latched)
    #expect(machine.reset(at: 1) == .done(.reset))
    #expect(!machine.stands)
    #expect(machine.judge(.raise, at: 2) == .raised)
  }

  @Test func `an alert that needs no acknowledgement ends with its condition`() {
    var bench = AlertBench { $0.needsAcknowledgement = false }
    #expect(bench.play("!_") == "RC")
    #expect(bench.machine.phase == .normal)
    #expect(bench.play("!") == "R")
    #expect(bench.machine.acknowledge(at: bench.now) == .done(.acknowledged))
    #expect(bench.machine.phase == .acknowledged)
  }

  // MARK: repeat and escalation

  @Test func `repeats until a person acknowledges it`() {
    var bench = AlertBench { $0.repeatEvery = 2 * Self.second }
    #expect(bench.play("!     ") == "R.A.A.")
    #expect(bench.machine.state.repeatCount == 2)
    #expect(bench.machine.episode == 1)
    #expect(bench.machine.acknowledge(at: bench.now) == .done(.acknowledged))
    #expect(bench.play("_") == "C")
    #expect(bench.machine.nextDeadline == nil)
    #expect(bench.machine.state.repeatCount == 0)
  }

  @Test func `an alert whose condition is over is not repeated`() {
    #expect(play("!_    ", { $0.repeatEvery = 2 * Self.second }) == "RC....")
  }

  @Test func `brings back an acknowledged alert whose condition lasts`() {
    var bench = AlertBench { $0.repeatEvery = 3 * Self.second }
    #expect(bench.play("! ") == "R.")
    #expect(bench.machine.acknowledge(at: bench.now) == .done(.acknowledged))
    #expect(bench.play("   ") == "...", "it counts from the acknowledgement")
    #expect(bench.play(" ") == "A")
    #expect(bench.machine.phase == .unacknowledged)
    #expect(bench.machine.state.repeatCount == 1)
    #expect(bench.machine.signal.sound)
  }

  @Test func `a late tick repeats once`() {
    var machine = AlertBench { $0.repeatEvery = 2 * Self.second }.machine
    #expect(machine.judge(.raise, at: 0) == .raised)
    #expect(machine.tick(at: 20 * Self.second) == .repeated)
    #expect(machine.tick(at: 20 * Self.second) == nil)
    #expect(machine.nextDeadline == 22 * Self.second)
  }

  @Test func `escalates once an episode, while no person acknowledged it`() {
    let settings: (inout AlertMachine.Settings) -> Void = { $0.escalateAfter = 2 * Self.second }
    var bench = AlertBench(settings)
    #expect(bench.play("!    ") == "R.E..")
    #expect(bench.machine.flags.contains(.escalated))
    #expect(bench.play("_") == "C")
    #expect(bench.machine.flags.contains(.escalated), "whoever was told is told the end")
    #expect(bench.play("!") == "R")
    #expect(!bench.machine.flags.contains(.escalated))
    #expect(bench.machine.acknowledge(at: bench.now) == .done(.acknowledged))
    #expect(bench.play("   ") == "...")
    #expect(play("!_   ", settings) == "RC...")
  }

  @Test func `escalation and repeat may be due together, one a call`() {
    let settings: (inout AlertMachine.Settings) -> Void = {
      ($0.escalateAfter, $0.repeatEvery) = (2 * Self.second, 2 * Self.second)
    }
    #expect(play("!  ", settings) == "R.EA")
  }

  // MARK: settings

  @Test func `takes every number of the configuration`() {
    var settings = AlertSettings(
      name: "a", condition: 0, sourceText: "fall.fall", place: Make.place)
    #expect(AlertMachine.Settings(settings) == AlertMachine.Settings())
    settings.votes = AlertVotes(needed: 2, of: 3)
    (settings.holdNanoseconds, settings.clearHoldNanoseconds) = (4, 5)
    (settings.cooldownNanoseconds, settings.repeatNanoseconds) = (6, 7)
    settings.escalateNanoseconds = 8
    (settings.latch, settings.needsAcknowledgement) = (true, false)
    (settings.needsConfirmation, settings.unknown) = (true, .raise)
    var expected = AlertMachine.Settings()
    (expected.votesNeeded, expected.votesOf) = (2, 3)
    (expected.hold, expected.clearHold, expected.cooldown) = (4, 5, 6)
    (expected.repeatEvery, expected.escalateAfter) = (7, 8)
    (expected.latches, expected.needsAcknowledgement) = (true, false)
    (expected.needsConfirmation, expected.unknown) = (true, .raise)
    #expect(AlertMachine.Settings(settings) == expected)
  }

  @Test func `no time of any size traps`() {
    var machine = AlertBench {
      ($0.hold, $0.cooldown, $0.clearHold) = (.max, .max, .max)
      ($0.repeatEvery, $0.escalateAfter) = (.max, .max)
    }.machine
    #expect(machine.judge(.raise, at: 1 << 61) == nil)
    #expect(machine.nextDeadline == .max)
    #expect(machine.tick(at: 1 << 62) == nil)
    #expect(machine.shelve(until: .max, now: 1 << 62) == .done(.shelved))
    #expect(machine.tick(at: 1 << 62) == nil)
  }
}
