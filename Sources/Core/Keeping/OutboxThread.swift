import CPlatform
import CSQLite
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
  private let settings: StoreSettings
  private let queue: OutboxQueue
  private let maker: RecordMaker
  private let stopSign: StopSign
  /// Nil without a black box.
  private let recorder: AlertRecorder?
  private let recordingBytesMax: Int

  // What only this thread touches.
  private var outbox: Outbox?
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
  private var failureCount: Int64 = 0
  private var retryAt: Int64 = 0
  private var retryPause = KeepingLimits.retryNanoseconds.lowerBound

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
    recorder: AlertRecorder? = nil
  ) {
    self.recorder = recorder
    // A quarter of the outbox at most: records come first.
    recordingBytesMax = min(configuration.blackBox.sizeBytes, settings.bytesMax / 4)
    (self.settings, self.queue, stopSign) = (settings, queue, StopSign(queue.wakeup))
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
    Files.makeFolder(of: settings.path)
    while true {
      heartbeat.beat()
      let isLast = stopSign.deadline != nil
      round(isLast: isLast)
      if isLast { break }
      if waiting.count < KeepingLimits.batchMax || failureCount > 0 { pause() }
    }
    outbox = nil
    stopSign.obey()
  }

  /// Takes what is in the rings, and writes it where it is due.
  func round(isLast: Bool = false) {
    collect()
    if isLast { add(maker.audit("stop", about: "agent", at: Clock.boot()) { _ in }) }
    if isLast || isDue(at: Clock.boot()) { write() }
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
    var hasRoom: Bool { waiting.count < KeepingLimits.waitingMax || failureCount > 0 }
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
    guard !waiting.isEmpty, now >= retryAt else { return false }
    return isUrgent || waiting.count >= KeepingLimits.batchMax
      || now - waitingSince >= KeepingLimits.batchNanoseconds
  }

  // MARK: waiting → SQLite

  private func write() {
    do throws(OutboxError) {
      let outbox = try opened()
      while !waiting.isEmpty { try append(to: outbox) }
      if failureCount > 0 { Log.write(.notice, "outbox \(settings.path): writing again") }
      (failureCount, retryPause) = (0, KeepingLimits.retryNanoseconds.lowerBound)
      reportLosses()
    } catch {
      fail(error)
    }
  }

  private func append(to outbox: Outbox) throws(OutboxError) {
    let records = Array(waiting[..<batchCount])
    doubtful = DoubtfulCommit(
      epoch: outbox.epoch, sequence: outbox.lastSequence, records: records, losses: losses)
    unreported.add(try outbox.append(records, durably: isUrgent, losses: losses))
    doubtful = nil
    waiting.removeFirst(records.count)
    losses = LossCount()
  }

  /// So many of the waiting fit one transaction: at least one.
  private var batchCount: Int {
    var bytes = 0
    for (index, record) in waiting.enumerated() {
      bytes += record.body.utf8.count
      if bytes > OutboxLimits.batchBytesMax(of: settings.bytesMax) { return max(1, index) }
    }
    return waiting.count
  }

  /// A recording that the disk does not take is lost. Nothing waits for it, and records are not
  /// tried later because of it.
  private func keep(_ recording: NewRecording) {
    guard Clock.boot() >= retryAt else {
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
          "outbox \(settings.path): a recording of \(recording.sensor) is lost: \(error.message)")
      }
    }
  }

  private func opened() throws(OutboxError) -> Outbox {
    if let outbox { return outbox }
    let opened = try Quarantine.open(
      settings.path, bytesMax: settings.bytesMax, boot: Clock.bootIdentifier())
    if let (name, reason) = opened.quarantined { tell(name, reason) }
    if let doubtful, doubtful.isIn(opened.outbox) {
      doubtful.settle(waiting: &waiting, losses: &losses)
    }
    doubtful = nil
    outbox = opened.outbox
    return opened.outbox
  }

  private func fail(_ error: OutboxError) {
    // A full disk or a busy file may be well in a moment. Another error may be one of the
    // connection to the file.
    let isTemporary =
      switch error {
      case .sqlite(let code, _): code & 0xFF == SQLITE_FULL || code & 0xFF == SQLITE_BUSY
      case .logFull, .empty: true
      case .foreign, .newer: false
      }
    if !isTemporary { outbox = nil }
    if error.isOfTheFile, let name = try? Quarantine.quarantine(settings.path) {
      retryAt = Clock.boot() + KeepingLimits.retryNanoseconds.lowerBound
      return tell(name, error)
    }
    failureCount += 1
    if failureCount.isPowerOfTwo {
      let times = failureCount == 1 ? "" : " (\(failureCount) times)"
      Log.write(.error, "outbox \(settings.path): \(error.message)\(times); alerts go on")
    }
    retryAt = Clock.boot() + retryPause
    retryPause = min(2 * retryPause, KeepingLimits.retryNanoseconds.upperBound)
  }

  private func tell(_ name: String, _ reason: OutboxError) {
    Log.write(.error, "outbox \(settings.path): \(reason.message); kept as \(name), begun anew")
    add(maker.quarantined(name, reason))
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
    Log.write(.warning, "outbox \(settings.path): lost \(summary.joined(separator: ", "))")
  }
}
