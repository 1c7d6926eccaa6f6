import Testing

@testable import Config
@testable import Core

/// Goal: the machine is the table, cell by cell: six phases, six events, and every setting that
/// matters; each refusal has its reason. Method: the table is written down here once more, and each
/// cell is tried on a machine that was put into the phase.
@Suite struct AlertMachineTableTests {
  /// A cell: the phase afterwards, `End`, `-` for no change, or one of `reasons`. Of two cells with
  /// `|` the first one is for an alert without a setting. `clear` is for an alert with and without
  /// acknowledgement, `confirm` without and with confirmation, `reset` without and with latch.
  static let table = """
    phase raise clear acknowledge confirm  reset   repeat
    N     U     -     stand       stand    -       -
    U     -     R|End K           none|ack no|back U
    K     -     End   seen        none|K   no|back U
    R     U     -     End         none|ack no|ack  -
    W     U     -     seen        End      no|conf -
    X     U     -     seen        -        N       -
    """

  static let reasons: [String: AlertRefusal] = [
    "stand": .notStanding, "seen": .alreadyAcknowledged, "none": .nothingToConfirm,
    "ack": .notAcknowledged, "no": .notLatched, "back": .notReturned, "conf": .notConfirmed,
  ]

  enum Event: String, CaseIterable { case raise, clear, acknowledge, confirm, reset, `repeat` }

  struct Case: Sendable, CustomTestStringConvertible {
    var phase: AlertPhase
    var event: Event
    var cell: String
    var testDescription: String { "\(phase.letter) \(event.rawValue): \(cell)" }
  }

  static let cases: [Case] = table.split(separator: "\n").dropFirst().flatMap { line in
    let words = line.split(separator: " ").map(String.init)
    let phase = AlertPhase.allCases.first { $0.letter == words[0] }!
    return zip(Event.allCases, words.dropFirst()).map { Case(phase: phase, event: $0, cell: $1) }
  }

  /// Latch, acknowledgement, confirmation.
  static let settings: [AlertMachine.Settings] = (0..<8).map { bits in
    AlertBench.settings {
      $0.latches = bits & 1 != 0
      $0.needsAcknowledgement = bits & 2 != 0
      $0.needsConfirmation = bits & 4 != 0
      $0.repeatEvery = 10
    }
  }

  @Test func `the table has every phase and every event`() {
    #expect(Self.cases.count == 36)
    #expect(Set(Self.cases.map { $0.testDescription }).count == 36)
  }

  @Test(arguments: cases)
  func `does what the table says`(cell: Case) {
    for settings in Self.settings {
      var machine = Self.machine(settings, cell.phase)
      let before = machine
      let expected = Self.expected(cell, settings)
      let answer = Self.send(cell.event, to: &machine)
      let described = "\(cell.testDescription) with \(settings)"
      switch expected {
      case "-":
        #expect(answer == .unchanged, "\(described)")
        #expect(machine.phase == before.phase && machine.episode == before.episode)
      case let word where word.count == 1:
        #expect(answer == .done(Self.transition(cell.event)), "\(described)")
        #expect(machine.phase.letter == word, "\(described)")
        #expect(machine.state.since == (machine.phase == before.phase ? 0 : 10), "\(described)")
        let isNew = cell.event == .raise
        #expect(machine.episode == (isNew ? 8 : 7), "\(described)")
        let isAgain = cell.event == .repeat
        let keeps = isAgain || machine.stands && !isNew
        #expect(machine.state.repeatCount == (isAgain ? 4 : keeps ? 3 : 0), "\(described)")
      default:
        #expect(answer == .refused(Self.reasons[expected]!), "\(described)")
        #expect(machine == before, "a refusal changes nothing: \(described)")
      }
    }
  }

  /// What the cell says for these settings: a phase's letter, `-`, or a reason.
  private static func expected(_ cell: Case, _ settings: AlertMachine.Settings) -> String {
    let choices = cell.cell.split(separator: "|").map(String.init)
    let isSecond =
      switch cell.event {
      case .clear: !settings.needsAcknowledgement
      case .confirm: settings.needsConfirmation
      case .reset: settings.latches
      case .raise, .acknowledge, .repeat: false
      }
    let choice = choices.count > 1 && isSecond ? choices[1] : choices[0]
    guard choice == "End" else { return choice }
    if settings.needsConfirmation && cell.event != .confirm { return "W" }
    return settings.latches ? "X" : "N"
  }

