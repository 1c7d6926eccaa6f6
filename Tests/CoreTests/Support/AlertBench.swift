@testable import Config
@testable import Core

/// One machine, driven by hand: time in seconds, readings as letters, and what it announced.
struct AlertBench {
  static let second: Int64 = 1_000_000_000

  var machine: AlertMachine
  private(set) var now: Int64 = 0

  init(_ change: (inout AlertMachine.Settings) -> Void = { _ in }) {
    machine = AlertMachine(Self.settings(change))
  }

  init(_ machine: AlertMachine, at seconds: Int64 = 0) {
    self.machine = machine
    now = seconds * Self.second
  }

  static func settings(
    _ change: (inout AlertMachine.Settings) -> Void = { _ in }
  ) -> AlertMachine.Settings {
    var settings = AlertMachine.Settings()
    change(&settings)
    return settings
  }

  /// A reading a second, from the second after the last one: `!` raise, `-` between, `_` clear, `?`
  /// unknown, and space no reading, only time. Where an answer is due between two readings it is
  /// given at the next second.
  ///
  /// - Returns: a letter for each second, the first of `Self.letter`, or `.`.
  mutating func play(_ readings: String) -> String {
    var answers = ""
    for letter in readings {
      var said: [AlertTransition] = []
      if let reading = Self.reading(letter), let answer = machine.judge(reading, at: now) {
        said.append(answer)
      }
      said += ticks()
      answers += said.isEmpty ? "." : said.map(Self.letter).joined()
      now += Self.second
    }
    return answers
  }

  /// Everything that is due.
  mutating func ticks() -> [AlertTransition] {
    var said: [AlertTransition] = []
    while let transition = machine.tick(at: now) {
      said.append(transition)
      precondition(said.count < 100, "tick does not come to an end")
    }
    return said
  }

  private static func reading(_ letter: Character) -> Reading? {
    switch letter {
    case "!": .raise
    case "-": .between
    case "_": .clear
    case "?": .unknown
    default: nil
    }
  }

  private static func letter(_ transition: AlertTransition) -> String {
    switch transition {
    case .raised: "R"
    case .cleared: "C"
    case .repeated: "A"
    case .escalated: "E"
    case .unshelved: "u"
    case .unsilenced: "s"
    case .restored: "r"
    case .drillEnded: "d"
    default: transition.word.description
    }
  }
}

extension AlertPhase {
  /// As in the table of `AlertMachine`.
  var letter: String {
    switch self {
    case .normal: "N"
    case .unacknowledged: "U"
    case .acknowledged: "K"
    case .returned: "R"
    case .unconfirmed: "W"
    case .latched: "X"
    }
  }
}
