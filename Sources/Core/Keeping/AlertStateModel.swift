import System

/// What the records of the state file add up to. Pure: it knows no file and no clock.
struct AlertStateModel: Equatable {
  struct PendingAct: Equatable {
    let id: UInt64
    let act: StoredAct
  }

  private(set) var alerts: [SavedAlert] = []
  /// Acts that were written, and whose outcome was not.
  private(set) var acts: [PendingAct] = []
  private(set) var overrides: [SavedOverride] = []
  private(set) var clock: ClockNote?
  /// Nothing came after the record of a proper stop.
  private(set) var isStopped = false

  mutating func apply(_ record: AlertRecord) {
    isStopped = record == .stopped
    switch record {
    case .alert(let alert): take(alert)
    case .act(let id, let act):
      if acts.count >= AlertKeepingLimits.actsMax { acts.removeFirst() }
      acts.append(PendingAct(id: id, act: act))
    case .settled(let id, let isDone): settle(id, isDone: isDone)
    case .levels(let saved):
      removeLevels(of: saved.condition)
      overrides.append(saved)
    case .noLevels(let condition): removeLevels(of: condition)
    case .clock(let note): clock = note
    case .stopped, .audit: break
    }
  }

  /// The outcome of the act with that number is not known.
  func awaits(_ id: UInt64) -> Bool { acts.contains { $0.id == id } }

  func alert(named name: String) -> SavedAlert? {
    index(of: name).map { alerts[$0] }
  }

  private func index(of name: String) -> Int? {
    alerts.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
  }

  /// The state after a transition of the hot thread, with the note of the act that caused it.
  func after(_ transition: KeptTransition, name: String) -> SavedAlert {
    var alert = alert(named: name) ?? SavedAlert(name: name)
    alert.take(transition)
    for pending in acts where pending.act.caused(transition.event.transition, of: name) {
      alert.takeNote(of: pending.act)
    }
    return alert
  }

  private mutating func take(_ alert: SavedAlert) {
    if let index = index(of: alert.name) {
      alerts[index] = alert
    } else {
      // The one that said nothing for longest makes room.
      if alerts.count >= AlertKeepingLimits.namesMax {
        let oldest = alerts.indices.min { alerts[$0].wall < alerts[$1].wall }!
        alerts.remove(at: oldest)
      }
      alerts.append(alert)
    }
    // The transition shows that the act was applied, also where the agent ended before it wrote
    // that down. An act of all alerts ends with its own record.
    acts.removeAll { !$0.act.name.isEmpty && $0.act.caused(alert.transition, of: alert.name) }
  }

  private mutating func settle(_ id: UInt64, isDone: Bool) {
    guard let place = acts.firstIndex(where: { $0.id == id }) else { return }
    let act = acts.remove(at: place).act
    if isDone, let alert = index(of: act.name) { alerts[alert].takeNote(of: act) }
  }

  private mutating func removeLevels(of condition: String) {
    overrides.removeAll { $0.condition.utf8.elementsEqual(condition.utf8) }
  }

  /// The whole state as records, for a new file.
  var records: [AlertRecord] {
    var records: [AlertRecord] = []
    if let clock { records.append(.clock(clock)) }
    records += alerts.map { .alert($0) }
    records += overrides.map { .levels($0) }
    records += acts.map { .act(id: $0.id, $0.act) }
    return records
  }

  /// Replaces what stands, after a restore.
  mutating func begin(_ alerts: [SavedAlert], _ clock: ClockNote) {
    (self.alerts, self.clock, acts, isStopped) = (alerts, clock, [], false)
  }

  mutating func keepOverrides(_ isKept: (SavedOverride) -> Bool) {
    overrides = overrides.filter(isKept)
  }
}

extension StoredAct {
  /// The transition is the one that this act asks for.
  func caused(_ transition: AlertTransition, of alert: String) -> Bool {
    guard isAbout(alert) else { return false }
    switch (kind, transition) {
    case (.acknowledge, .acknowledged), (.confirm, .confirmed), (.reset, .reset),
      (.shelve, .shelved), (.shelveOnce, .shelved), (.unshelve, .unshelved),
      (.service(isOut: true), .outOfService), (.service(isOut: false), .inService),
      (.silence, .silenced), (.drill, .drillBegan):
      return true
    default: return false
    }
  }
}

extension SavedAlert {
  /// What the person wrote. Of an act on all alerts, the audit has it.
  mutating func takeNote(of act: StoredAct) {
    guard !act.note.isEmpty, !act.name.isEmpty else { return }
    note = act.note.cut(toBytes: AlertKeepingLimits.noteBytesMax)
  }
}
