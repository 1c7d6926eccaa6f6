import Config

/// Decides from readings, from time and from what people ask when an alert is raised, whom it calls
/// and when it is over. Pure: no clock, no output, the same answers for the same calls. The states
/// are those of ISA-18.2 and IEC 62682:
///
///     phase             raise      clear  acknowledge  confirm    reset  repeat       signal
///     N normal          U, new id  -      no           no         -      -            none
///     U unacknowledged  -          R      K            no         no     U, count+1   sound, flash
///     K acknowledged    -          End    no           K, set     no     U, count+1   steady
///     R returned        U, new id  -      End          no         no     -            flash
///     W unconfirmed     U, new id  -      no           X or N     no     -            steady
///     X latched         U, new id  -      no           -          N      -            steady
///
///     End is W if a confirmation is missing, else X if the alert latches, else N.
///     -   changes nothing          no   is refused, with the reason
///
/// *Raise*: `votes` of the last readings were `raise`, and have been so at each reading for the
/// whole `hold`. Votes that stood before the last reading raise nothing while that one is `clear`.
/// *Clear*: every reading for the whole `clear_hold` was `clear`. With `acknowledge = false` a
/// clear leads from U to End. An episode's votes end with it, and after it `cooldown` keeps the
/// next one back. *Repeat*: `repeat` has passed since the alert last called a person or a person
/// acknowledged it; not while it is silenced or mute.
///
/// Beside the phase stand the flags. Under a flag everything above goes on; only `signal` is less.
/// When the last flag that mutes an alert ends, the alert calls at once if it is unacknowledged,
/// and `repeat` and `escalate_after` begin anew.
///
/// Times are CLOCK_BOOTTIME in nanoseconds and never go back. The caller calls `tick` until it
/// returns nil: after each other call, and at `nextDeadline`. O(1); allocates nothing.
struct AlertMachine: BitwiseCopyable, Equatable, Sendable {
  let settings: Settings

  /// Only the files of this type write it.
  var state: State
  /// When the drill ends; it matters with its flag only, and ends with the process.
  var drillUntil: Int64 = 0

  /// The last readings, newest in bit 0: 1 where it was `raise`.
  private var votes: UInt32 = 0
  /// Since when the votes stand; nil: they do not.
  private var votedSince: Int64?
  /// Since when every reading was `clear`; nil: the last one was not.
  private var clearSince: Int64?
  /// `restored` is still to be announced.
  var isRestored = false

  init(_ settings: Settings, _ state: State = State()) {
    (self.settings, self.state) = (settings, state)
  }

  var phase: AlertPhase { state.phase }
  var flags: AlertFlags { state.flags }
  var episode: Int64 { state.episode }
  var stands: Bool { state.stands }

  /// Votes among the last readings.
  var voteCount: Int { votes.nonzeroBitCount }

  // MARK: readings

  /// Takes the next reading, once for each new value.
  ///
  /// - Returns: `raised`, `cleared` or nil.
  mutating func judge(_ reading: Reading, at time: Int64) -> AlertTransition? {
    switch (reading, settings.unknown) {
    case (.unknown, .hold):
      forgetVotes()
      return nil
    case (.raise, _), (.unknown, .raise): count(.raise, at: time)
    case (.clear, _), (.unknown, .clear): count(.clear, at: time)
    case (.between, _): count(.between, at: time)
    }
    return settle(at: time)
  }

  /// After a gap in the samples: votes and delays begin anew. An alert that stands goes on.
  mutating func forgetVotes() { (votes, votedSince, clearSince) = (0, nil, nil) }

  private mutating func count(_ reading: Reading, at time: Int64) {
    votes = votes << 1 | (reading == .raise ? 1 : 0)
    if settings.votesOf < 32 { votes &= 1 << UInt32(settings.votesOf) - 1 }
    votedSince = voteCount >= settings.votesNeeded ? votedSince ?? time : nil
    clearSince = reading == .clear ? clearSince ?? time : nil
  }

  /// Raises or clears what is due.
  private mutating func settle(at time: Int64) -> AlertTransition? {
    if let due = raiseDue, time >= due {
      raise(at: time)
      return .raised
    }
    if let due = clearDue, time >= due {
      clear(at: time)
      return .cleared
    }
    return nil
  }

  private var raiseDue: Int64? {
    guard !phase.isActive, clearSince == nil, let votedSince else { return nil }
    let due = votedSince.later(by: settings.hold)
    return state.clearedAt.map { max(due, $0.later(by: settings.cooldown)) } ?? due
  }

  private var clearDue: Int64? {
    guard phase.isActive, let clearSince else { return nil }
    return clearSince.later(by: settings.clearHold)
  }

  private mutating func raise(at time: Int64) {
    state.episode = max(episode, state.episodeFloor) + 1
    state.repeatCount = 0
    state.isConfirmed = false
    // A pause covers its own episode only, and a drill makes way for what is real.
    state.flags.remove(.silenced)
    state.flags.remove(.escalated)
    state.flags.remove(.drill)
    (state.raisedAt, state.calledAt, state.waitingSince) = (time, time, time)
    enter(.unacknowledged, at: time)
  }

