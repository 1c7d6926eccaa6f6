import Config
import System

/// What people ask, as the hot thread does it, and what the others may know of the alerts. All of
/// this is hot.
extension HotThread {
  /// Between two frames: the acts that the control thread has written down.
  func obeyOrders() {
    guard let people else { return }
    var hasAnswered = false
    while let numbered = people.orders.takeOrder() {
      people.orders.put(
        OrderAnswer(
          number: numbered.number, answer: obey(numbered.order), episode: episode(of: numbered)))
      hasAnswered = true
    }
    if hasAnswered { people.orders.wakeControl() }
  }

  private func episode(of order: NumberedOrder) -> Int64 {
    board.alerts.indices.contains(order.order.alert)
      ? board.alerts[order.order.alert].machine.episode : 0
  }

  private func obey(_ order: AlertOrder) -> AlertAnswer {
    let now = Clock.boot()
    if board.alerts.indices.contains(order.alert) {
      return board.obey(order, board.alerts[order.alert], at: now) {
        announce($1, $0, $2, at: now)
      }
    }
    // All of them; one that does not stand has nothing to say.
    var answer = AlertAnswer.unchanged
    for alert in board.alerts where alert.machine.stands {
      let one = board.obey(order, alert, at: now) { announce($1, $0, $2, at: now) }
      if one.transition != nil { answer = one }
    }
    return answer
  }

  /// After each transition, before it is told: who kills this process after that does not make it
  /// forget, and the control thread reads where the alert stands.
  func tellOthers(of alert: Alert, at now: Int64, wall: Int64) {
    guard let people else { return }
    let snapshot = board.snapshot(of: alert, at: now, wall: wall)
    people.standing?.note(snapshot, of: alert.index, at: now)
    people.snapshots.write(snapshot, of: alert.index)
  }

  /// Once a second: values that changed nothing, and the numbers of `edgeagent status`.
  func tellOthers(at now: Int64) {
    guard let people, now >= nextTelling else { return }
    nextTelling = now + 1_000_000_000
    let wall = Clock.wall()
    for alert in board.alerts {
      people.snapshots.write(board.snapshot(of: alert, at: now, wall: wall), of: alert.index)
    }
    people.status.write(CoreStatus(totals(at: now), stages))
    if let sensors = people.sensors { for channel in channels { sensors.write(channel) } }
  }
}

/// The hot thread's ends of the ways to the people's side.
struct PeopleLinks {
  let orders: ControlQueue
  let snapshots: AlertSnapshots
  let keeper: KeeperQueue
  var standing: StandingFile? = nil
  let status: SequenceLock<CoreStatus>
  var sensors: SensorSnapshots? = nil
}
