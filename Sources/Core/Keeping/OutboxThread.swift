import Config
import Store
import System
import Text

/// Rings → SQLite, on a thread that may wait for a disk. Alerts and audit are committed at once and
/// for good; results in batches.
///
/// No fault of the disk reaches the hot thread. Records that the disk does not take wait here, up
/// to `KeepingLimits.waitingMax`; then this thread drops the least weighty and counts it. It tries
/// the outbox again, ever less often. The watchdog does not ask after this thread: a hung disk is
/// no reason to restart an agent that raises alerts.
final class OutboxThread: @unchecked Sendable {
  private let queue: OutboxQueue
  private let door: DoorQueue
  private let maker: RecordMaker
  private let stopSign: StopSign
  /// Nil without a black box.
  private let recorder: AlertRecorder?
  private let recordingBytesMax: Int

  // What only this thread touches.
  private let file: OutboxFile
  private let reserve: OutboxReserve
  private var waiting: [NewRecord] = []
  /// When the oldest of the waiting came, CLOCK_BOOTTIME in nanoseconds.
  private var waitingSince: Int64 = 0
  /// Lost before they reached the outbox, and not counted in it yet.
  private var losses = LossCount()
  /// Counted in the outbox, and not reported by a record yet.
  private var unreported = LossCount()
  private var nextReport: Int64 = 0
  /// Recordings that are in no outbox, and not counted in it yet; and how often that was.
  private var lostRecordings = LostRecordings()
  private var recordingFailures: Int64 = 0
  private var doubtful: DoubtfulCommit?

  /// What it may hold beside SQLite while the disk takes nothing: every place of `waiting` with the
  /// longest record, one more batch that is in doubt, and what makes the records.
  static func byteCount(_ settings: StoreSettings) -> Int {
    let places = MemoryLayout<NewRecord>.stride + ConfigurationLimits.nameBytesMax + 2 * textBytes
    return KeepingLimits.waitingMax * (OutboxLimits.bodyBytesMax + places)
      + OutboxLimits.batchBytesMax(of: settings.bytesMax) + KeepingLimits.waitingMax * places
      + RecordMaker.byteCount
  }

  /// Beside the bytes of a text that is kept on the heap.
  private static let textBytes = 48

  init(
    _ settings: StoreSettings, _ configuration: Configuration,
    pipelines: [RecordMaker.Pipeline], history: ModelHistory, queue: OutboxQueue,
    door: DoorQueue, recorder: AlertRecorder? = nil
  ) {
    self.recorder = recorder
    // A quarter of the outbox at most: records come first.
    recordingBytesMax = min(configuration.blackBox.sizeBytes, settings.bytesMax / 4)
    file = OutboxFile(settings)
    reserve = OutboxReserve(beside: settings.path, bytesMax: settings.bytesMax)
    (self.queue, self.door, stopSign) = (queue, door, StopSign(queue.wakeup))
    maker = RecordMaker(configuration, pipelines, history)
    waiting.reserveCapacity(KeepingLimits.waitingMax)
    let now = Clock.boot()
    add(
      maker.audit("start", about: "agent", at: now) { writer in
        writer.member("version", SemanticVersion.agent.text)
      })
    for pipeline in pipelines where history.hasModel(of: pipeline.index) {
      add(
        maker.audit("model", about: pipeline.name, at: now) { writer in
          writer.member("model", history.model(of: pipeline.index, version: 0).name)
        })
    }
  }

  let heartbeat = Heartbeat()

  /// The thread's body, until `finish`.
  func run() {
    Files.makeFolder(of: file.path)
    // What the last run could not write. A fault shows where it is needed.
    try? reserve.open()
    while true {
      heartbeat.beat()
      let isLast = stopSign.deadline != nil
      round(isLast: isLast)
      if isLast { break }
      if waiting.count < KeepingLimits.batchMax || file.failureCount > 0 { pause() }
    }
    file.close()
    stopSign.obey()
  }

