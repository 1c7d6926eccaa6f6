import CPlatform
import CSQLite
import System

/// A drain in the process that has the file: in the core, on the connection of its outbox; in
/// another process, where no core runs, on a connection of its own. There it takes the outbox's
/// lock for one step at a time, so a core that starts meanwhile gets it, and from then on each call
/// throws `.held`.
///
/// It opens only a file that is there, and changes only the settings of its own connection. Only
/// the core quarantines the file.
///
/// A commit of a deletion does not wait for the disk (`synchronous=NORMAL`). After a power cut,
/// records that a server has may be in the file again. Sync then sends them again, and the server
/// knows them by `<epoch>-<sequence>`. To wait for the disk would gain nothing and would wear the
/// flash.
package final class FileDrain: OutboxDrain {
  package let path: String
  package let epoch: String
  /// The most bytes of bodies that `next` returns, because one deletion of them has to fit the log.
  let bodyBytesMax: Int
  private let database: Database
  private let boot: String
  private let log: OutboxLog
  /// What was sent stays.
  private let keeps: Bool
  private let losses: LossTable
  private let nextKind: Statement
  private let selection: Statement
  private let removal: Statement
  private let correction: Statement
  /// The records up to this one are on the disk for sure.
  private var durableSequence: Int64 = 0
  /// Of the file that was opened; nil in the core, which looks after its file itself.
  private let identity: FileIdentity?
  /// Nil in the core, which holds it all the time. The last member, because the database closes
  /// first.
  private let lock: FileLock?

  /// Where no core runs.
  ///
  /// - Parameter boot: the id of the present boot; "" if the Linux kernel does not tell it. Then
  ///   the drain corrects no time.
  /// - Throws: `.held`, `.empty`, `.foreign`, `.newer` and `.sqlite`.
  @export(interface)
  package convenience init(
    _ path: String, boot: String = Clock.bootIdentifier()
  ) throws(OutboxError) {
    guard Files.kind(path) == .file else {
      throw .sqlite(code: SQLITE_CANTOPEN, system: Files.kind(path) == .missing ? ENOENT : 0)
    }
    let lock = try FileLock(ofOutbox: path)
    guard lock.take(withinMilliseconds: Int64(OutboxLimits.busyMilliseconds)) else { throw .held }
    // Opening may bring the log of a crashed process into order, and so is a step too.
    defer { lock.release() }
    let database = try Outbox.opened(path, .existing)
    let size = try database.integer("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'size'")
    let bytesMax = size.map { Int($0) } ?? OutboxLimits.bytesDefault
    let log = OutboxLog(bytesMax: bytesMax)
    try database.execute(
      log.settings + "PRAGMA cache_size=-\(OutboxLimits.drainCacheKiB); "
        + "PRAGMA max_page_count=\(OutboxLimits.pagesMax(of: bytesMax))")
    try OutboxSchema.prepare(database)
    try self.init(database, log, path, bytesMax: bytesMax, boot: boot, lock)
  }

  /// In the core.
  @export(interface)
  package convenience init(
    of outbox: Outbox, boot: String = Clock.bootIdentifier()
  ) throws(OutboxError) {
    try self.init(
      outbox.database, outbox.log, outbox.path, bytesMax: outbox.bytesMax, boot: boot, nil)
  }

  private init(
    _ database: Database, _ log: OutboxLog, _ path: String, bytesMax: Int, boot: String,
    _ lock: FileLock?
  ) throws(OutboxError) {
    (self.database, self.log, self.path, self.boot) = (database, log, path, boot)
    self.lock = lock
    identity = lock == nil ? nil : try? FileIdentity(path: path)
    bodyBytesMax = OutboxLimits.batchBytesMax(of: bytesMax)
    epoch = try database.text("SELECT value FROM meta WHERE name = 'epoch'") ?? ""
    keeps =
      try database.integer("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'keep'") ?? 0 > 0
    losses = try LossTable(database)
    nextKind = try database.prepare(
      "SELECT max(kind) FROM record INDEXED BY record_by_kind WHERE sent IS NULL AND kind < ?")
    selection = try database.prepare(
      "SELECT \(StoredRecord.columns) FROM record INDEXED BY record_by_kind "
        + "WHERE sent IS NULL AND kind = ? ORDER BY sequence LIMIT ?")
    // Because of the plus, SQLite does not use an index, which it would read in addition to the
    // table.
    removal = try database.prepare(
      keeps
        ? "UPDATE record SET sent = ?3 WHERE +sent IS NULL AND sequence BETWEEN ?1 AND ?2"
        : "DELETE FROM record WHERE +sent IS NULL AND sequence BETWEEN ?1 AND ?2 AND ?3 NOTNULL")
    correction = try database.prepare("UPDATE record SET time = ? WHERE sequence = ?")
  }

  deinit {
    // Without the lock, the connection may not move the log as it closes.
    if let lock, !lock.take() { database.keepLogAtClose() }
  }

  /// One step that changes the file.
  private func writing<Result>(
    _ step: () throws(OutboxError) -> Result
  ) throws(OutboxError) -> Result {
    if let lock {
      try checkPlace()
      guard lock.take(withinMilliseconds: Int64(OutboxLimits.busyMilliseconds)) else { throw .held }
    }
    defer { lock?.release() }
    if lock != nil { try checkPlace() }
    try log.bound(database)
    return try database.transaction(step)
  }

  private func checkPlace() throws(OutboxError) {
    guard identity != nil, (try? FileIdentity(path: path)) == identity else { throw .replaced }
  }

  // MARK: what waits

  package func count() throws(OutboxError) -> Int64 {
    try database.integer(
      "SELECT count(*) FROM record INDEXED BY record_by_kind WHERE sent IS NULL") ?? 0
  }

  package func hasRecords() throws(OutboxError) -> Bool {
    try database.integer(
      "SELECT EXISTS(SELECT 1 FROM record INDEXED BY record_by_kind WHERE sent IS NULL)") == 1
  }

  package func hasAlert() throws(OutboxError) -> Bool {
    try database.integer(
      "SELECT EXISTS(SELECT 1 FROM record INDEXED BY record_by_kind "
        + "WHERE sent IS NULL AND kind = \(RecordKind.alert.rawValue))") == 1
  }

  /// - Parameters:
  ///   - wall: the wall clock, in nanoseconds since 1970.
  ///   - now: CLOCK_BOOTTIME at that moment.
  @export(interface)
  package func next(
    max: Int, passingOver passedOver: Set<Int64> = []
  ) throws(OutboxError) -> [StoredRecord] {
    try next(max: max, passingOver: passedOver, wall: Clock.wall(), now: Clock.boot())
  }

  func next(
    max: Int, passingOver passedOver: Set<Int64> = [], wall: Int64, now: Int64
  ) throws(OutboxError) -> [StoredRecord] {
    var records: [StoredRecord] = []
    var (bytes, kind) = (0, Int64.max)
    while records.count < max, bytes < bodyBytesMax, let lower = try kindBelow(kind) {
      kind = lower
      try read(kind, max, passedOver, &records, &bytes)
    }
    try correctTimes(&records, wall: wall, now: now)
    try makeDurable(records)
    return records
  }

  /// Waits until the records are on the disk. A batch of results was committed without that, and a
  /// power cut could take its numbers back. Then the outbox would give them again, to other
  /// records, which a server would take for those that it has.
  private func makeDurable(_ records: [StoredRecord]) throws(OutboxError) {
    guard let last = records.map({ $0.sequence }).max(), last > durableSequence else { return }
    do throws(Files.Failure) {
      try Files.synchronize(path + "-wal")
    } catch {
      // Without a log all of it is in the database: only a checkpoint removes the log, and a
      // checkpoint waits for the disk.
      guard case .system(let code) = error, code == ENOENT else {
        throw .sqlite(code: SQLITE_IOERR, system: 0)
      }
    }
    durableSequence = last
  }

  package func recordingBytes(after sequence: Int64) throws(OutboxError) -> Int? {
    let query = try database.prepare(
      "SELECT length(frames) FROM recording WHERE \(Self.isBehind) ORDER BY sequence LIMIT 1")
    try query.bind(1, sequence)
    return try query.step() ? Int(query.integer(0)) : nil
  }

  @export(interface)
  package func recording(after sequence: Int64) throws(OutboxError) -> StoredRecording? {
    try recording(after: sequence, wall: Clock.wall(), now: Clock.boot())
  }

  /// Its time is corrected as a record's is, but not in the outbox: the recording stays in it after
  /// it was sent, and its head has the time that was known.
  func recording(
    after sequence: Int64, wall: Int64 = Clock.wall(), now: Int64 = Clock.boot()
  ) throws(OutboxError) -> StoredRecording? {
    let query = try database.prepare(
      "SELECT \(StoredRecording.columns) FROM recording WHERE \(Self.isBehind) "
        + "ORDER BY sequence LIMIT 1")
    try query.bind(1, sequence)
    guard try query.step() else { return nil }
    var recording = StoredRecording(row: query)
    let corrected = RecordTime.better(
      than: recording.time, at: recording.at, of: recording.boot, in: boot, wall: wall, now: now)
    if let corrected { recording.time = corrected }
    return recording
  }

  /// Passes over what no agent writes: a damaged file may hold anything.
  private static let isBehind =
    "sequence > ? AND length(frames) BETWEEN 1 AND \(OutboxLimits.recordingBytesMax)"

  // MARK: what became of it

  @export(interface)
  package func acknowledge(_ records: ArraySlice<StoredRecord>) throws(OutboxError) {
    try release(records.map { $0.sequence })
  }

  /// Does the same for records of which only the sequences are known.
  package func release(_ sequences: [Int64]) throws(OutboxError) {
    let now = Clock.wall() / 1_000_000_000
    try writing { () throws(OutboxError) in
      var rest = sequences.sorted()[...]
      while let first = rest.first {
        var last = first
        while let next = rest.dropFirst().first, next == last &+ 1 || next == last {
          last = next
          rest = rest.dropFirst()
        }
        rest = rest.dropFirst()
        try remove(first, last, at: now)
      }
    }
  }

  private func remove(_ first: Int64, _ last: Int64, at now: Int64) throws(OutboxError) {
    try removal.bind(1, first)
    try removal.bind(2, last)
    try removal.bind(3, now)
    try removal.run()
  }

  package func setAside(_ record: StoredRecord, reason: String) throws(OutboxError) {
    try setAside(record.sequence, reason: reason)
  }

  @export(interface)
  package func setAside(_ sequence: Int64, reason: String) throws(OutboxError) {
    let selection = try database.prepare(
      "SELECT \(StoredRecord.columns) FROM record WHERE sent IS NULL AND sequence = ?1")
    try selection.bind(1, sequence)
    // Else the core has dropped and counted the record meanwhile. The record must not count twice.
    guard try selection.step() else { return }
    let record = StoredRecord(row: selection)
    selection.reset()
    let insertion = try database.prepare(
      "INSERT OR REPLACE INTO set_aside(\(StoredRecord.columns), reason) "
        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    try record.bind(to: insertion)
    try insertion.bind(8, reason.cut(toBytes: OutboxLimits.reasonBytesMax))
    try writing { () throws(OutboxError) in
      // The deletion comes first, so that an outbox without a free page gets one.
      try database.execute("DELETE FROM record WHERE sequence = \(sequence)")
      try insertion.run()
      let kept = try database.integer("SELECT count(*) FROM set_aside") ?? 0
      guard kept > OutboxLimits.setAsideMax else { return }
      let kind = try database.integer("SELECT kind FROM set_aside ORDER BY sequence LIMIT 1") ?? 0
      try database.execute(
        "DELETE FROM set_aside WHERE sequence = (SELECT min(sequence) FROM set_aside)")
      try losses.add(.setAsideFull, RecordKind(rawValue: kind) ?? .debug, 1)
    }
  }

  @export(interface)
  package func retrySetAside() throws(OutboxError) -> Int64 {
    let some =
      "SELECT sequence FROM set_aside ORDER BY sequence LIMIT \(OutboxLimits.retriedRows)"
    return try writing { () throws(OutboxError) in
      try database.execute(
        "INSERT OR IGNORE INTO record(\(StoredRecord.columns)) SELECT \(StoredRecord.columns) "
          + "FROM set_aside WHERE sequence IN (\(some))")
      try database.execute("DELETE FROM set_aside WHERE sequence IN (\(some))")
      return database.changes
    }
  }

  @export(interface)
  package func delete(through sequence: Int64) throws(OutboxError) -> Int64 {
    try writing { () throws(OutboxError) in
      try database.execute(
        "DELETE FROM record WHERE sequence IN (SELECT sequence FROM record "
          + "WHERE sent IS NULL AND sequence <= \(sequence) ORDER BY sequence "
          + "LIMIT \(OutboxLimits.readRows))")
      return database.changes
    }
  }

  // MARK: rows

  private func kindBelow(_ kind: Int64) throws(OutboxError) -> Int64? {
    defer { nextKind.reset() }
    try nextKind.bind(1, kind)
    return try nextKind.step() && !nextKind.isNull(0) ? nextKind.integer(0) : nil
  }

  private func read(
    _ kind: Int64, _ max: Int, _ passedOver: Set<Int64>, _ records: inout [StoredRecord],
    _ bytes: inout Int
  ) throws(OutboxError) {
    // Without the reset, SQLite could not move the log into the database, because the statement has
    // not reached its end.
    defer { selection.reset() }
    try selection.bind(1, kind)
    try selection.bind(2, Int64(max - records.count + passedOver.count))
    var last = (boot: boot, source: "")
    while records.count < max, try selection.step() {
      if passedOver.contains(selection.integer(0)) { continue }
      let record = StoredRecord(row: selection, like: last)
      last = (record.boot, record.source)
      bytes += record.body.utf8.count
      guard bytes <= bodyBytesMax || records.isEmpty else { return }
      records.append(record)
    }
  }

  /// Corrects the wall times of records that were stored in this boot. A record without a time, or
  /// with the time of a wrong clock, gets the wall time that the present clock gives for its `at`.
  /// The outbox stores the time before sync sends the record, so that the record is the same when
  /// sync sends it again.
  ///
  /// The outbox does not remember which records sync has sent before. If a process sets the clock
  /// between two tries of one record, the second try has a better time under the same name. A
  /// server that has the first one keeps it. Records of an earlier boot stay as they are, because
  /// the agent cannot tell the wall time of that boot any more.
  private func correctTimes(
    _ records: inout [StoredRecord], wall: Int64, now: Int64
  ) throws(OutboxError) {
    var wrong: [Int] = []
    for (index, record) in records.enumerated() {
      let time = RecordTime.better(
        than: record.time, at: record.at, of: record.boot, in: boot, wall: wall, now: now)
      guard let time else { continue }
      records[index].time = time
      wrong.append(index)
    }
    guard !wrong.isEmpty else { return }
    try writing { () throws(OutboxError) in
      for index in wrong {
        try correction.bind(1, records[index].time)
        try correction.bind(2, records[index].sequence)
        try correction.run()
      }
    }
  }
}