  private mutating func clear(at time: Int64) {
    state.clearedAt = time
    (votes, votedSince) = (0, nil)
    // The next tick ends and announces it.
    if flags.contains(.shelvedOnce) { state.shelfUntil = min(state.shelfUntil, time) }
    let waits = phase == .unacknowledged && settings.needsAcknowledgement
    enter(waits ? .returned : end, at: time)
  }

  /// *End* of the table.
  var end: AlertPhase {
    if settings.needsConfirmation && !state.isConfirmed { return .unconfirmed }
    return settings.latches ? .latched : .normal
  }

  mutating func enter(_ next: AlertPhase, at time: Int64) {
    (state.phase, state.since) = (next, time)
    switch next {
    case .unacknowledged, .acknowledged, .returned: break
    case .unconfirmed, .latched: state.flags.remove(.silenced)
    case .normal:
      state.flags.remove(.silenced)
      state.flags.remove(.first)
      state.repeatCount = 0
    }
  }

  // MARK: time

  /// Does the next thing that is due. What makes an alert audible comes before what it would say.
  mutating func tick(at time: Int64) -> AlertTransition? {
    if isRestored {
      isRestored = false
      if stands { return .restored }
    }
    if let due = drillDue, time >= due {
      state.flags.remove(.drill)
      return .drillEnded
    }
    if let due = shelfDue, time >= due {
      unmute(.anyShelf, at: time)
      return .unshelved
    }
    if let due = silenceDue, time >= due {
      state.flags.remove(.silenced)
      state.calledAt = time
      return .unsilenced
    }
    if let transition = settle(at: time) { return transition }
    if let due = escalationDue, time >= due {
      state.flags.insert(.escalated)
      return .escalated
    }
    if let due = repeatDue, time >= due {
      callAgain(at: time)
      return .repeated
    }
    return nil
  }

  /// When `tick` has something to do, if nothing else happens before; it may be past. Nil: never.
  var nextDeadline: Int64? {
    if isRestored { return state.since }
    var next = earlier(drillDue, shelfDue)
    next = earlier(next, silenceDue)
    next = earlier(next, raiseDue)
    next = earlier(next, clearDue)
    next = earlier(next, escalationDue)
    return earlier(next, repeatDue)
  }

  private var drillDue: Int64? { flags.contains(.drill) ? drillUntil : nil }

  private var shelfDue: Int64? { flags.isShelved ? state.shelfUntil : nil }

  private var silenceDue: Int64? { flags.contains(.silenced) ? state.silenceUntil : nil }

  private var escalationDue: Int64? {
    guard settings.escalateAfter > 0, phase == .unacknowledged,
      !flags.contains(.escalated), !flags.isMute
    else { return nil }
    return state.waitingSince.later(by: settings.escalateAfter)
  }

  private var repeatDue: Int64? {
    guard settings.repeatEvery > 0, !flags.isMute, !flags.contains(.silenced) else { return nil }
    guard phase.isActive else { return nil }
    return state.calledAt.later(by: settings.repeatEvery)
  }

  private mutating func callAgain(at time: Int64) {
    state.repeatCount = state.repeatCount &+ 1 > 0 ? state.repeatCount &+ 1 : .max
    state.calledAt = time
    guard phase == .acknowledged else { return }
    // It has to be seen again, and the remedy was none.
    state.isConfirmed = false
    state.waitingSince = time
    enter(.unacknowledged, at: time)
  }

  /// Takes some of the flags of `AlertFlags.mute` away; at least one was there. An alert that can
  /// be heard again calls at once.
  mutating func unmute(_ ended: AlertFlags, at time: Int64) {
    state.flags.subtract(ended)
    if !flags.isMute { (state.calledAt, state.waitingSince) = (time, time) }
  }
}

extension AlertMachine {
  /// `AlertSettings` as plain numbers; times in nanoseconds.
  struct Settings: BitwiseCopyable, Equatable, Sendable {
    /// `votesNeeded` of the last `votesOf` readings; 1 ≤ needed ≤ of ≤ 32.
    var votesNeeded = 1
    var votesOf = 1
    var hold: Int64 = 0
    var clearHold: Int64 = 0
    var cooldown: Int64 = 0
    /// 0 is never.
    var repeatEvery: Int64 = 0
    /// 0 is never.
    var escalateAfter: Int64 = 0
    var latches = false
    var needsAcknowledgement = true
    var needsConfirmation = false
    var unknown = UnknownPolicy.hold

    init() {}

    init(_ settings: AlertSettings) {
      (votesNeeded, votesOf) = (settings.votes.needed, settings.votes.of)
      precondition(1...32 ~= votesOf && 1...votesOf ~= votesNeeded)
      hold = settings.holdNanoseconds
      clearHold = settings.clearHoldNanoseconds
      cooldown = settings.cooldownNanoseconds
      repeatEvery = settings.repeatNanoseconds
      escalateAfter = settings.escalateNanoseconds
      latches = settings.latch
      needsAcknowledgement = settings.needsAcknowledgement
      needsConfirmation = settings.needsConfirmation
      unknown = settings.unknown
    }
  }
}

extension Int64 {
  /// Later by a time that is not negative; the latest time there is where the sum would not fit.
  func later(by time: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(time)
    return overflows ? .max : sum
  }
}

private func earlier(_ a: Int64?, _ b: Int64?) -> Int64? {
  guard let a else { return b }
  guard let b else { return a }
  return min(a, b)
}