  /// Takes what is in the rings, and writes it where it is due.
  func round(isLast: Bool = false) {
    collect()
    if isLast { add(maker.audit("stop", about: "agent", at: Clock.boot()) { _ in }) }
    if isLast || isDue(at: Clock.boot()) { write() }
    if file.failureCount > 0 { putAside() }
    // What a look finds could not be told any more.
    if !isLast { file.look(at: Clock.boot()) }
    tellNews()
    answerDoor()
    // After the alerts: whatever becomes of a recording, they are written.
    guard let recorder else { return }
    let complete = recorder.round(at: Clock.boot(), isLast: isLast)
    lostRecordings.refused += recorder.takeLost()
    for recording in complete { keep(recording) }
  }

  /// From the main thread, after the hot one has ended: commits what is there.
  ///
  /// - Returns: false when the disk did not do so in time.
  func finish() -> Bool {
    stopSign.stop(until: Clock.boot() + Int64(KeepingLimits.stopMilliseconds) * 1_000_000)
  }

  private func pause() {
    queue.wakeup.wait(milliseconds: KeepingLimits.pauseMilliseconds)
    queue.wakeup.clear()
  }

  // MARK: rings → waiting

  /// While the outbox takes records, what does not fit stays in the rings until the next round.
  private func collect() {
    var hasRoom: Bool { waiting.count < KeepingLimits.waitingMax || file.failureCount > 0 }
    while hasRoom, let event = queue.takeEvent() { add(maker.record(event)) }
    while hasRoom, let note = queue.takeTrial() { add(maker.record(note)) }
    while hasRoom, let act = queue.takeAct() { add(maker.record(act)) }
    while hasRoom, let result = queue.takeResult() {
      if let record = maker.record(result) { add(record) }
    }
    losses.add(queue.takeLosses())
    if !losses.isEmpty { queue.lossSign.set(at: Clock.boot()) }
  }

  /// The oldest of the least weighty makes room.
  private func add(_ record: NewRecord) {
    if waiting.isEmpty { waitingSince = Clock.boot() }
    if waiting.count >= KeepingLimits.waitingMax, file.failureCount > 0 { putAside() }
    if waiting.count >= KeepingLimits.waitingMax {
      var least = 0
      for index in waiting.indices
      where waiting[index].kind.rawValue < waiting[least].kind.rawValue { least = index }
      let isLess = record.kind.rawValue < waiting[least].kind.rawValue
      losses.add(.storeFailed, isLess ? record.kind : waiting[least].kind)
      if isLess { return }
      waiting.remove(at: least)
    }
    waiting.append(record)
  }

  private var isUrgent: Bool {
    waiting.contains { $0.kind.rawValue >= RecordKind.audit.rawValue }
  }

  private func isDue(at now: Int64) -> Bool {
    guard now >= file.retryAt else { return false }
    if reserve.count > 0 { return true }
    guard !waiting.isEmpty else { return false }
    return isUrgent || waiting.count >= KeepingLimits.batchMax
      || now - waitingSince >= KeepingLimits.batchNanoseconds
  }

  // MARK: waiting → SQLite

  private func write() {
    do throws(OutboxError) {
      let outbox = try opened()
      // What opening found is in the same commit.
      tellNews()
      try takeOver(outbox)
      while !waiting.isEmpty { try append(to: outbox) }
      file.wentWell()
      reportLosses()
    } catch {
      // Then the commit has not even begun.
      if error.isBeforeCommit { doubtful = nil }
      file.failed(error)
    }
    tellNews()
  }

  // MARK: the reserve

  /// Alerts and audit do not wait in memory for an outbox that takes nothing: they go to the
  /// reserve. A commit that is in doubt may be in the outbox already.
  private func putAside() {
    guard isUrgent else { return }
    let urgent = waiting.filter { record in
      record.kind.rawValue >= RecordKind.audit.rawValue
        && !(doubtful?.records.contains(record) ?? false)
    }
    let count = reserve.add(
      urgent, boot: Clock.bootIdentifier(), roomMax: file.reserveBytesMax)
    for record in urgent.prefix(count) {
      if let index = waiting.firstIndex(of: record) { waiting.remove(at: index) }
    }
  }

