import Config

/// All alerts and their conditions. The flow brings samples and scores, the housekeeping brings the
/// board's health and the time, the control thread brings what people ask; the board answers with
/// transitions.
///
///     sample, score, health ─▶ ConditionTable ─▶ AlertMachine of each alert ─▶ transitions
///                                          time, orders ──┘
///
/// Hot, but for `init`: allocates nothing. Times are CLOCK_BOOTTIME in nanoseconds. An arrival may
/// be older than the last look at the clock; for the alerts, time never goes back.
final class AlertBoard {
  /// Gets each transition as it happens, with the person who asked for it.
  typealias Announce = (Alert, AlertTransition, PersonName) -> Void

  let conditions: ConditionTable
  let alerts: [Alert]
  /// For each condition the alerts that it raises, and those that it suppresses.
  private let raisedBy: [[Int]]
  private let suppressedBy: [[Int]]
  /// For each sensor the alerts whose votes end with a gap in its samples.
  private let fedBy: [[Int]]
  /// For each alert the other alerts of its group.
  private let companions: [[Int]]
  private var latest: Int64
  /// The board has nothing to do by itself before this.
  private(set) var nextDeadline: Int64 = .min

  /// Every label is unknown until `rebind`.
  ///
  /// - Parameters:
  ///   - saved: what is known of each alert from before; nil: nothing.
  ///   - time: ages count from here for what has never come.
  init(
    _ configuration: Configuration, restored saved: [AlertMachine.State?] = [], at time: Int64
  ) {
    latest = time
    conditions = ConditionTable(
      configuration.conditions, sensors: configuration.sensors,
      pipelines: configuration.pipelines, at: time)
    alerts = configuration.alerts.indices.map { index in
      let settings = AlertMachine.Settings(configuration.alerts[index])
      let machine = (saved.indices.contains(index) ? saved[index] : nil).map {
        AlertMachine(settings, restored: $0, at: time)
      }
      return Alert(index: index, in: configuration, machine: machine)
    }
    let all = configuration.alerts
    raisedBy = configuration.conditions.indices.map { condition in
      all.indices.filter { all[$0].condition == condition }
    }
    suppressedBy = configuration.conditions.indices.map { condition in
      all.indices.filter { all[$0].suppressors.contains(condition) }
    }
    fedBy = configuration.sensors.map { sensor in
      all.indices.filter { configuration.dependsOn(all[$0].condition, sensor: sensor.name) }
    }
    companions = all.indices.map { index in
      guard let group = all[index].group else { return [] }
      return all.indices.filter { $0 != index && all[$0].group == group }
    }
  }

  /// Alerts that are not normal.
  var standingCount: Int {
    var count = 0
    for alert in alerts where alert.machine.stands { count += 1 }
    return count
  }

  var raiseCount: Int64 {
    var count: Int64 = 0
    for alert in alerts { count += alert.raiseCount }
    return count
  }

  /// Another version of the pipeline's model scores from the next window on: its labels may have
  /// other places.
  func rebind(_ pipeline: ScoringPipeline) {
    conditions.rebind(pipeline: pipeline.index, labelIndices: pipeline.model.watchedLabels)
  }

  // MARK: inputs

  /// The samples of one sensor, a value for each field.
  func sample(
    sensor: Int, values: UnsafeBufferPointer<Float>, at arrival: Int64, _ announce: Announce
  ) {
    let time = advance(to: arrival)
    judge(conditions.sample(sensor: sensor, values: values, at: time), at: time, announce)
  }

  /// The scores of one window, a value for each label.
  func score(
    pipeline: Int, values: UnsafeBufferPointer<Float>, at arrival: Int64, _ announce: Announce
  ) {
    let time = advance(to: arrival)
    judge(conditions.score(pipeline: pipeline, values: values, at: time), at: time, announce)
  }

  /// A state of the board, for the condition of that index; nil where it cannot be said.
  func health(_ condition: Int, _ isSo: Bool?, at now: Int64, _ announce: Announce) {
    let time = advance(to: now)
    judge(conditions.health(condition, isSo, at: time), at: time, announce)
  }

  /// A share, for the condition of that index; nil where it cannot be said.
  func share(_ condition: Int, _ share: Float?, at now: Int64, _ announce: Announce) {
    let time = advance(to: now)
    judge(conditions.share(condition, share, at: time), at: time, announce)
  }

  /// The next samples of that sensor do not continue those before: votes and delays begin anew.
  func gap(sensor: Int) {
    conditions.gap(sensor: sensor)
    for index in fedBy[sensor] { alerts[index].machine.forgetVotes() }
  }

  /// Does what is due by time alone.
  func tick(at now: Int64, _ announce: Announce) {
    guard now >= nextDeadline else { return }
    let time = advance(to: now)
    judge(conditions.tick(at: time), at: time, announce)
    nextDeadline = conditions.nextDeadline ?? .max
    for alert in alerts { settle(alert, at: time, PersonName(), announce) }
  }

