// What people and the configuration's logic ask of an alert. `AlertMachine` has the table.

extension AlertMachine {
  /// A person has seen the episode with that number; 0 is the one that stands.
  mutating func acknowledge(episode number: Int64 = 0, at time: Int64) -> AlertAnswer {
    if let refusal = refusal(of: number) { return .refused(refusal) }
    switch phase {
    case .unacknowledged:
      calledAt = time
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
      isConfirmed = true
      enter(end, at: time)
      return .done(.confirmed)
    case .normal, .unacknowledged, .acknowledged, .returned: break
    }
    if !settings.needsConfirmation { return .refused(.nothingToConfirm) }
    if phase != .acknowledged { return .refused(.notAcknowledged) }
    if isConfirmed { return .refused(.alreadyConfirmed) }
    isConfirmed = true
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
    flags.subtract(.anyShelf)
    flags.insert(shelf)
    shelfUntil = end
    return .done(.shelved)
  }

  mutating func unshelve(at time: Int64) -> AlertAnswer {
    if flags.isDisjoint(with: .anyShelf) { return .refused(.notShelved) }
    unmute(.anyShelf, at: time)
    return .done(.unshelved)
  }

  /// Maintenance takes the alert out of service, and gives it back.
  mutating func service(isOut: Bool, at time: Int64) -> AlertAnswer {
    if isOut {
      guard !flags.contains(.outOfService) else { return .refused(.alreadyOutOfService) }
      flags.insert(.outOfService)
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
      flags.insert(.suppressed)
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
    flags.insert(.silenced)
    silenceUntil = end
    return .done(.silenced)
  }

  // MARK: groups and drills

  /// Whether it was the first alert of its group that stood; the caller knows the group. Normal
  /// ends it.
  mutating func mark(isFirst: Bool) {
    if isFirst && stands { flags.insert(.first) } else { flags.remove(.first) }
  }

  /// Outputs show the alert until `end` as if it had been raised. A real episode ends the drill.
  mutating func beginDrill(until end: Int64, now: Int64) -> AlertAnswer {
    if stands { return .refused(.standing) }
    if flags.contains(.drill) { return .refused(.alreadyDrilled) }
    if end <= now { return .refused(.timeIsPast) }
    flags.insert(.drill)
    drillUntil = end
    return .done(.drillBegan)
  }

  mutating func endDrill() -> AlertAnswer {
    if !flags.contains(.drill) { return .refused(.notDrilled) }
    flags.remove(.drill)
    return .done(.drillEnded)
  }
}