  private func takeOver(_ outbox: Outbox) throws(OutboxError) {
    guard reserve.count > 0 else { return }
    reserve.skip(through: try outbox.reserveMark())
    let bytesMax = OutboxLimits.batchBytesMax(of: file.bytesMax)
    while let batch = reserve.next(bytesMax: bytesMax) {
      heartbeat.beat()
      unreported.add(try outbox.append(batch.records, durably: true, from: batch.mark))
      reserve.taken(batch)
      door.ring()
    }
  }

  private func append(to outbox: Outbox) throws(OutboxError) {
    let records = Array(waiting[..<batchCount])
    let hasAlert = records.contains { $0.kind == .alert }
    doubtful = DoubtfulCommit(
      epoch: outbox.epoch, sequence: outbox.lastSequence, records: records, losses: losses)
    unreported.add(try outbox.append(records, durably: isUrgent, losses: losses))
    doubtful = nil
    if hasAlert { door.ring() }
    waiting.removeFirst(records.count)
    losses = LossCount()
  }

  /// So many of the waiting fit one transaction: at least one.
  private var batchCount: Int {
    var bytes = 0
    for (index, record) in waiting.enumerated() {
      bytes += record.body.utf8.count
      if bytes > OutboxLimits.batchBytesMax(of: file.bytesMax) { return max(1, index) }
    }
    return waiting.count
  }

  /// A recording that the disk does not take is lost. Nothing waits for it, and records are not
  /// tried later because of it.
  private func keep(_ recording: NewRecording) {
    guard Clock.boot() >= file.retryAt else {
      lostRecordings.failed += 1
      return
    }
    do throws(OutboxError) {
      try opened().append(recording, bytesMax: recordingBytesMax, lost: lostRecordings)
      (lostRecordings, recordingFailures) = (LostRecordings(), 0)
    } catch {
      lostRecordings.failed += 1
      recordingFailures += 1
      if recordingFailures.isPowerOfTwo {
        Log.write(
          .warning,
          "outbox \(file.path): a recording of \(recording.sensor) is lost: \(error.message)")
      }
    }
  }

  private func opened() throws(OutboxError) -> Outbox {
    try file.opened { settleDoubtful($0) }
  }

  private func settleDoubtful(_ outbox: Outbox) {
    if let doubtful, doubtful.isIn(outbox) {
      doubtful.settle(waiting: &waiting, losses: &losses)
    }
    doubtful = nil
  }

  private func tellNews() {
    for news in file.takeNews() {
      switch news {
      case .quarantined(let name, let reason):
        Log.write(.error, "outbox \(file.path): \(reason.message); kept as \(name), begun anew")
        add(maker.quarantined(name, reason))
      case .replaced(let lost):
        Log.write(
          .error,
          "outbox \(file.path): another program removed or replaced it; begun anew, "
            + "\(Decimal.count(Int(lost.total), "record")) lost")
        losses.add(lost)
        add(maker.replaced(lost.total))
      case .damaged(let sequence):
        Log.write(
          .error,
          "outbox \(file.path): record \(sequence) is not what the agent wrote; it is set aside")
        add(maker.damaged(sequence))
      }
    }
  }

  // MARK: the door

  /// Each request is one step. Alerts that came meanwhile are written before the next one.
  private func answerDoor() {
    for _ in 0..<DoorLimits.answersPerRound {
      guard let (number, request) = door.takeRequest() else { return }
      heartbeat.beat()
      door.put(file.answer(request) { settleDoubtful($0) }, number: number)
      tellNews()
      collect()
      if isUrgent, isDue(at: Clock.boot()) { write() }
    }
    // There may be more.
    queue.wakeup.wake()
  }

  /// A loss is a record too, so that the server hears of it.
  private func reportLosses() {
    let now = Clock.boot()
    guard !unreported.isEmpty, now >= nextReport else { return }
    nextReport = now + KeepingLimits.lossReportNanoseconds
    var summary: [String] = []
    for (reason, kind, count) in unreported.entries {
      add(maker.loss(reason, kind, count))
      summary.append("\(count) \(kind.word) (\(reason.word))")
    }
    unreported = LossCount()
    Log.write(.warning, "outbox \(file.path): lost \(summary.joined(separator: ", "))")
  }
}
