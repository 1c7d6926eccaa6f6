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
  /// The numbers of episodes that other files know of, by name.
  var numbers: [String: Int64] = [:]

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
      for index in alerts.indices where pending.act.isAbout(alerts[index].name) {
        restored[index].apply(pending.act, AlertMachine.Settings(alerts[index]))
      }
    }
    for index in restored.indices { begin(&restored[index], isOfThisBoot[index]) }
    return restored
  }

  private func begin(_ alert: inout SavedAlert, _ isSameBoot: Bool) {
    alert.state.limitNumbers()
    alert.limitTimes()
    let wasMute = alert.state.flags.isMute
    if alert.state.flags.isShelved {
      alert.state.shelfUntil = moved(
        alert.state.shelfUntil, isSameBoot, max: AlertKeepingLimits.shelfNanosecondsMax)
      if alert.state.shelfUntil == 0 { alert.state.flags.subtract(.anyShelf) }
    }
    if alert.state.flags.contains(.silenced) {
      alert.state.silenceUntil = moved(
        alert.state.silenceUntil, isSameBoot, max: AlertKeepingLimits.pauseNanosecondsMax)
      if alert.state.silenceUntil == 0 { alert.state.flags.remove(.silenced) }
    }
    if !isSameBoot {
      alert.at = past(alert.at) ?? clock.at
      alert.state.since = past(alert.state.since) ?? clock.at
      alert.state.raisedAt = past(alert.state.raisedAt) ?? clock.at
      alert.state.calledAt = past(alert.state.calledAt) ?? clock.at
      alert.state.waitingSince = past(alert.state.waitingSince) ?? clock.at
      // Where nobody knows how long ago it was, nothing keeps the next episode back.
      alert.state.clearedAt = alert.state.clearedAt.flatMap(past)
    }
    // Nobody could hear it while it was shelved.
    if wasMute && !alert.state.flags.isMute {
      (alert.state.calledAt, alert.state.waitingSince) = (clock.at, clock.at)
    }
    // Another boot's clock came from the file too.
    alert.state.limitNumbers()
    alert.limitTimes()
    let floor = max(alert.state.episode, alert.state.episodeFloor)
    let gap = saved.isStopped || saved.clock == nil ? 0 : AlertKeepingLimits.episodeGap
    alert.state.episodeFloor = floor + gap
    if let known = numbers[alert.name], known > alert.state.episodeFloor {
      alert.state.episodeFloor =
        min(known, AlertKeepingLimits.numberMax) + AlertKeepingLimits.episodeGap
    }
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

/// A file may hold any numbers; with these, no sum of the running agent can overflow.
private func limited(_ time: Int64) -> Int64 {
  min(max(time, -AlertKeepingLimits.momentMax), AlertKeepingLimits.momentMax)
}

extension AlertMachine.State {
  fileprivate mutating func limitNumbers() {
    func number(_ number: Int64) -> Int64 { min(max(number, 0), AlertKeepingLimits.numberMax) }
    (episode, episodeFloor) = (number(episode), number(episodeFloor))
    repeatCount = max(repeatCount, 0)
    (since, raisedAt, clearedAt) = (limited(since), limited(raisedAt), clearedAt.map(limited))
    (calledAt, waitingSince) = (limited(calledAt), limited(waitingSince))
    (shelfUntil, silenceUntil) = (limited(shelfUntil), limited(silenceUntil))
  }
}

extension SavedAlert {
  fileprivate mutating func limitTimes() {
    (at, wall, sinceWall) = (limited(at), limited(wall), limited(sinceWall))
  }

  /// What the hot thread would have done, had the agent not ended between the record and the order.
  /// An act that does not fit the phase any more, or is of another episode, changes nothing: this
  /// makes it harmless to apply an act twice.
  fileprivate mutating func apply(_ act: StoredAct, _ settings: AlertMachine.Settings) {
    var machine = AlertMachine(settings, state)
    // A drill ends with the agent.
    guard act.kind != .drill,
      let transition = machine.obey(
        act.kind, isForAll: act.name.isEmpty, askedAt: act.at, at: act.at
      ).transition
    else { return }
    state = machine.state
    (self.transition, person, at, wall) = (transition, act.person, act.at, act.wall)
    if transition == .acknowledged { acknowledgedBy = act.person }
    takeNote(of: act)
  }
}
