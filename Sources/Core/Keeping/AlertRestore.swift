import Config
import System

/// The alerts of a run, from what the run before wrote. Pure.
///
/// What stood, stands. A second acknowledgement does no harm, a lost alert does; so where this
/// cannot know whether somebody still wants quiet, the alert is heard.
struct AlertRestore {
  /// What the records of the file added up to.
  let saved: AlertStateModel
  /// Now.
  let clock: ClockNote
  /// What the last run had told and perhaps not written yet.
  var standing: [StandingRecord] = []

  /// - Parameter alerts: of the configuration. An alert that is not among them keeps its numbers.
  /// - Returns: one for each of `alerts`, in their order, and then those that left.
  func alerts(for alerts: [AlertSettings]) -> [SavedAlert] {
    var restored = alerts.map { settings in
      saved.alert(named: settings.name) ?? SavedAlert(name: settings.name)
    }
    let gone = saved.alerts.filter { old in
      !alerts.contains { $0.name.utf8.elementsEqual(old.name.utf8) }
    }
    restored += gone.prefix(max(0, AlertKeepingLimits.namesMax - alerts.count))
    let boot = StandingRecord.mark(of: clock.boot)
    var isOfThisBoot = restored.map { _ in isSameBoot }
    // A board that cannot tell its boots apart takes none.
    if !clock.boot.isEmpty {
      for index in alerts.indices {
        for record in standing where restored[index].isOlder(than: record, boot: boot) {
          restored[index].take(record)
          isOfThisBoot[index] = true
        }
      }
    }
    for pending in saved.acts {
      for index in restored.indices where pending.act.isAbout(restored[index].name) {
        let settings = index < alerts.count ? alerts[index] : nil
        restored[index].apply(pending.act, settings)
      }
    }
    for index in restored.indices { begin(&restored[index], isOfThisBoot[index]) }
    return restored
  }

  private func begin(_ alert: inout SavedAlert, _ isSameBoot: Bool) {
    alert.limitNumbers()
    // The logic finds these again; a drill ends with the agent.
    alert.flags.subtract([.suppressed, .drill])
    alert.shelfEnd =
      alert.flags.isDisjoint(with: [.shelved, .shelvedOnce])
      ? 0 : moved(alert.shelfEnd, isSameBoot, max: AlertKeepingLimits.shelfNanosecondsMax)
    if alert.shelfEnd == 0 { alert.flags.subtract([.shelved, .shelvedOnce]) }
    alert.silenceEnd =
      alert.flags.contains(.silenced)
      ? moved(alert.silenceEnd, isSameBoot, max: AlertKeepingLimits.pauseNanosecondsMax) : 0
    if alert.silenceEnd == 0 { alert.flags.remove(.silenced) }
    if !isSameBoot {
      alert.at = past(alert.at) ?? clock.at
      alert.since = past(alert.since) ?? clock.at
      // Where nobody knows how long ago it was, nothing keeps the next episode back.
      alert.clearedAt = past(alert.clearedAt) ?? 0
    }
    // Another boot's clock came from the file too.
    alert.limitNumbers()
    let floor = max(alert.episode, alert.episodeFloor)
    let gap = saved.isStopped || saved.clock == nil ? 0 : AlertKeepingLimits.episodeGap
    alert.episodeFloor = floor + gap
  }

  private var isSameBoot: Bool {
    guard let old = saved.clock, !old.boot.isEmpty else { return false }
    return old.boot.utf8.elementsEqual(clock.boot.utf8)
  }

  /// A moment of the boot before in this boot's time, which may be below 0; nil where nobody knows
  /// how long the board was off. 0, which is no moment, stays.
  private func past(_ time: Int64) -> Int64? {
    guard time != 0 else { return 0 }
    guard let old = saved.clock, let before = Clock.plausible(old.wall),
      let now = Clock.plausible(clock.wall), now >= before
    else { return nil }
    let age = old.at.subtractingReportingOverflow(time)
    let all = age.partialValue.addingReportingOverflow(now - before)
    let moved = clock.at.subtractingReportingOverflow(all.partialValue)
    guard !age.overflow, !all.overflow, !moved.overflow, all.partialValue >= 0 else { return nil }
    return moved.partialValue
  }

