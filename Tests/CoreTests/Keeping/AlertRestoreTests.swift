import Testing
import TestSupport

@testable import Config
@testable import Core

/// Goal: what stood, stands; a shelf ends when it would have ended; and where nobody can know, the
/// alert is heard.
/// Method: models of what was saved, restored in the same boot and in another, with clocks that are
/// right, wrong, and gone back.
@Suite struct AlertRestoreTests {
  private static let hour: Int64 = 3_600_000_000_000
  private static let minute: Int64 = 60_000_000_000
  private static let wall: Int64 = 1_800_000_000_000_000_000
  private static let old = ClockNote(boot: "one", at: 10 * hour, wall: wall)

  private static func saved(
    _ change: (inout SavedAlert) -> Void = { _ in }, clock: ClockNote = old,
    acts: [StoredAct] = [], stopped: Bool = true
  ) -> AlertStateModel {
    var alert = SavedAlert(name: "fall")
    (alert.state.phase, alert.state.episode, alert.state.raisedAt, alert.sinceWall) = (
      .unacknowledged, 5, hour, wall
    )
    change(&alert)
    var model = AlertStateModel()
    model.apply(.clock(clock))
    model.apply(.alert(alert))
    for (id, act) in acts.enumerated() { model.apply(.act(id: UInt64(id), act)) }
    if stopped { model.apply(.stopped) }
    return model
  }

  private static func restore(
    _ model: AlertStateModel, _ clock: ClockNote, latch: Bool = false, confirm: Bool = false
  ) -> SavedAlert {
    var settings = Make.alert("fall").settings
    (settings.latch, settings.needsConfirmation) = (latch, confirm)
    return AlertRestore(saved: model, clock: clock).alerts(for: [settings])[0]
  }

  private static func act(_ kind: AlertAct, _ name: String = "fall") -> StoredAct {
    StoredAct(kind: kind, name: name, person: "anna", note: "", at: 10 * hour, wall: wall)
  }