  private func advance(to time: Int64) -> Int64 {
    latest = max(latest, time)
    return latest
  }

  // MARK: judging

  private func judge(_ news: ConditionTable.News, at time: Int64, _ announce: Announce) {
    // A suppression begins before the alert is judged and ends after it: an alert that its cause
    // explains makes no sound at all, and neither does one that ends together with its cause.
    for condition in news {
      for index in suppressedBy[condition] where isSuppressed(alerts[index]) {
        suppress(alerts[index], at: time, announce)
      }
    }
    for condition in news {
      let reading = conditions[condition].reading
      for index in raisedBy[condition] {
        let alert = alerts[index]
        let stood = alert.machine.stands
        if let transition = alert.machine.judge(reading, at: time) {
          // One that still stood keeps its mark: it was first before.
          if transition == .raised && !stood { mark(alert) }
          tell(alert, transition, PersonName(), announce)
        }
        settle(alert, at: time, PersonName(), announce)
      }
    }
    for condition in news {
      for index in suppressedBy[condition] { suppress(alerts[index], at: time, announce) }
    }
  }

  private func isSuppressed(_ alert: Alert) -> Bool {
    for condition in alert.settings.suppressors where conditions[condition].truth == true {
      return true
    }
    return false
  }

  private func suppress(_ alert: Alert, at time: Int64, _ announce: Announce) {
    if let transition = alert.machine.suppress(isSuppressed(alert), at: time) {
      tell(alert, transition, PersonName(), announce)
    }
    settle(alert, at: time, PersonName(), announce)
  }

  /// What is due now, and when the next is.
  private func settle(
    _ alert: Alert, at time: Int64, _ person: PersonName, _ announce: Announce
  ) {
    let stood = alert.machine.stands
    while let transition = alert.machine.tick(at: time) {
      if transition == .raised && !stood { mark(alert) }
      tell(alert, transition, person, announce)
    }
    if let deadline = alert.machine.nextDeadline { nextDeadline = min(nextDeadline, deadline) }
  }

  private func tell(
    _ alert: Alert, _ transition: AlertTransition, _ person: PersonName, _ announce: Announce
  ) {
    alert.counted(transition, by: person)
    announce(alert, transition, person)
  }

  /// The first alert of a group to stand is the likely cause; those of the same moment are all
  /// first.
  private func mark(_ alert: Alert) {
    var isFirst = !companions[alert.index].isEmpty
    for index in companions[alert.index] {
      let other = alerts[index].machine
      if other.stands && other.state.raisedAt < alert.machine.state.raisedAt { isFirst = false }
    }
    alert.machine.mark(isFirst: isFirst)
  }

  // MARK: orders

  /// Carries out what a person asks of one alert.
  func obey(_ order: AlertOrder, _ alert: Alert, at now: Int64, _ announce: Announce) -> AlertAnswer
  {
    let time = advance(to: now)
    let answer = carryOut(order, alert, at: time)
    if let transition = answer.transition { tell(alert, transition, order.person, announce) }
    settle(alert, at: time, order.person, announce)
    return answer
  }

  private func carryOut(_ order: AlertOrder, _ alert: Alert, at time: Int64) -> AlertAnswer {
    switch order.kind {
    case .act(let act):
      alert.machine.obey(act, isForAll: order.alert < 0, askedAt: order.at, at: time)
    case .setLevels(let levels):
      conditions.setLevels(alert.settings.condition, levels) ? .unchanged : .refused(.noLevels)
    }
  }

  // MARK: events

  /// Where an alert stands.
  ///
  /// - Parameters:
  ///   - wall: the wall time of `now`.
  func snapshot(of alert: Alert, at now: Int64, wall: Int64) -> AlertSnapshot {
    let (machine, condition) = (alert.machine, conditions[alert.settings.condition])
    return AlertSnapshot(
      state: machine.state, votes: UInt8(truncatingIfNeeded: machine.voteCount),
      sinceWall: machine.state.raisedAt &+ wall &- now, value: condition.value,
      level: condition.level, acknowledgedBy: alert.acknowledgedBy)
  }

  /// A transition with all that people want to know of it.
  ///
  /// - Parameters:
  ///   - sample: count of the sensor's samples.
  ///   - wall: the wall time of `arrival`.
  func event(
    _ alert: Alert, _ transition: AlertTransition, _ person: PersonName, sample: Int64,
    arrival: Int64, wall: Int64, latency: Int64
  ) -> AlertEvent {
    let (machine, condition) = (alert.machine, conditions[alert.settings.condition])
    return AlertEvent(
      alert: alert.index, transition: transition, phase: machine.phase, flags: machine.flags,
      episode: machine.episode, repeatCount: machine.state.repeatCount, value: condition.value,
      level: condition.level, votes: UInt8(truncatingIfNeeded: machine.voteCount),
      sample: sample, arrival: arrival, wall: wall, latency: latency, person: person)
  }
}
