/// Where an alert stands: the states of ISA-18.2 and IEC 62682.
enum AlertPhase: UInt8, BitwiseCopyable, Equatable, Sendable, CaseIterable {
  case normal
  /// The condition holds, and no person has seen it.
  case unacknowledged
  /// The condition holds, and a person has seen it.
  case acknowledged
  /// The condition is over, and no person has seen it.
  case returned
  /// The condition is over; a person has seen it and has not confirmed the remedy.
  case unconfirmed
  /// The condition is over, a person has seen it, and the alert stands until it is reset.
  case latched

  /// The condition holds, as far as the alert is concerned.
  var isActive: Bool { self == .unacknowledged || self == .acknowledged }

  var word: StaticString {
    switch self {
    case .normal: "normal"
    case .unacknowledged: "unacknowledged"
    case .acknowledged: "acknowledged"
    case .returned: "returned"
    case .unconfirmed: "unconfirmed"
    case .latched: "latched"
    }
  }
}

/// What keeps an alert from being heard, while its condition is still judged, stored and shown.
struct AlertFlags: OptionSet, BitwiseCopyable, Equatable, Sendable {
  let rawValue: UInt8

  /// By a person, for a time.
  static let shelved = AlertFlags(rawValue: 1)
  /// By a person, until the next return to normal at the latest.
  static let shelvedOnce = AlertFlags(rawValue: 2)
  /// By design: a condition of `suppress_when` is true.
  static let suppressed = AlertFlags(rawValue: 4)
  /// By maintenance.
  static let outOfService = AlertFlags(rawValue: 8)
  /// A person paused the sound of this episode.
  static let silenced = AlertFlags(rawValue: 16)
  /// The first alert of its group that stands.
  static let first = AlertFlags(rawValue: 32)
  /// Not real: a person tests the way through the outputs.
  static let drill = AlertFlags(rawValue: 64)
  /// `escalate_after` has passed: the further outputs are told too.
  static let escalated = AlertFlags(rawValue: 128)

  // Sets with a name: as literals of arrays they could be allocated on the hot thread.
  static let anyShelf = AlertFlags(rawValue: 1 | 2)
  static let mute = AlertFlags(rawValue: 1 | 2 | 4 | 8)
  /// They end with the process.
  static let ofThisRun = AlertFlags(rawValue: 4 | 64)

  var isShelved: Bool { !isDisjoint(with: .anyShelf) }

  /// Outputs that call a person are not told.
  var isMute: Bool { !isDisjoint(with: .mute) }

  /// What the journal and the control socket call them.
  static let words: [(AlertFlags, StaticString)] = [
    (.shelved, "shelved"), (.shelvedOnce, "shelved-once"), (.suppressed, "suppressed"),
    (.outOfService, "out-of-service"), (.silenced, "silenced"), (.first, "first"),
    (.drill, "drill"), (.escalated, "escalated"),
  ]
}

/// What an alert announces.
enum AlertTransition: UInt8, BitwiseCopyable, Equatable, Sendable, CaseIterable {
  /// A new episode.
  case raised
  /// The condition is over. Whether the alert still stands, its phase says.
  case cleared
  /// Raised again in the same episode: its condition holds on.
  case repeated
  case acknowledged, confirmed, reset
  /// It stood when the agent stopped, and it still stands.
  case restored
  /// `escalate_after` has passed without a person.
  case escalated
  case shelved, unshelved
  case suppressed, unsuppressed
  case outOfService, inService
  case silenced, unsilenced
  /// A drill began, and ended.
  case drillBegan, drillEnded

  var word: StaticString {
    switch self {
    case .raised: "raised"
    case .cleared: "cleared"
    case .repeated: "repeated"
    case .acknowledged: "acknowledged"
    case .confirmed: "confirmed"
    case .reset: "reset"
    case .restored: "restored"
    case .escalated: "escalated"
    case .shelved: "shelved"
    case .unshelved: "unshelved"
    case .suppressed: "suppressed"
    case .unsuppressed: "unsuppressed"
    case .outOfService: "out-of-service"
    case .inService: "in-service"
    case .silenced: "silenced"
    case .unsilenced: "unsilenced"
    case .drillBegan: "drill"
    case .drillEnded: "drill-over"
    }
  }
}
