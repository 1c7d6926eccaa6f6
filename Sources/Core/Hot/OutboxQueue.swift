import Store
import Synchronization
import System

/// The hot thread's end of the way to the outbox: two rings of fixed size, and counts of what they
/// refused. Results have a separate ring, and half of the other ring is kept for alerts, so that
/// nothing can crowd an alert out.
package final class OutboxQueue: @unchecked Sendable {
  private let events = Ring<StoredEvent>(capacity: KeepingLimits.eventsMax)
  private let results = Ring<StoredResult>(capacity: KeepingLimits.resultsMax)
  /// From the models' thread; before that thread runs, from the main thread.
  private let trials = Ring<VersionNote>(capacity: KeepingLimits.trialsMax)
  /// From the thread that keeps the alerts' files.
  private let acts = Ring<ActAudit>(capacity: KeepingLimits.actsMax)
  let wakeup = Wakeup()
  /// Set when records are lost.
  let lossSign = LossSign()
  /// Counts since they were last taken, by kind.
  private let refusedResults = Atomic<Int64>(0)
  private let refusedAnomalies = Atomic<Int64>(0)
  private let refusedAudit = Atomic<Int64>(0)
  private let refusedAlerts = Atomic<Int64>(0)

  static let byteCount =
    Ring<StoredEvent>.byteCount(KeepingLimits.eventsMax)
    + Ring<StoredResult>.byteCount(KeepingLimits.resultsMax)
    + Ring<VersionNote>.byteCount(KeepingLimits.trialsMax)
    + Ring<ActAudit>.byteCount(KeepingLimits.actsMax)

  // MARK: the hot thread's side

  /// Hot: wakes the outbox thread, which commits it at once.
  func put(_ event: AlertEvent) {
    if events.put(.alert(event)) { wakeup.wake() } else { refused(.alert) }
  }

  /// Hot.
  func putSensor(_ index: Int, _ state: SensorState, sample: Int64, at time: Int64) {
    putLesser(.sensor(index: index, state, sample: sample, at: time), .anomaly)
  }

  /// Hot.
  func putModel(of pipeline: Int, version: Int, sample: Int64, at time: Int64) {
    putLesser(.model(pipeline: pipeline, version: version, sample: sample, at: time), .audit)
  }

  /// Hot: wakes no thread; results can wait.
  func put(_ result: StoredResult) {
    if !results.put(result) { refused(.result) }
  }

  private func putLesser(_ event: StoredEvent, _ kind: RecordKind) {
    guard events.places > KeepingLimits.eventsForAlerts, events.put(event) else {
      return refused(kind)
    }
  }

  private func refused(_ kind: RecordKind) {
    switch kind {
    case .alert: refusedAlerts.add(1, ordering: .relaxed)
    case .audit: refusedAudit.add(1, ordering: .relaxed)
    case .anomaly: refusedAnomalies.add(1, ordering: .relaxed)
    case .result, .debug: refusedResults.add(1, ordering: .relaxed)
    }
  }

  // MARK: the models' thread's side

  func put(_ note: VersionNote) {
    if trials.put(note) { wakeup.wake() } else { refused(.audit) }
  }

  // MARK: the keeper's side

  func put(_ act: ActAudit) {
    if acts.put(act) { wakeup.wake() } else { refused(.audit) }
  }

  // MARK: the outbox thread's side

  func takeEvent() -> StoredEvent? { events.take() }
  func takeResult() -> StoredResult? { results.take() }
  func takeTrial() -> VersionNote? { trials.take() }
  func takeAct() -> ActAudit? { acts.take() }

  /// What the rings refused since the last call.
  func takeLosses() -> LossCount {
    var losses = LossCount()
    losses.add(.queueFull, .result, refusedResults.exchange(0, ordering: .relaxed))
    losses.add(.queueFull, .anomaly, refusedAnomalies.exchange(0, ordering: .relaxed))
    losses.add(.queueFull, .audit, refusedAudit.exchange(0, ordering: .relaxed))
    losses.add(.queueFull, .alert, refusedAlerts.exchange(0, ordering: .relaxed))
    return losses
  }
}
