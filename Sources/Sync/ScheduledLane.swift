import CPlatform
import Config
import System
import Text

/// One server with its schedule. The lane knows whether sync may ask the server now, and draws the
/// conclusions from each round.
final class ScheduledLane {
  enum Kind: String { case uplink, registry }

  let kind: Kind
  var schedule: SyncSchedule
  private let work: any SyncLane
  private let context: SyncContext
  /// The reason why the gate or the budget refused last. The lane logs the same reason only once.
  private var lastRefusal = ""
  private var nextNotedAt: Int64 = 0

  init(_ kind: Kind, _ work: any SyncLane, _ context: SyncContext) {
    (self.kind, self.work, self.context) = (kind, work, context)
    let known = kind == .uplink ? context.state.uplink : context.state.registry
    let (boot, now) = (Clock.bootIdentifier(), Clock.boot())
    // Without an id the time may belong to any boot. Sync obeys no server's wait for longer than a
    // day.
    let isOfThisBoot = !boot.isEmpty && known.boot == boot
    let blockedMax = now + RetryAfter.secondsMax * 1_000_000_000
    schedule = SyncSchedule(
      intervalNanoseconds: context.settings.intervalNanoseconds, now: now,
      blockedUntil: isOfThisBoot ? min(known.blockedUntil, blockedMax) : 0)
    if known.isStopped { Log.write(.error, stoppedText) }
    // How long it was unwell before this boot, nobody knows.
    if !known.fault.isEmpty, !known.unwellBoot.utf8.elementsEqual(boot.utf8) {
      (remembered.unwellBoot, remembered.unwellAt) = (boot, 0)
    }
  }

  /// What sync remembers of this server.
  var remembered: SyncState.Lane {
    get { kind == .uplink ? context.state.uplink : context.state.registry }
    set {
      if kind == .uplink {
        context.state.uplink = newValue
      } else {
        context.state.registry = newValue
      }
    }
  }

  var isStopped: Bool { remembered.isStopped }

  /// Whether sync asks the server at all. After 410 a registry is asked no more; an uplink gets no
  /// results any more, and seldom an alert.
  var isAsked: Bool { !isStopped || kind == .uplink }

  func isDue(at now: Int64) -> Bool { isAsked && schedule.isDue(at: now) }

  /// Whether an alert would bring the next round forward.
  var heedsAlerts: Bool { isStopped ? isAsked : schedule.isWell }

  /// An alert waits.
  func urged(at now: Int64) {
    if isStopped { schedule.recalled(at: now) } else { schedule.urged(at: now) }
  }

  /// Whether the server takes requests now, apart from the schedule. `--once` obeys this, the gate
  /// and the budget.
  @export(interface)
  func isOpen(at now: Int64) -> Bool {
    if !isAsked { return false }
    guard now < schedule.blockedUntil else { return true }
    Log.write(
      .notice,
      "\(kind.rawValue): the server wants to be left alone for "
        + "\((schedule.blockedUntil - now) / 1_000_000_000) s more")
    return false
  }

  /// Does one round: it asks the gate, spends an attempt of the budget, does the work, and sets the
  /// time of the next round. Only work over the link needs the gate and the budget.
  ///
  /// - Returns: whether the round went well.
  @export(interface)
  func round() -> Bool {
    let task = work.task
    if task == .overTheLink, !isAllowed() { return false }
    // The start and the last round ran other code. Without this call, its pages would stay in
    // memory.
    cp_drop_code_pages()
    var failure: SyncError?
    do throws(SyncError) {
      if task != .nothing { try work.run(task) }
    } catch {
      failure = error
    }
    // The attempt ends before the verdict, because the verdict asks what is left of the day.
    if task == .overTheLink { context.endAttempt() }
    var (outcome, isNews) = (SyncSchedule.Outcome.done, false)
    if let failure {
      outcome = judge(failure)
    } else if isStopped, task == .nothing || !work.hasDelivered {
      outcome = .wait(SyncLimits.stoppedSeconds)
    } else {
      isNews = noteWell()
    }
    schedule.ended(outcome, at: Clock.boot())
    // The 410 may have been about the one record that was sent.
    if isStopped, work.hasAlert { schedule.recalled(at: Clock.boot()) }
    if outcome != .done { noteNext() } else if isNews { keepNext() }
    if case .wait = outcome {
      (remembered.boot, remembered.blockedUntil) = (Clock.bootIdentifier(), schedule.blockedUntil)
    }
    do throws(SyncError) {
      try context.state.save()
    } catch {
      for line in error.lines { Log.write(.warning, line) }
    }
    return outcome == .done && work.isComplete
  }