  /// The end of a shelf or a silence in this boot's time; 0 if it is over, or if nobody can know.
  private func moved(_ end: Int64, _ isSameBoot: Bool, max longest: Int64) -> Int64 {
    guard end > 0 else { return 0 }
    if isSameBoot {
      let left = end.subtractingReportingOverflow(clock.at)
      return !left.overflow && left.partialValue > 0 && left.partialValue <= longest ? end : 0
    }
    guard let old = saved.clock, let before = Clock.plausible(old.wall),
      let now = Clock.plausible(clock.wall)
    else { return 0 }
    let left = end.subtractingReportingOverflow(old.at)
    let away = now.subtractingReportingOverflow(before)
    // A clock that went back must not make a shelf longer.
    guard !left.overflow, !away.overflow, away.partialValue >= 0,
      left.partialValue > away.partialValue, left.partialValue <= longest
    else { return 0 }
    return clock.at + (left.partialValue - away.partialValue)
  }
}

extension StoredAct {
  fileprivate func isAbout(_ alert: String) -> Bool {
    name.isEmpty || name.utf8.elementsEqual(alert.utf8)
  }
}

extension SavedAlert {
  /// A file may hold any numbers; with these, no sum of the running agent can overflow.
  fileprivate mutating func limitNumbers() {
    func number(_ number: Int64) -> Int64 { min(max(number, 0), AlertKeepingLimits.numberMax) }
    func moment(_ time: Int64) -> Int64 {
      min(max(time, -AlertKeepingLimits.momentMax), AlertKeepingLimits.momentMax)
    }
    (episode, episodeFloor) = (number(episode), number(episodeFloor))
    repeatCount = max(repeatCount, 0)
    (at, wall, since) = (moment(at), moment(wall), moment(since))
    (sinceWall, clearedAt) = (moment(sinceWall), moment(clearedAt))
    (shelfEnd, silenceEnd) = (moment(shelfEnd), moment(silenceEnd))
  }

  /// What the hot thread would have done, had the agent not ended between the record and the order.
  /// An act that does not fit the phase any more, or is of another episode, changes nothing: this
  /// makes it harmless to apply an act twice.
  ///
  /// - Parameter settings: nil for an alert that left the configuration: its numbers alone matter.
  fileprivate mutating func apply(_ act: StoredAct, _ settings: AlertSettings?) {
    switch act.kind {
    case .acknowledge(let of) where of == episode:
      switch phase {
      case .unacknowledged: phase = .acknowledged
      case .returned: phase = end(settings, isConfirmed: false)
      default: return
      }
      acknowledgedBy = act.person
      done(.acknowledged, act)
    case .confirm(let of) where of == episode:
      switch phase {
      case .acknowledged:
        guard settings?.needsConfirmation ?? false, !isConfirmed else { return }
        isConfirmed = true
      case .unconfirmed: phase = end(settings, isConfirmed: true)
      default: return
      }
      done(.confirmed, act)
    case .reset(let of) where of == episode && phase == .latched:
      phase = .normal
      done(.reset, act)
    case .shelve(let until) where !flags.contains(.shelved): shelve(.shelved, until, act)
    case .shelveOnce(let until) where !flags.contains(.shelvedOnce):
      shelve(.shelvedOnce, until, act)
    case .unshelve where !flags.isDisjoint(with: [.shelved, .shelvedOnce]):
      flags.subtract([.shelved, .shelvedOnce])
      done(.unshelved, act)
    case .service(let isOut) where flags.contains(.outOfService) != isOut:
      if isOut { flags.insert(.outOfService) } else { flags.remove(.outOfService) }
      done(isOut ? .outOfService : .inService, act)
    case .silence(let until) where (phase.isActive || phase == .returned) && since <= act.at:
      flags.insert(.silenced)
      silenceEnd = until
    default: break
    }
  }

  private mutating func shelve(_ shelf: AlertFlags, _ until: Int64, _ act: StoredAct) {
    flags.subtract([.shelved, .shelvedOnce])
    flags.insert(shelf)
    shelfEnd = until
    done(.shelved, act)
  }

  private mutating func done(_ transition: AlertTransition, _ act: StoredAct) {
    (self.transition, person, at, wall) = (transition, act.person, act.at, act.wall)
    if !act.note.isEmpty { note = act.note }
  }

  /// The phase after the condition is over and a person has acknowledged it.
  private func end(_ settings: AlertSettings?, isConfirmed: Bool) -> AlertPhase {
    guard let settings else { return .normal }
    if settings.needsConfirmation && !isConfirmed { return .unconfirmed }
    return settings.latch ? .latched : .normal
  }
}