  @Test func `a standing alert stands, also in the next boot`() {
    let next = Self.restore(Self.saved(), ClockNote(boot: "two", at: 50, wall: Self.wall + 1))
    #expect(
      next.state.phase == .unacknowledged && next.state.episode == 5 && next.state.episodeFloor == 5
    )
    #expect(
      next.state.raisedAt == 50 - 9 * Self.hour - 1 && next.sinceWall == Self.wall, "nine hours ago"
    )
    let lost = Self.restore(
      Self.saved { $0.state.clearedAt = 7 }, ClockNote(boot: "two", at: 50, wall: 3))
    #expect(lost.state.raisedAt == 50 && lost.state.clearedAt == nil, "nobody knows how long ago")
    let crashed = Self.restore(Self.saved(stopped: false), Self.old)
    #expect(
      crashed.state.episode == 5 && crashed.state.episodeFloor == 5 + AlertKeepingLimits.episodeGap)
  }

  @Test func `what the logic finds and what a drill did is not restored`() {
    let model = Self.saved {
      $0.state.flags = [.suppressed, .drill, .outOfService, .escalated, .first]
    }
    let machine = AlertMachine(
      AlertMachine.Settings(), restored: Self.restore(model, Self.old).state, at: Self.old.at)
    #expect(machine.flags == [.outOfService, .escalated, .first])
  }

  /// The shelf has an hour left at the last note of the clocks.
  @Test(arguments: [
    // boot, boot time, wall time after the note, the shelf's end (0: it is over)
    ("one", 10 * hour + 1, hour / 2, 11 * hour),
    ("one", 11 * hour, 0, 0),
    ("two", 60, hour / 4, 60 + 3 * hour / 4),
    ("two", 60, hour, 0),
    // The clock went back, or is wrong: nobody knows how long the board was off.
    ("two", 60, -1, 0),
    ("two", 60, -wall, 0),
  ]) func `a shelf ends when it would have ended`(
    boot: String, at: Int64, away: Int64, end: Int64
  ) {
    let model = Self.saved { ($0.state.flags, $0.state.shelfUntil) = (.shelved, 11 * Self.hour) }
    let clock = ClockNote(boot: boot, at: at, wall: Self.wall + away)
    let restored = Self.restore(model, clock)
    #expect(restored.state.shelfUntil == end)
    #expect(restored.state.flags == (end == 0 ? [] : .shelved))
  }

  @Test func `a shelf of a board that did not know the time ends with its boot`() {
    let clock = ClockNote(boot: "one", at: 10 * Self.hour, wall: 5)
    let model = Self.saved(
      { ($0.state.flags, $0.state.shelfUntil) = (.shelvedOnce, 11 * Self.hour) }, clock: clock)
    let restored = Self.restore(model, ClockNote(boot: "two", at: 1, wall: Self.wall))
    #expect(restored.state.flags == [] && restored.state.shelfUntil == 0)
    // No shelf is longer than a day, whatever the file says.
    let forever = Self.saved { ($0.state.flags, $0.state.shelfUntil) = (.shelved, .max) }
    #expect(Self.restore(forever, Self.old).state.flags == [])
  }

  @Test func `an act that was written and not done is done`() {
    func phase(
      _ kinds: [AlertAct], from phase: AlertPhase = .unacknowledged, latch: Bool = false,
      confirm: Bool = false
    ) -> AlertPhase {
      let model = Self.saved({ $0.state.phase = phase }, acts: kinds.map { Self.act($0) })
      return Self.restore(model, Self.old, latch: latch, confirm: confirm).state.phase
    }
    #expect(phase([.acknowledge(episode: 5)]) == .acknowledged)
    #expect(phase([.acknowledge(episode: 4)]) == .unacknowledged)
    #expect(phase([.acknowledge(episode: 5)], from: .returned) == .normal)
    #expect(phase([.acknowledge(episode: 5)], from: .returned, latch: true) == .latched)
    #expect(phase([.acknowledge(episode: 5)], from: .returned, confirm: true) == .unconfirmed)
    #expect(phase([.confirm(episode: 5)]) == .unacknowledged, "not before it is acknowledged")
    let confirmed = Self.saved(
      { $0.state.phase = .acknowledged }, acts: [Self.act(.confirm(episode: 5))])
    #expect(Self.restore(confirmed, Self.old, confirm: true).state.isConfirmed)
    #expect(!Self.restore(confirmed, Self.old).state.isConfirmed, "nobody has to")
    #expect(phase([.confirm(episode: 5)], from: .unconfirmed, latch: true) == .latched)
    #expect(phase([.reset(episode: 5)], from: .latched) == .normal)
    #expect(phase([.reset(episode: 5)], from: .acknowledged) == .acknowledged)
    #expect(phase([.acknowledge(episode: 5), .acknowledge(episode: 5)]) == .acknowledged)
  }

  @Test func `shelves, service and silence that were written are there`() {
    let end = 10 * Self.hour + 60_000_000_000
    let model = Self.saved(acts: [
      Self.act(.shelve(until: end)), Self.act(.service(isOut: true)),
      Self.act(.silence(until: end), ""),
    ])
    let restored = Self.restore(model, Self.old)
    #expect(restored.state.flags == [.shelved, .outOfService, .silenced])
    #expect(restored.state.shelfUntil == end && restored.state.silenceUntil == end)
  }

  /// What the restored alert says by itself, and how many minutes after the start.
  private static func said(
    _ change: (inout AlertMachine.State) -> Void, away minutes: Int64, boot: String = "two"
  ) -> [String] {
    let model = saved {
      $0.state.waitingSince = old.at - 30 * minute
      change(&$0.state)
    }
    let begin = boot == "one" ? old.at + minutes * minute : 60
    let restored = restore(model, ClockNote(boot: boot, at: begin, wall: wall + minutes * minute))
    var machine = AlertMachine(
      AlertBench.settings { $0.escalateAfter = 40 * minute }, restored: restored.state, at: begin)
    var said: [String] = []
    while let due = machine.nextDeadline, said.count < 10 {
      let now = max(due, begin)
      while let transition = machine.tick(at: now) {
        said.append("\(transition) \((now - begin) / minute)")
      }
    }
    return said
  }

  /// It waits 40 minutes for a person, and 30 of them were over at the last note of the clocks.
  @Test(arguments: ["one", "two"])
  func `an alert escalates when a person could have heard it for so long`(boot: String) {
    #expect(Self.said({ _ in }, away: 6, boot: boot) == ["restored 0", "escalated 4"])
    #expect(Self.said({ _ in }, away: 20, boot: boot) == ["restored 0", "escalated 0"])
    let suppressed = Self.said({ $0.flags = .suppressed }, away: 20, boot: boot)
    #expect(suppressed == ["restored 0", "escalated 40"])
    for shelf in [AlertFlags.shelved, .shelvedOnce] {
      let shelved = Self.said(
        { ($0.flags, $0.shelfUntil) = (shelf, 11 * Self.hour) }, away: 20, boot: boot)
      #expect(shelved == ["restored 0", "unshelved 40", "escalated 80"])
      let over = Self.said(
        { ($0.flags, $0.shelfUntil) = (shelf, 10 * Self.hour + 5 * Self.minute) }, away: 20,
        boot: boot)
      #expect(over == ["restored 0", "escalated 40"], "nobody could hear it on the shelf")
    }
    #expect(Self.said({ $0.flags = .outOfService }, away: 20, boot: boot) == ["restored 0"])
    let escalated = Self.said({ $0.flags = .escalated }, away: 20, boot: boot)
    #expect(escalated == ["restored 0"], "once an episode")
  }

  @Test func `numbers of an alert that left come back with it`() {
    let model = Self.saved()
    let all = AlertRestore(saved: model, clock: Self.old).alerts(for: [Make.alert("pump").settings])
    #expect(all.map { $0.name } == ["pump", "fall"] && all[1].state.episode == 5)
    #expect(
      all[0]
        == {
          var alert = SavedAlert(name: "pump")
          alert.state.episodeFloor = 0
          return alert
        }())
  }

  @Test func `a transition settles its act, and a refusal takes it away`() {
    var model = Self.saved(acts: [Self.act(.shelve(until: 11 * Self.hour))], stopped: false)
    #expect(model.acts.count == 1)
    let event = AlertEvent(
      alert: 0, transition: .shelved, phase: .unacknowledged, flags: .shelved, episode: 5,
      value: 1, sample: 1, arrival: 1, wall: 2, latency: 0)
    let transition = KeptTransition(event) { $0.shelfUntil = 11 * Self.hour }
    model.apply(.alert(model.after(transition, name: "fall")))
    #expect(model.acts.isEmpty)
    #expect(model.alert(named: "fall")?.state.shelfUntil == 11 * Self.hour)
    model.apply(.act(id: 77, Self.act(.reset(episode: 5))))
    model.apply(.settled(act: 77, isDone: false))
    #expect(model.acts.isEmpty)
  }
}