  /// In that phase since time 0, in episode 7, with 3 repeats where it stands.
  private static func machine(
    _ settings: AlertMachine.Settings, _ phase: AlertPhase
  ) -> AlertMachine {
    var saved = AlertMachine.State()
    saved.phase = phase
    saved.episode = 7
    saved.repeatCount = phase == .normal ? 0 : 3
    var machine = AlertMachine(settings, restored: saved, at: 0)
    #expect(machine.tick(at: 0) == (phase == .normal ? nil : .restored))
    return machine
  }

  /// The event at time 10, which is when `repeat` is due.
  private static func send(_ event: Event, to machine: inout AlertMachine) -> AlertAnswer {
    func answer(_ transition: AlertTransition?) -> AlertAnswer {
      transition.map { .done($0) } ?? .unchanged
    }
    switch event {
    case .raise: return answer(machine.judge(.raise, at: 10))
    case .clear: return answer(machine.judge(.clear, at: 10))
    case .acknowledge: return machine.acknowledge(at: 10)
    case .confirm: return machine.confirm(at: 10)
    case .reset: return machine.reset(at: 10)
    case .repeat: return answer(machine.tick(at: 10))
    }
  }

  private static func transition(_ event: Event) -> AlertTransition {
    switch event {
    case .raise: .raised
    case .clear: .cleared
    case .acknowledge: .acknowledged
    case .confirm: .confirmed
    case .reset: .reset
    case .repeat: .repeated
    }
  }

  @Test(arguments: AlertPhase.allCases.filter { $0 != .normal })
  func `an order for another episode is refused with the one that stands`(phase: AlertPhase) {
    for settings in Self.settings {
      var machine = Self.machine(settings, phase)
      let before = machine
      let refused = AlertAnswer.refused(.wrongEpisode(standing: 7))
      #expect(machine.acknowledge(episode: 6, at: 10) == refused)
      #expect(machine.confirm(episode: 8, at: 10) == refused)
      #expect(machine.reset(episode: 6, at: 10) == refused)
      #expect(machine == before)
      var other = machine
      #expect(machine.acknowledge(episode: 7, at: 10) == other.acknowledge(at: 10))
      #expect(machine.confirm(episode: 7, at: 11) == other.confirm(at: 11))
      #expect(machine.reset(episode: 7, at: 12) == other.reset(at: 12))
      #expect(machine == other)
    }
  }

  @Test func `the remedy that was confirmed while the condition held counts at its end`() {
    var machine = Self.machine(
      AlertBench.settings {
        $0.needsConfirmation = true
        $0.latches = true
      }, .acknowledged)
    #expect(machine.confirm(at: 1) == .done(.confirmed))
    #expect(machine.confirm(at: 2) == .refused(.alreadyConfirmed))
    #expect(machine.judge(.clear, at: 3) == .cleared)
    #expect(machine.phase == .latched)
    // The next episode needs its own.
    #expect(machine.judge(.raise, at: 4) == .raised)
    #expect(machine.acknowledge(at: 5) == .done(.acknowledged))
    #expect(machine.judge(.clear, at: 6) == .cleared)
    #expect(machine.phase == .unconfirmed)
    #expect(machine.confirm(at: 7) == .done(.confirmed))
    #expect(machine.phase == .latched)
    #expect(machine.reset(at: 8) == .done(.reset))
    #expect(machine.phase == .normal)
  }

  @Test func `a repeat of an acknowledged alert takes the confirmation back`() {
    var machine = Self.machine(
      AlertBench.settings {
        $0.needsConfirmation = true
        $0.repeatEvery = 10
      }, .acknowledged)
    #expect(machine.confirm(at: 1) == .done(.confirmed))
    #expect(machine.tick(at: 10) == .repeated)
    #expect(machine.acknowledge(at: 11) == .done(.acknowledged))
    #expect(machine.judge(.clear, at: 12) == .cleared)
    #expect(machine.phase == .unconfirmed)
  }

  @Test func `signals are those of the table`() {
    for latches in [false, true] {
      for phase in AlertPhase.allCases {
        let signal = Self.machine(AlertBench.settings { $0.latches = latches }, phase).signal
        let words =
          switch phase {
          case .normal: AlertSignal()
          case .unacknowledged: AlertSignal(sound: true, light: .flash, relay: true)
          case .returned: AlertSignal(sound: latches, light: .flash, relay: true)
          case .acknowledged, .unconfirmed, .latched:
            AlertSignal(sound: false, light: .steady, relay: true)
          }
        #expect(signal == words, "\(phase.letter)")
      }
    }
  }
}
