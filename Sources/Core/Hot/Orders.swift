import Config
import System

/// What people ask, as the hot thread does it, and what the others may know of the alerts. All of
/// this is hot.
extension HotThread {
  /// Between two frames: the acts that the control thread has written down.
  func obeyOrders() {
    guard let people else { return }
    while let numbered = people.orders.takeOrder() {
      people.orders.put(
        OrderAnswer(
          number: numbered.number, answer: obey(numbered.order), episode: episode(of: numbered)))
    }
  }

  private func episode(of order: NumberedOrder) -> Int64 {
    board.alerts.indices.contains(order.order.alert)
      ? board.alerts[order.order.alert].machine.episode : 0
  }

  private func obey(_ order: AlertOrder) -> AlertAnswer {
    let now = Clock.boot()
    if board.alerts.indices.contains(order.alert) {
      let alert = board.alerts[order.alert]
      let answer = board.obey(order, alert, at: now) { announce($1, $0, $2, at: now) }
      tellOthers(of: alert)
      return answer
    }
    // All of them; one that does not stand has nothing to say.
    var answer = AlertAnswer.unchanged
    for alert in board.alerts where alert.machine.stands {
      let one = board.obey(order, alert, at: now) { announce($1, $0, $2, at: now) }
      tellOthers(of: alert)
      if one.transition != nil { answer = one }
    }
    return answer
  }

  /// Before a change is told: who kills this process after that does not make it forget.
  func note(_ alert: Alert) {
    guard let standing = people?.standing else { return }
    let condition = board.conditions[alert.settings.condition]
    standing.note(
      alert.machine, of: alert.index, value: condition.value, level: condition.level,
      acknowledgedBy: alert.acknowledgedBy, at: Clock.boot(), wall: Clock.wall())
  }

  /// After a change: the control thread reads where the alert stands.
  func tellOthers(of alert: Alert) {
    guard let people else { return }
    note(alert)
    let (machine, condition) = (alert.machine, board.conditions[alert.settings.condition])
    var snapshot = AlertBoardSnapshot()
    (snapshot.phase, snapshot.flags) = (machine.phase, machine.flags)
    (snapshot.episode, snapshot.repeatCount) = (machine.episode, machine.repeatCount)
    snapshot.votes = UInt8(truncatingIfNeeded: machine.voteCount)
    (snapshot.value, snapshot.level) = (condition.value, condition.level)
    snapshot.since = machine.raisedAt
    snapshot.sinceWall = machine.raisedAt &+ Clock.wall() &- Clock.boot()
    snapshot.shelfEnd = snapshot.isShelved ? machine.shelfUntil : 0
    snapshot.acknowledgedBy = alert.acknowledgedBy
    people.snapshots.write(snapshot, of: alert.index)
  }

  /// Once a second: values that changed nothing, and the numbers of `edgeagent status`.
  func tellOthers(at now: Int64) {
    guard let people, now >= nextTelling else { return }
    nextTelling = now + 1_000_000_000
    for alert in board.alerts { tellOthers(of: alert) }
    people.status.write(CoreStatus(totals(at: now), stages))
  }
}

/// The hot thread's ends of the ways to the people's side.
struct PeopleLinks {
  let orders: ControlQueue
  let snapshots: AlertSnapshots
  let keeper: KeeperQueue
  var standing: StandingFile? = nil
  let status: SequenceLock<CoreStatus>
}
