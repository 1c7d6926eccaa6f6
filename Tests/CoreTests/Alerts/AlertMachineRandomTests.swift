import TestSupport
import Testing

@testable import Config
@testable import Core
@testable import System

/// Goal: whatever happens in whatever order, the machine follows the rules. Method: a million
/// random readings, moments and orders, with random settings, go to the machine and to `SlowAlert`,
/// which works the same rules out of whole histories. After each step both say the same, and the
/// machine knows when it is due next.
@Suite struct AlertMachineRandomTests {
  private static let stepCount = 1_000_000
  private static let stepsOfOne = 400

  /// What a run has to have seen, so that it proves something.
  private struct Seen {
    var phases: Set<AlertPhase> = []
    var transitions: Set<AlertTransition> = []
    var refusals: Set<String> = []

    /// By name: `wrongEpisode` has many numbers.
    mutating func insert(_ refusal: AlertRefusal) {
      if case .wrongEpisode = refusal {
        refusals.insert("wrongEpisode")
      } else {
        refusals.insert("\(refusal)")
      }
    }
  }

  @Test func `a million random steps agree with the slow rules`() {
    var random = seededRandom("random alerts")
    var seen = Seen()
    for _ in 0..<Self.stepCount / Self.stepsOfOne {
      let settings = Self.settings(&random)
      guard Self.play(settings, &random, &seen) else { return }
    }
    #expect(seen.phases.count == AlertPhase.allCases.count)
    #expect(seen.transitions.count == AlertTransition.allCases.count)
    // All but `noLevels`, which is no matter of the machine.
    #expect(seen.refusals.count == AlertRefusalMessagesTests.all.count - 1)
  }

  private static func settings(_ random: inout SplitMix) -> AlertMachine.Settings {
    var settings = AlertMachine.Settings()
    settings.votesOf = [1, 1, 3, 5, 32][Int(random.next(below: 5))]
    settings.votesNeeded = 1 + Int(random.next(below: UInt64(min(settings.votesOf, 4))))
    func time(_ random: inout SplitMix) -> Int64 {
      random.next(below: 2) == 0 ? 0 : Int64(random.next(below: 12))
    }
    settings.hold = time(&random)
    settings.clearHold = time(&random)
    settings.cooldown = time(&random)
    settings.repeatEvery = time(&random)
    settings.escalateAfter = time(&random)
    settings.latches = random.next(below: 2) == 0
    settings.needsAcknowledgement = random.next(below: 3) != 0
    settings.needsConfirmation = random.next(below: 2) == 0
    settings.unknown = UnknownPolicy.allCases[Int(random.next(below: 3))]
    return settings
  }

  /// - Returns: false after the first difference.
  private static func play(
    _ settings: AlertMachine.Settings, _ random: inout SplitMix, _ seen: inout Seen
  ) -> Bool {
    var machine = AlertMachine(settings)
    var slow = SlowAlert(settings)
    var now: Int64 = 1000
    var reading = Reading.clear
    for step in 0..<stepsOfOne {
      now += Int64(random.next(below: 3))
      slow.noteStanding()
      let choice = random.next(below: 100)
      let (fast, expected): (AlertAnswer, AlertAnswer)
      switch choice {
      case 0..<60:
        // Mostly the same as before, so that delays run out.
        if random.next(below: 4) == 0 { reading = Reading.allCases[Int(random.next(below: 4))] }
        fast = answer(machine.judge(reading, at: now))
        expected = answer(slow.judge(reading, at: now))
      case 60..<70: (fast, expected) = (.unchanged, .unchanged)
      case 70..<72:
        machine.forgetVotes()
        slow.forgetVotes()
        (fast, expected) = (.unchanged, .unchanged)
      case 72..<73:
        machine = AlertMachine(settings, restored: machine.state, at: now)
        slow.restart(at: now)
        (fast, expected) = (.unchanged, .unchanged)
      case 73..<75:
        let isFirst = random.next(below: 2) == 0
        machine.mark(isFirst: isFirst)
        slow.mark(isFirst: isFirst)
        (fast, expected) = (.unchanged, .unchanged)
      default: (fast, expected) = order(choice, now, &random, &machine, &slow)
      }
      if let transition = fast.transition { seen.transitions.insert(transition) }
      if let refusal = fast.refusal { seen.insert(refusal) }
      guard fast == expected, agrees(machine, slow), ticks(&machine, &slow, now, &seen) else {
        Issue.record(
          "step \(step), \(choice): \(fast), expected \(expected); \(machine), expected \(slow)")
        return false
      }
      seen.phases.insert(machine.phase)
    }
    return true
  }

  private static func answer(_ transition: AlertTransition?) -> AlertAnswer {
    transition.map { .done($0) } ?? .unchanged
  }

  private static func order(
    _ choice: UInt64, _ now: Int64, _ random: inout SplitMix, _ machine: inout AlertMachine,
    _ slow: inout SlowAlert
  ) -> (AlertAnswer, AlertAnswer) {
    let end = now + Int64(random.next(below: 16))
    let isTrue = random.next(below: 2) == 0
    let number = random.next(below: 4) == 0 ? machine.episode - 1 : isTrue ? machine.episode : 0
    switch choice {
    case 75..<79:
      return (machine.acknowledge(episode: number, at: now), slow.acknowledge(number, at: now))
    case 79..<82: return (machine.confirm(episode: number, at: now), slow.confirm(number, at: now))
    case 82..<85: return (machine.reset(episode: number, at: now), slow.reset(number, at: now))
    case 85..<87:
      return (
        machine.shelve(until: end, now: now), slow.shelve(isOnce: false, until: end, now: now)
      )
    case 87..<89:
      return (
        machine.shelveOnce(until: end, now: now), slow.shelve(isOnce: true, until: end, now: now)
      )
    case 89..<90: return (machine.unshelve(at: now), slow.unshelve(at: now))
    case 90..<92:
      return (machine.service(isOut: isTrue, at: now), slow.service(isOut: isTrue, at: now))
    case 92..<94:
      return (answer(machine.suppress(isTrue, at: now)), answer(slow.suppress(isTrue, at: now)))
    case 94..<97: return (machine.silence(until: end, now: now), slow.silence(until: end, now: now))
    default:
      return (machine.beginDrill(until: end, now: now), slow.beginDrill(until: end, now: now))
    }
  }

  private static func agrees(_ machine: AlertMachine, _ slow: SlowAlert) -> Bool {
    machine.phase == slow.phase && machine.flags == slow.flags && machine.episode == slow.episode
      && Int(machine.state.repeatCount) == slow.repeatCount && machine.signal == slow.signal
      && machine.voteCount == slow.voteCount
  }

  /// Everything that is due in both; and the machine's deadline is the first moment for its next
  /// word.
  private static func ticks(
    _ machine: inout AlertMachine, _ slow: inout SlowAlert, _ now: Int64, _ seen: inout Seen
  ) -> Bool {
    while true {
      let isDue = machine.nextDeadline.map { $0 <= now } ?? false
      let (fast, expected) = (machine.tick(at: now), slow.tick(at: now))
      guard fast == expected, isDue == (fast != nil) else { return false }
      guard let fast else { break }
      guard agrees(machine, slow) else { return false }
      seen.transitions.insert(fast)
    }
    guard let deadline = machine.nextDeadline else { return true }
    var copy = machine
    return copy.tick(at: deadline - 1) == nil && copy.tick(at: deadline) != nil
  }
}
