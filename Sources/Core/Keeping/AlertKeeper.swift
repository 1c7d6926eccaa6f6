import CPlatform
import Config
import System

/// Rings → the alerts' files, on a thread that may wait for a disk. When it hangs, the log says so,
/// and the watchdog does not mind: a hung disk is no reason to restart an agent that raises alerts.
///
/// What the hot thread did is written at once and in batches. What a person does is written before
/// it is done; the control thread waits for that, for a bounded time.
final class AlertKeeper: @unchecked Sendable {
  let queue = KeeperQueue()
  let heartbeat = Heartbeat()
  /// What stood when the agent began, one for each alert of the configuration, in their order.
  private(set) var restored: [SavedAlert]
  /// What stands, for a start after a kill; nil where it could not be made.
  private(set) var standing: StandingFile?
  /// Levels that persons had set.
  private(set) var overrides: [SavedOverride] = []
  /// What was wrong with the files at the start, in a sentence for people; nil: nothing.
  private(set) var startFault: String?
  let folder: String
  private let names: [String]
  private let board: AlertSnapshots
  private let takeAudit: @Sendable (ActAudit) -> Void
  /// Nil: nothing can be kept, and every answer says why.
  private var state: AlertStateFile?
  private var fault = ""
  private var openFault: AlertStateError?
  private let history: AlertHistory
  private let audit: AlertHistory
  private var faultCount: Int64 = 0
  private var retryAt: Int64 = 0
  private var clock: ClockNote
  private let stopSign: StopSign

  /// Reads what the last run wrote, before the first frame. A file that cannot be believed is kept
  /// under another name, loudly; then only what was told since the boot is known.
  ///
  /// - Parameters:
  ///   - isKept: whether a level that a person set still fits its condition.
  ///   - takeAudit: takes every act for the outbox, on the keeper's thread.
  init(
    _ configuration: Configuration, board: AlertSnapshots,
    keeps isKept: (SavedOverride) -> Bool = { _ in true },
    takeAudit: @escaping @Sendable (ActAudit) -> Void = { _ in }
  ) {
    folder = AlertStateFile.folder(in: configuration.agent.state)
    names = configuration.alerts.map { $0.name }
    stopSign = StopSign(queue.wakeup)
    (self.board, self.takeAudit) = (board, takeAudit)
    history = AlertHistory(
      AppendFile(folder: folder, name: AlertHistory.name),
      segmentBytes: AlertKeepingLimits.historySegmentBytes)
    audit = AlertHistory(
      AppendFile(folder: folder, name: AlertHistory.auditName),
      segmentBytes: AlertKeepingLimits.auditSegmentBytes)
    clock = ClockNote(boot: Clock.bootIdentifier(), at: Clock.boot(), wall: Clock.wall())
    restored = names.map { SavedAlert(name: $0) }
    // The state folder itself may be missing on the first start.
    Files.makeFolder(of: folder)
    // Others may not even look into it. What is wrong with it, the first file in it says.
    _ = try? AppendFile.prepare(folder: folder)
    let path = StandingFile.path(configuration)
    Files.makeFolder(of: path)
    let told = StandingFile.read(path)
    open(configuration.alerts, isKept, told)
    makeStanding(path)
  }

  /// After the state is written: until then the last run's file has what was told.
  private func makeStanding(_ path: String) {
    // Of an agent that has the same files, nothing is touched.
    if case .busy = openFault { return }
    do throws(AlertStateError) {
      standing = try StandingFile(path, for: restored, boot: clock.boot, at: clock.at)
    } catch {
      Log.write(
        .error,
        "alerts: \(error.message); an alert that is told just before the agent is killed may be "
          + "forgotten")
    }
  }

  private func open(
    _ alerts: [AlertSettings], _ isKept: (SavedOverride) -> Bool, _ told: [StandingRecord]
  ) {
    let file = AppendFile(folder: folder, name: AlertStateFile.name)
    var numbers: [String: Int64] = [:]
    do throws(AlertStateError) {
      state = try AlertStateFile(file)
    } catch {
      state = nil
      numbers = AlertRecord.episodes(inFile: file.path)
      setAside(file, error)
    }
    for (name, number) in AlertHistory.episodes(folder: folder) {
      numbers[name] = max(numbers[name] ?? 0, number)
    }
    guard let state else {
      if case .busy = openFault { return }
      // Nothing can be kept, but what was told is known, and so is what the file of a disk says
      // that has become read-only.
      var saved = AlertStateModel()
      if case .file(_, code: EROFS) = openFault {
        saved = AlertStateFile.saved(in: folder) ?? saved
        overrides = saved.overrides.filter(isKept)
      }
      let restore = AlertRestore(saved: saved, clock: clock, standing: told, numbers: numbers)
      restored = Array(restore.alerts(for: alerts).prefix(alerts.count))
      return
    }
    do throws(AlertStateError) {
      restored = try state.restore(
        for: alerts, at: clock, numbers: numbers, standing: told, overrides: isKept)
    } catch {
      // What was read still holds; the file is tried again.
      restored = alerts.map { state.model.alert(named: $0.name) ?? SavedAlert(name: $0.name) }
      fail(error)
    }
    overrides = state.model.overrides
    for lost in state.dropped {
      Log.write(
        .warning,
        "alerts: the level that \(lost.person) had set for \(lost.condition) does not fit the "
          + "configuration any more and is dropped")
    }
  }

  private func setAside(_ file: AppendFile, _ error: AlertStateError) {
    var isAnothers = false
    if case .busy = error { isAnothers = true }
    openFault = error
    fault = error.message
    guard !isAnothers, let name = file.setAside() else {
      return tell("\(file.path): \(error.message); nothing is kept; look what stands")
    }
    tell("\(file.path): \(error.message); kept as \(name); look what stands")
    do throws(AlertStateError) {
      state = try AlertStateFile(file)
    } catch {
      fault = error.message
      Log.write(.critical, "alerts: \(error.message); nothing is kept")
    }
  }

