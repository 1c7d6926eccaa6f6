import Text

/// `[[alert]]`: what raises an alert, what ends it, and where the agent tells it.
package struct AlertSettings: Equatable, Sendable {
  /// 1…64 of `A-Z a-z 0-9 _ -`; unique among alerts and conditions.
  package var name: String
  /// Index among the configuration's conditions.
  package var condition: Int
  /// The text of `source`, or `all of …`, as people shall read it.
  package var sourceText: String
  package var votes: AlertVotes = AlertVotes(needed: 1, of: 1)
  /// On-delay, `hold`: the votes must stand for this long before the alert is raised.
  package var holdNanoseconds: Int64 = 0
  /// Off-delay, `clear_hold`: the value must be beyond the clear level for this long.
  package var clearHoldNanoseconds: Int64 = 0
  /// `cooldown`: after an episode no new one begins for this long.
  package var cooldownNanoseconds: Int64 = 0
  /// `repeat`: an alert whose condition holds is raised again so often, acknowledged or not; 0 is
  /// never.
  package var repeatNanoseconds: Int64 = 0
  /// `escalate_after`: an alert that no person acknowledged goes to `escalationOutputs` too; 0 is
  /// never.
  package var escalateNanoseconds: Int64 = 0
  package var severity: AlertSeverity = .warning
  /// `latch`: the alert stands until a person acknowledges it and resets it.
  package var latch: Bool = false
  /// `acknowledge = false`: the alert ends with its condition; no person has to acknowledge it.
  package var needsAcknowledgement: Bool = true
  /// `confirm = true`: beside the acknowledgement (seen) a person has to confirm (remedy done).
  package var needsConfirmation: Bool = false
  /// `unknown`: what an unknown input means.
  package var unknown: UnknownPolicy = .hold
  /// `group`: the first alert of a group that stands is marked as first.
  package var group: String? = nil
  /// `suppress_when`: indices of conditions; while any of them is true, the alert is suppressed.
  package var suppressors: [Int] = []
  /// Indices among the configuration's outputs; all different. By default there are none, and the
  /// alert is only stored.
  package var outputs: [Int] = []
  package var escalationOutputs: [Int] = []
  /// The agent made this alert itself, so that a sensor or a model that dies is told.
  package var isDeadMan: Bool = false

  /// The place where `[[alert]]` begins.
  package var place: SourcePlace

  package init(name: String, condition: Int, sourceText: String, place: SourcePlace) {
    (self.name, self.condition, self.sourceText) = (name, condition, sourceText)
    self.place = place
  }
}

/// `"2 of 3"`: `needed` votes among the last `of` readings.
package struct AlertVotes: Equatable, Sendable {
  /// 1…`of`
  package var needed: Int
  /// 1…32, because the agent keeps the last votes as bits of one word.
  package var of: Int

  package init(needed: Int, of: Int) {
    self.needed = needed
    self.of = of
  }
}

/// `severity`: how urgent the alert is; each raw value is the word in the configuration. The order
/// of the cases is the order of urgency.
package enum AlertSeverity: String, Equatable, Sendable, CaseIterable, Comparable {
  case info, warning, critical

  /// 0 is the least urgent.
  package var order: Int {
    switch self {
    case .info: 0
    case .warning: 1
    case .critical: 2
    }
  }

  package static func < (a: AlertSeverity, b: AlertSeverity) -> Bool { a.order < b.order }
}

/// `unknown`: what it means when a condition's input is missing or is no number.
package enum UnknownPolicy: String, BitwiseCopyable, Equatable, Sendable, CaseIterable {
  /// The alert stays as it is; votes and a running `hold` begin anew.
  case hold
  /// Like a value beyond the level.
  case raise
  /// Like a value beyond the clear level.
  case clear
}
