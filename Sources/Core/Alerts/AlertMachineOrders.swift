// What people and the configuration's logic ask of an alert. `AlertMachine` has the table.

extension AlertMachine {
  /// Carries out what a person asked.
  ///
  /// - Parameters:
  ///   - isForAll: the person asked it of all alerts.
  ///   - asked: when the person did. What stood then is meant: the disk may have kept the order
  ///     back since, and an episode that began meanwhile has been seen by nobody.
  mutating func obey(
    _ act: AlertAct, isForAll: Bool = false, askedAt asked: Int64, at time: Int64
  ) -> AlertAnswer {
    if stands, state.raisedAt > asked, !act.namesItsEpisode(isForAll: isForAll) {
      return .refused(.wrongEpisode(standing: episode))
    }
    return switch act {
    case .acknowledge(let episode): acknowledge(episode: episode, at: time)
    case .confirm(let episode): confirm(episode: episode, at: time)
    case .reset(let episode): reset(episode: episode, at: time)
    case .shelve(let until): shelve(until: until, now: time)
    case .shelveOnce(let until): shelveOnce(until: until, now: time)
    case .unshelve: unshelve(at: time)
    case .service(let isOut): service(isOut: isOut, at: time)
    case .silence(let until): silence(until: until, now: time)
    case .drill:
      beginDrill(until: time.later(by: AlertKeepingLimits.drillNanoseconds), now: time)
    }
  }

  /// A person has seen the episode with that number; 0 is the one that stands.
  mutating func acknowledge(episode number: Int64 = 0, at time: Int64) -> AlertAnswer {
    if let refusal = refusal(of: number) { return .refused(refusal) }
    switch phase {
    case .unacknowledged:
      state.calledAt = time
      enter(.acknowledged, at: time)
    case .returned: enter(end, at: time)
    case .normal, .acknowledged, .unconfirmed, .latched: return .refused(.alreadyAcknowledged)
    }
    return .done(.acknowledged)
  }

  /// A person has removed the cause.
  mutating func confirm(episode number: Int64 = 0, at time: Int64) -> AlertAnswer {
    if let refusal = refusal(of: number) { return .refused(refusal) }
    switch phase {
    case .latched: return .unchanged
    case .unconfirmed:
      state.isConfirmed = true
      enter(end, at: time)
      return .done(.confirmed)
    case .normal, .unacknowledged, .acknowledged, .returned: break
    }
    if !settings.needsConfirmation { return .refused(.nothingToConfirm) }
    if phase != .acknowledged { return .refused(.notAcknowledged) }
    if state.isConfirmed { return .refused(.alreadyConfirmed) }
    state.isConfirmed = true
    return .done(.confirmed)
  }

  /// A person ends a latched alert.
  mutating func reset(episode number: Int64 = 0, at time: Int64) -> AlertAnswer {
    if phase == .normal { return .unchanged }
    if let refusal = refusal(of: number) { return .refused(refusal) }
    if phase == .latched {
      enter(.normal, at: time)
      return .done(.reset)
    }
    if !settings.latches { return .refused(.notLatched) }
    switch phase {
    case .returned: return .refused(.notAcknowledged)
    case .unconfirmed: return .refused(.notConfirmed)
    case .normal, .unacknowledged, .acknowledged, .latched: return .refused(.notReturned)
    }
  }

  private func refusal(of number: Int64) -> AlertRefusal? {
    if !stands { return .notStanding }
    return number == 0 || number == episode ? nil : .wrongEpisode(standing: episode)
  }

  // MARK: keeping it quiet

  /// Quiet until `end`, however often the alert is raised. The caller holds the longest time.
  mutating func shelve(until end: Int64, now: Int64) -> AlertAnswer {
    shelve(.shelved, until: end, now: now)
  }

  /// Quiet until the alert's condition is over the next time, and until `end` at the latest.
  mutating func shelveOnce(until end: Int64, now: Int64) -> AlertAnswer {
    shelve(.shelvedOnce, until: end, now: now)
  }

  private mutating func shelve(
    _ shelf: AlertFlags, until end: Int64, now: Int64
  ) -> AlertAnswer {
    if flags.contains(shelf) { return .refused(.alreadyShelved) }
    if end <= now { return .refused(.timeIsPast) }
    // The other kind of shelf makes way, without a moment between in which the alert is heard.
    state.flags.subtract(.anyShelf)
    state.flags.insert(shelf)
    state.shelfUntil = end
    return .done(.shelved)
  }

  mutating func unshelve(at time: Int64) -> AlertAnswer {
    if !flags.isShelved { return .refused(.notShelved) }
    unmute(.anyShelf, at: time)
    return .done(.unshelved)
  }

  /// Maintenance takes the alert out of service, and gives it back.
  mutating func service(isOut: Bool, at time: Int64) -> AlertAnswer {
    if isOut {
      guard !flags.contains(.outOfService) else { return .refused(.alreadyOutOfService) }
      state.flags.insert(.outOfService)
      return .done(.outOfService)
    }
    guard flags.contains(.outOfService) else { return .refused(.notOutOfService) }
    unmute(.outOfService, at: time)
    return .done(.inService)
  }

  /// Whether one of the conditions of `suppress_when` is true; no person asks for it.
  mutating func suppress(_ isSuppressed: Bool, at time: Int64) -> AlertTransition? {
    if isSuppressed == flags.contains(.suppressed) { return nil }
    if isSuppressed {
      state.flags.insert(.suppressed)
      return .suppressed
    }
    unmute(.suppressed, at: time)
    return .unsuppressed
  }

  /// The sound of the episode that stands is off until `end`, and `repeat` waits for so long.
  /// Another time replaces the one before.
  mutating func silence(until end: Int64, now: Int64) -> AlertAnswer {
    switch phase {
    case .normal: return .refused(.notStanding)
    case .unconfirmed, .latched: return .refused(.nothingToSilence)
    case .unacknowledged, .acknowledged, .returned: break
    }
    if end <= now { return .refused(.timeIsPast) }
    state.flags.insert(.silenced)
    state.silenceUntil = end
    return .done(.silenced)
  }

  // MARK: groups and drills

  /// Whether it was the first alert of its group that stood; the caller knows the group. Normal
  /// ends it.
  mutating func mark(isFirst: Bool) {
    if isFirst && stands { state.flags.insert(.first) } else { state.flags.remove(.first) }
  }

  /// Outputs show the alert until `end` as if it had been raised. A real episode ends the drill.
  mutating func beginDrill(until end: Int64, now: Int64) -> AlertAnswer {
    if stands { return .refused(.standing) }
    if flags.contains(.drill) { return .refused(.alreadyDrilled) }
    if end <= now { return .refused(.timeIsPast) }
    state.flags.insert(.drill)
    // The last episode's: a drill reaches no further than the alert's own outputs.
    state.flags.remove(.escalated)
    drillUntil = end
    return .done(.drillBegan)
  }
}

extension AlertAct {
  /// It hits the episode that it means, or none; or it is about the alert and about no episode.
  fileprivate func namesItsEpisode(isForAll: Bool) -> Bool {
    switch self {
    case .acknowledge(let episode), .confirm(let episode), .reset(let episode):
      !isForAll && episode != 0
    case .silence: false
    case .shelve, .shelveOnce, .unshelve, .service, .drill: true
    }
  }
}
