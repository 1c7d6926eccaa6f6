import Store

/// Drains the outbox through an uplink: it sends records, and deletes those that the server has.
/// However it ends, the outbox still holds every record that the server did not acknowledge.
///
/// When the server refuses a batch for what is in it, the upload sends the batch again in halves
/// until the refused record is alone. It sets that record aside with the server's words, and goes
/// on with the rest. A server that refuses three records alone before it has taken any is at fault
/// itself. Then the upload sets nothing aside, so that such a server cannot empty an outbox.
package final class Upload {
  /// A server that refuses so many records alone before it takes the first is at fault itself.
  private static let refusalsMax = 3

  private let drain: any OutboxDrain
  private let uplink: any Uplink
  /// Records that the server has now, and the outbox no longer.
  package private(set) var sent: Int64 = 0
  /// Records that the server refused for good, and that this upload set aside.
  package private(set) var setAside: Int64 = 0
  private var batch: BatchSize
  /// The server refused each of these records alone before it took any record.
  private var suspects: [(record: StoredRecord, refusal: SyncError)] = []

  package init(_ drain: any OutboxDrain, through uplink: any Uplink) {
    (self.drain, self.uplink) = (drain, uplink)
    batch = BatchSize(recordsMax: uplink.recordsMax)
  }

  /// Sends records until none waits.
  ///
  /// - Parameter isEnough: the upload asks it before every request; true ends the upload without a
  ///   fault.
  /// - Throws: the error that ended the upload, as it came. `sent` and `setAside` then hold what
  ///   was done before.
  @export(interface)
  package func run(until isEnough: () -> Bool = { false }) throws(SyncError) {
    while !isEnough() {
      let records = try stored { () throws(OutboxError) in try drain.next(max: batch.records) }
      guard !records.isEmpty else { return }
      try deliver(records[...], isEnough)
      guard let suspect = suspects.last else { continue }
      // No other record waits that could show whether the server takes records at all.
      guard suspects.count == records.count, records.count < batch.records else {
        // The server would refuse them again at once.
        throw suspect.refusal
      }
      for suspect in suspects { try setAside(suspect.record, suspect.refusal) }
      suspects = []
    }
  }

  private func deliver(
    _ records: ArraySlice<StoredRecord>, _ isEnough: () -> Bool
  ) throws(SyncError) {
    guard !isEnough() else { return }
    do throws(SyncError) {
      try uplink.send(Array(records), epoch: drain.epoch)
    } catch {
      guard error.verdict == .final, !error.isOfTheServer else { throw error }
      return try refused(records, error, isEnough)
    }
    try stored { () throws(OutboxError) in try drain.acknowledge(records) }
    sent += Int64(records.count)
    batch.taken(records.count)
    for suspect in suspects { try setAside(suspect.record, suspect.refusal) }
    suspects = []
  }

  private func refused(
    _ records: ArraySlice<StoredRecord>, _ refusal: SyncError, _ isEnough: () -> Bool
  ) throws(SyncError) {
    guard records.count == 1, let record = records.first else {
      if case .status(let failure) = refusal, failure.status == 413 {
        batch.tooLarge(records.count)
      }
      let middle = records.startIndex + records.count / 2
      try deliver(records[..<middle], isEnough)
      return try deliver(records[middle...], isEnough)
    }
    guard sent == 0 else { return try setAside(record, refusal) }
    suspects.append((record, refusal))
    if suspects.count >= Self.refusalsMax { throw refusal }
  }

  private func setAside(_ record: StoredRecord, _ refusal: SyncError) throws(SyncError) {
    let reason = refusal.lines.joined(separator: " ")
    try stored { () throws(OutboxError) in try drain.setAside(record, reason: reason) }
    setAside += 1
  }

  private func stored<Result>(
    _ body: () throws(OutboxError) -> Result
  ) throws(SyncError) -> Result {
    do throws(OutboxError) {
      return try body()
    } catch {
      throw .store(path: drain.path, error)
    }
  }
}

/// How many records go into a request: as many as the uplink takes, and fewer for a while after the
/// server said that a request was too large.
struct BatchSize {
  /// After so many full requests that the server took, the next one has twice as many records.
  private static let patience = 16

  private let recordsMax: Int
  private(set) var records: Int
  private var passed = 0

  init(recordsMax: Int) { (self.recordsMax, records) = (recordsMax, recordsMax) }

  mutating func tooLarge(_ count: Int) {
    (records, passed) = (max(1, min(records, count / 2)), 0)
  }

  mutating func taken(_ count: Int) {
    guard records < recordsMax, count >= records else { return }
    passed += 1
    if passed == Self.patience { (records, passed) = (min(2 * records, recordsMax), 0) }
  }
}
