import Store
import System

/// Drains the outbox through an uplink: it sends records, and deletes those that the server has.
/// However it ends, the outbox still holds every record that the server did not acknowledge.
///
/// When a request fails with an answer, or in the middle, one of its records may be the reason, or
/// its size, or the server. The upload sends one record alone. When the server takes it, the server
/// works: the upload sends the batch again in parts, until the records that fail are alone. They
/// are passed over, and the rest goes (`RefusedRecords`). When the server refuses single records
/// one after the other, it is at fault itself, and the upload ends. The next one goes on behind
/// them.
package final class Upload {
  private let outbox: any OutboxDrain
  private let uplink: any Uplink
  /// Records that the server has now, and the outbox no longer.
  package private(set) var sent: Int64 = 0
  /// Records that the server refused for good, and that this upload set aside.
  package private(set) var setAside: Int64 = 0
  /// Why the server refused the last record that is tried again later.
  package private(set) var lastRefusal: SyncError?
  package var memory: UploadMemory
  /// No record of a lower kind goes.
  private let kindMin: Int64
  /// Between two tries of a record that the server refused, in nanoseconds.
  private let pause: Int64
  private let now: () -> RefusedRecords.Moment

  /// The next request has one record.
  private var isCareful = false
  /// The server took a single record after a request had failed. The next one that fails is sent
  /// again in parts.
  private var isIsolating = false
  /// The last fault, while the server has taken nothing since.
  private var fault: SyncError?
  /// So many single records were refused one after the other.
  private var refusals = 0
  /// So many requests of this upload ended in silence.
  private var silences = 0

  /// - Parameters:
  ///   - memory: what the last upload left.
  ///   - kindMin: only records of this kind and of weightier ones go.
  ///   - pause: nanoseconds between two tries of a refused record.
  @export(interface)
  package convenience init(
    _ outbox: any OutboxDrain, through uplink: any Uplink,
    memory: UploadMemory = UploadMemory(), kindMin: Int64 = .min, pause: Int64 = 0
  ) {
    self.init(outbox, uplink, memory, kindMin, pause) { .now }
  }

  init(
    _ outbox: any OutboxDrain, _ uplink: any Uplink, _ memory: UploadMemory, _ kindMin: Int64,
    _ pause: Int64, now: @escaping () -> RefusedRecords.Moment
  ) {
    (self.outbox, self.uplink, self.memory, self.kindMin) = (outbox, uplink, memory, kindMin)
    (self.pause, self.now) = (pause, now)
  }

  /// Sends records until none waits but those that were refused.
  ///
  /// - Parameter isEnough: the upload asks it before every request; true ends the upload without a
  ///   fault.
  /// - Throws: the error that ended the upload, as it came. `sent` and `setAside` then hold what
  ///   was done before.
  @export(interface)
  package func run(until isEnough: () -> Bool = { false }) throws(SyncError) {
    memory.refused.follow(outbox.epoch)
    isCareful = memory.isCareful
    uplink.inDoubt = memory.inDoubt
    defer { memory.inDoubt = uplink.inDoubt }
    (isIsolating, fault, refusals, silences) = (false, nil, 0, 0)
    var isReleased = false
    while !isEnough() {
      let records = try next()
      if !records.isEmpty {
        let wasCareful = isCareful
        try deliver(records, isEnough)
        if fault == nil { isIsolating = wasCareful }
      } else if let fault {
        // No other record waits that could show whether the server takes any.
        throw fault
      } else {
        guard !isReleased, memory.refused.release(at: now()) else { return }
        isReleased = true
      }
    }
  }

  private func next() throws(SyncError) -> ArraySlice<StoredRecord> {
    let count = isCareful ? 1 : memory.batch.records(uplink.recordsMax)
    let records = try stored { () throws(OutboxError) in
      try outbox.next(max: count, passingOver: memory.refused.passedOver)
    }
    return records.prefix { $0.kind >= kindMin }
  }

  private func deliver(
    _ records: ArraySlice<StoredRecord>, _ isEnough: () -> Bool
  ) throws(SyncError) {
    guard !isEnough() else { return }
    let count = memory.batch.records(uplink.recordsMax)
    guard records.count <= count else {
      try deliver(records.prefix(count), isEnough)
      return try deliver(records.dropFirst(count), isEnough)
    }
    do throws(SyncError) {
      try uplink.send(Array(records), epoch: outbox.epoch)
    } catch {
      return try failed(records, error, isEnough)
    }
    try stored { () throws(OutboxError) in try outbox.acknowledge(records) }
    sent += Int64(records.count)
    memory.batch.taken(records.count, recordsMax: uplink.recordsMax)
    memory.refused.took(records.lazy.map { $0.sequence })
    (memory.isCareful, isCareful, fault, refusals) = (false, false, nil, 0)
  }

  private func failed(
    _ records: ArraySlice<StoredRecord>, _ error: SyncError, _ isEnough: () -> Bool
  ) throws(SyncError) {
    let blame: Blame = error.blame
    if blame == .link { throw error }
    fault = error
    if blame == .silence { silences += 1 }
    guard records.count > 1 else { return try refused(records.first!, error) }
    let isSuspicious =
      isIsolating || blame == .record && sent > 0
      || records.contains { memory.refused.has($0.sequence) }
    if blame == .size || blame == .silence || blame == .cut && isSuspicious {
      memory.batch.tooLarge(records.count)
    }
    try endIfBusy(error)
    guard isSuspicious else {
      isCareful = true
      return
    }
    isIsolating = true
    for part in parts(of: records) { try deliver(part, isEnough) }
  }

  /// Records that were refused before are alone; without such a record, halves.
  private func parts(of records: ArraySlice<StoredRecord>) -> [ArraySlice<StoredRecord>] {
    var (parts, start): ([ArraySlice<StoredRecord>], Int) = ([], records.startIndex)
    for index in records.indices where memory.refused.has(records[index].sequence) {
      if start < index { parts.append(records[start..<index]) }
      parts.append(records[index...index])
      start = index + 1
    }
    if start == records.startIndex {
      start += records.count / 2
      parts.append(records[..<start])
    }
    if start < records.endIndex { parts.append(records[start...]) }
    return parts
  }

  /// A server that said when it wants to be asked again gets no request before. Silence costs half
  /// a minute each time, while another server waits for its turn. After both, the next round begins
  /// with a single record.
  private func endIfBusy(_ error: SyncError) throws(SyncError) {
    guard error.retryAfter != nil || silences >= SyncLimits.silencesMax else { return }
    memory.isCareful = true
    throw error
  }

  /// A record was refused alone.
  private func refused(_ record: StoredRecord, _ error: SyncError) throws(SyncError) {
    let (blame, now) = (error.blame, now())
    let isOfRecord = blame == .record || blame == .size
    if isOfRecord, sent > 0 { return try setAside(record, error) }
    guard let entry = memory.refused.refused(record.sequence, at: now, pause: pause) else {
      if sent > 0 { return try setAside(record, error) }
      memory.refused.releaseSuspects()
      throw error
    }
    if memory.refused.isGivenUp(entry, isOfRecord: isOfRecord, at: now) {
      return try setAside(record, error)
    }
    try endIfBusy(error)
    if entry.serverWorks {
      (lastRefusal, fault) = (error, nil)
      return
    }
    refusals += 1
    guard refusals < (sent > 0 ? max(3, blame.refusalsMax) : blame.refusalsMax) else {
      throw error
    }
  }

  private func setAside(_ record: StoredRecord, _ refusal: SyncError) throws(SyncError) {
    let reason = refusal.lines.joined(separator: " ")
    try stored { () throws(OutboxError) in try outbox.setAside(record, reason: reason) }
    memory.refused.forget(record.sequence)
    (setAside, fault) = (setAside + 1, nil)
  }

  private func stored<Result>(
    _ body: () throws(OutboxError) -> Result
  ) throws(SyncError) -> Result {
    do throws(OutboxError) {
      return try body()
    } catch {
      throw .store(path: outbox.path, error)
    }
  }
}