  /// - Returns: whether this changed what sync keeps.
  private func noteWell() -> Bool {
    let now = context.now
    let isNews = !remembered.fault.isEmpty || remembered.isStopped
    // The time goes in steps, so that not every round writes to the flash.
    let isDue = remembered.doneAt.map { (now - $0).magnitude >= SyncLimits.doneStepSeconds } ?? true
    if isDue { remembered.doneAt = now }
    if !remembered.fault.isEmpty { Log.write(.notice, "\(kind.rawValue): well again") }
    (remembered.fault, remembered.isStopped) = ("", false)
    (remembered.unwellBoot, remembered.unwellAt) = ("", 0)
    return isDue || isNews
  }

  /// For `--status`. The time of a server in trouble goes into the file at most once a minute, to
  /// spare the flash.
  private func noteNext() {
    let now = Clock.boot()
    let step = SyncLimits.nextStepSeconds * 1_000_000_000
    guard nextNotedAt == 0 || now - nextNotedAt >= step else { return }
    nextNotedAt = now
    keepNext()
  }

  private func keepNext() {
    (remembered.nextBoot, remembered.nextAt) = (Clock.bootIdentifier(), schedule.dueAt)
  }

  private func isAllowed() -> Bool {
    let now = Clock.boot()
    if let gate = context.settings.gate,
      let reason = Gate(settings: gate, socket: context.configuration.events.socket).refusal()
    {
      refuse("the gate is closed: \(reason)", until: now + SyncLimits.gateMilliseconds * 1_000_000)
      return false
    }
    guard context.beginAttempt() else {
      let seconds = context.budget.secondsLeft(now: context.now)
      refuse("today's budget is spent", until: now + seconds * 1_000_000_000)
      return false
    }
    lastRefusal = ""
    return true
  }

  private func refuse(_ reason: String, until time: Int64) {
    schedule.ended(.notBefore(time), at: Clock.boot())
    guard reason != lastRefusal else { return }
    lastRefusal = reason
    Log.write(.notice, "\(kind.rawValue): \(reason)")
  }

  private func judge(_ error: SyncError) -> SyncSchedule.Outcome {
    if let failure = error.httpFailure {
      if failure.fault == .cancelled { return .later }
      if failure.fault == .budgetSpent {
        // A new day has begun meanwhile.
        guard !context.budget.allows(now: context.now) else { return .retry }
        Log.write(.notice, "\(kind.rawValue): today's bytes are spent")
        let seconds = context.budget.secondsLeft(now: context.now)
        return .notBefore(Clock.boot() + seconds * 1_000_000_000)
      }
    }
    let text = SecretText.line(error.lines.first ?? "")
    // The log tells of a server that is away for a month once, not a thousand times.
    if text != remembered.fault {
      for line in error.lines { Log.write(.warning, "\(kind.rawValue): \(line)") }
    }
    if remembered.fault.isEmpty {
      (remembered.unwellBoot, remembered.unwellAt) = (Clock.bootIdentifier(), Clock.boot())
    }
    remembered.fault = text
    switch error.verdict {
    case .stop:
      if !remembered.isStopped {
        remembered.isStopped = true
        Log.write(.error, stoppedText)
      }
      return kind == .uplink ? .wait(SyncLimits.stoppedSeconds) : .later
    case .wait, .retry: return error.retryAfter.map { .wait($0) } ?? .retry
    case .final, .done: return .later
    }
  }

  private var stoppedText: String {
    let file = "\(context.configuration.syncState)/sync.json"
    return "\(kind.rawValue): \(remembered.address) has answered 410: it wants no more, and gets "
      + (kind == .uplink ? "no results; an alert goes at once, and once an hour" : "no request")
      + "; another address, or removing \(file), begins anew"
  }
}