  private func tell(_ sentence: String) {
    startFault = sentence
    Log.write(.critical, "alerts: \(sentence)")
  }

  /// The thread's body, until `finish`.
  func run() {
    while true {
      let isLast = stopSign.deadline != nil
      round(isLast: isLast)
      if isLast { break }
      queue.wakeup.wait(milliseconds: AlertKeepingLimits.pauseMilliseconds)
      queue.wakeup.clear()
    }
    // Lets go of the folder.
    state = nil
    stopSign.obey()
  }

  /// Takes what is in the rings, and writes it.
  func round(isLast: Bool = false) {
    heartbeat.beat()
    keepTransitions()
    while let (number, request) = queue.takeRequest() {
      // Each waits for the disk: a slow one is no hang.
      heartbeat.beat()
      // An act is about what stands: what led to it is written first.
      keepTransitions()
      answer(request, number)
    }
    noteClock()
    if isLast { note([.stopped]) }
  }

  /// From the main thread, after the hot one has ended.
  ///
  /// - Returns: false when the disk did not take the last records in time.
  func finish() -> Bool {
    stopSign.stop(until: Clock.boot() + AlertKeepingLimits.stopMilliseconds * 1_000_000)
  }

  // MARK: what the hot thread did

  private func keepTransitions() {
    var records: [AlertRecord] = []
    while records.count < AlertKeepingLimits.transitionsMax, let transition = queue.takeTransition()
    {
      guard let state, names.indices.contains(transition.event.alert) else { continue }
      records.append(state.record(transition, name: names[transition.event.alert]))
      // Each record builds on the one before.
      state.remember(records.last!)
    }
    // What stands is no news: the history has a gap instead.
    let told = records
    if queue.takeLosses() > 0 { records += onBoard() }
    guard !records.isEmpty else { return }
    note(records, isRemembered: true)
    keepHistory(history, told)
  }

  /// After lost transitions: what the board says now.
  private func onBoard() -> [AlertRecord] {
    guard let state else { return [] }
    Log.write(.warning, "alerts: the disk is too slow; some transitions are not in the history")
    return names.indices.compactMap { index in
      guard let now = board.read(index) else { return nil }
      var saved = state.model.alert(named: names[index]) ?? SavedAlert(name: names[index])
      saved.take(now)
      state.remember(.alert(saved))
      return .alert(saved)
    }
  }

  /// Notes what has happened; after a failure it is tried again later.
  private func note(_ records: [AlertRecord], isRemembered: Bool = false) {
    guard let state else { return }
    if !isRemembered { for record in records { state.remember(record) } }
    if faultCount > 0, Clock.boot() < retryAt { return state.doubt() }
    do throws(AlertStateError) {
      try state.write(noted: records)
      if faultCount > 0 { Log.write(.notice, "alerts: \(folder): writing again") }
      faultCount = 0
    } catch {
      fail(error)
    }
  }

  private func fail(_ error: AlertStateError) {
    faultCount += 1
    retryAt = Clock.boot() + AlertKeepingLimits.retryNanoseconds
    if faultCount.isPowerOfTwo {
      Log.write(.error, "alerts: \(error.message); what stands is not kept; alerts go on")
    }
  }

  /// The two clocks, when they have moved apart: a shelf may then be found after a restart.
  private func noteClock() {
    let now = ClockNote(boot: clock.boot, at: Clock.boot(), wall: Clock.wall())
    // A clock may be set to the end of what Int64 can say.
    let step = (now.wall &- now.at) &- (clock.wall &- clock.at)
    let isAged = now.at - clock.at > 3_600_000_000_000
    guard step.magnitude >= AlertKeepingLimits.clockStepNanoseconds.magnitude || isAged else {
      // A failed write is tried again even where nothing happens.
      if faultCount > 0, now.at >= retryAt { note([.clock(now)]) }
      return
    }
    clock = now
    note([.clock(now)])
  }

  private func keepHistory(_ history: AlertHistory, _ records: [AlertRecord]) {
    guard state != nil else { return }
    do throws(AlertStateError) {
      if let name = try history.append(records) {
        Log.write(.error, "alerts: a damaged history is kept as \(name)")
      }
    } catch {
      if faultCount == 0 { Log.write(.error, "alerts: \(error.message); the history has a gap") }
    }
  }

  // MARK: what the control thread asks

  private func answer(_ request: KeeperRequest, _ number: UInt64) {
    switch request {
    case .acts(let acts):
      keep(number) { state throws(AlertStateError) in try state.keep(acts) }
    case .levels(let record):
      keep(number) { state throws(AlertStateError) in
        try state.keep(levels: record)
        return []
      }
    case .settled(let act, let isDone):
      // The transition has settled most acts already.
      if state?.model.awaits(act) == true { note([.settled(act: act, isDone: isDone)]) }
    case .audit(let act):
      Log.write(act.refusal.isEmpty ? .notice : .warning, act.line)
      takeAudit(act)
      keepHistory(audit, [.audit(act)])
    }
  }

  private func keep(
    _ number: UInt64, _ step: (AlertStateFile) throws(AlertStateError) -> [UInt64]
  ) {
    guard let state else {
      return queue.put(KeeperAnswer(request: number, numbers: nil, fault: fault))
    }
    do throws(AlertStateError) {
      let numbers = try step(state)
      queue.put(KeeperAnswer(request: number, numbers: numbers, fault: ""))
    } catch {
      fail(error)
      queue.put(KeeperAnswer(request: number, numbers: nil, fault: error.message))
    }
  }
}
