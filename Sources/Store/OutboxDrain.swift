import System

/// The sync process's end of the outbox: reads records that are to be sent, and deletes records
/// that a server has.
///
/// It opens only a file that is there and changes only the settings of its own connection. It never
/// quarantines the file: only the core does. If the core does so while a drain is open, this drain
/// still reads and deletes the old file's records, under the old file's epoch; so it cannot lose or
/// confuse records of the new file. Make a new drain for each round, so that the new file is read
/// from the next round on.
///
/// Deletions are committed with `synchronous=NORMAL`: after a power cut, records that a server has
/// may be in the file again. Sync then sends them again, and the server knows them by
/// `<epoch>-<sequence>`. Waiting for the disk would gain nothing and would wear the flash.
///
/// Used by one thread at a time.
package final class OutboxDrain {
  package let path: String
  /// 16 hexadecimal digits: a record's name is `<epoch>-<sequence>`.
  package let epoch: String
  /// The most bytes of bodies that `next` returns, because one deletion of them has to fit the log.
  let bodyBytesMax: Int
  private let database: Database
  private let boot: String
  private let log: OutboxLog
  private let losses: LossTable
  private let nextKind: Statement
  private let selection: Statement
  private let deletion: Statement
  private let correction: Statement

  /// - Parameter boot: the id of the present boot; "" if the kernel does not tell it, and then no
  ///   time is corrected.
  @export(interface)
  package init(_ path: String, boot: String = Clock.bootIdentifier()) throws(OutboxError) {
    (self.path, self.boot) = (path, boot)
    database = try Outbox.reader(path)
    let size = try database.integer("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'size'")
    let bytesMax = size.map { Int($0) } ?? OutboxLimits.bytesDefault
    bodyBytesMax = OutboxLimits.batchBytesMax(of: bytesMax)
    log = OutboxLog(of: path, bytesMax: bytesMax)
    // A checkpoint waits for the disk. So it happens only at the log's bound, not after every few
    // deletions.
    try database.execute(
      log.settings + "PRAGMA wal_autocheckpoint=0; "
        + "PRAGMA max_page_count=\(OutboxLimits.pagesMax(of: bytesMax))")
    epoch = try database.text("SELECT value FROM meta WHERE name = 'epoch'") ?? ""
    losses = try LossTable(database)
    nextKind = try database.prepare("SELECT max(kind) FROM record WHERE kind < ?")
    selection = try database.prepare(
      "SELECT \(StoredRecord.columns) FROM record WHERE kind = ? ORDER BY sequence LIMIT ?")
    // The plus keeps SQLite from using the index, which it would read in addition to the table.
    deletion = try database.prepare(
      "DELETE FROM record WHERE +kind = ? AND sequence BETWEEN ? AND ?")
    correction = try database.prepare("UPDATE record SET time = ? WHERE sequence = ?")
  }

  // MARK: what waits

  func count() throws(OutboxError) -> Int64 {
    try database.integer("SELECT count(*) FROM record") ?? 0
  }

  package func hasRecords() throws(OutboxError) -> Bool {
    try database.integer("SELECT EXISTS(SELECT 1 FROM record)") == 1
  }

  /// Whether an alert waits. Sync then opens a connection for it at once.
  package func hasAlert() throws(OutboxError) -> Bool {
    try database.integer(
      "SELECT EXISTS(SELECT 1 FROM record WHERE kind = \(RecordKind.alert.rawValue))") == 1
  }

  /// Returns the next records: the weightiest kind first, and of each kind the oldest first. They
  /// are at most `max` records and `bodyBytesMax` bytes of bodies, but at least one record if there
  /// is any. Wrong and missing times are corrected in the outbox, too.
  ///
  /// - Parameters:
  ///   - wall: nanoseconds since 1970.
  ///   - now: CLOCK_BOOTTIME at that moment.
  @export(interface)
  package func next(
    max: Int, wall: Int64 = Clock.wall(), now: Int64 = Clock.boot()
  ) throws(OutboxError) -> [StoredRecord] {
    var records: [StoredRecord] = []
    var (bytes, kind) = (0, Int64.max)
    while records.count < max, bytes < bodyBytesMax, let lower = try kindBelow(kind) {
      kind = lower
      try read(kind, max, &records, &bytes)
    }
    try correctTimes(&records, wall: wall, now: now)
    return records
  }

  // MARK: what became of it

  /// Deletes records that the server has; their room is free at once. It is no fault if the core
  /// has dropped some of them meanwhile.
  ///
  /// - Parameter records: a slice of what `next` returned, in that order.
  @export(interface)
  package func acknowledge(_ records: ArraySlice<StoredRecord>) throws(OutboxError) {
    try log.bound(database)
    try database.transaction { () throws(OutboxError) in
      var start = records.startIndex
      while start < records.endIndex {
        let kind = records[start].kind
        var end = start + 1
        while end < records.endIndex, records[end].kind == kind { end += 1 }
        try delete(records[start..<end], kind)
        start = end
      }
    }
  }

  /// Sets a record aside that a server refused for good: it is kept for a person to look at and
  /// never sent again. If there are more than `OutboxLimits.setAsideMax`, the oldest one is dropped
  /// and counted.
  @export(interface)
  package func setAside(_ record: StoredRecord, reason: String) throws(OutboxError) {
    let insertion = try database.prepare(
      "INSERT OR REPLACE INTO set_aside(\(StoredRecord.columns), reason) "
        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    try record.bind(to: insertion)
    try insertion.bind(8, reason)
    try log.bound(database)
    try database.transaction { () throws(OutboxError) in
      // The deletion comes first, so that an outbox without a free page gets one.
      try delete(record.kind, record.sequence, record.sequence)
      // If nothing was deleted, the core has dropped and counted the record meanwhile. It must not
      // be counted twice.
      guard database.changes > 0 else { return }
      try insertion.run()
      let kept = try database.integer("SELECT count(*) FROM set_aside") ?? 0
      guard kept > OutboxLimits.setAsideMax else { return }
      let kind = try database.integer("SELECT kind FROM set_aside ORDER BY sequence LIMIT 1") ?? 0
      try database.execute(
        "DELETE FROM set_aside WHERE sequence = (SELECT min(sequence) FROM set_aside)")
      try losses.add(.setAsideFull, RecordKind(rawValue: kind) ?? .debug, 1)
    }
  }

  // MARK: rows

  private func kindBelow(_ kind: Int64) throws(OutboxError) -> Int64? {
    defer { nextKind.reset() }
    try nextKind.bind(1, kind)
    return try nextKind.step() && !nextKind.isNull(0) ? nextKind.integer(0) : nil
  }

  private func read(
    _ kind: Int64, _ max: Int, _ records: inout [StoredRecord], _ bytes: inout Int
  ) throws(OutboxError) {
    // A statement that has not reached its end keeps the log from being moved into the database.
    defer { selection.reset() }
    try selection.bind(1, kind)
    try selection.bind(2, Int64(max - records.count))
    var last = (boot: boot, source: "")
    while try selection.step() {
      let record = StoredRecord(row: selection, like: last)
      last = (record.boot, record.source)
      bytes += record.body.utf8.count
      guard bytes <= bodyBytesMax || records.isEmpty else { return }
      records.append(record)
    }
  }

  /// Deletes records of one kind. Between the first and the last record of a slice there is no
  /// other record of that kind: `next` read the slice in order, and later records have later
  /// sequences. So one pass over the table deletes all of them, unless they lie far apart in it.
  private func delete(_ records: ArraySlice<StoredRecord>, _ kind: Int64) throws(OutboxError) {
    let (first, last) = (records.first!.sequence, records.last!.sequence)
    if last &- first < 4 * Int64(records.count) {
      return try delete(kind, first, last)
    }
    for record in records { try delete(kind, record.sequence, record.sequence) }
  }

  private func delete(_ kind: Int64, _ first: Int64, _ last: Int64) throws(OutboxError) {
    try deletion.bind(1, kind)
    try deletion.bind(2, first)
    try deletion.bind(3, last)
    try deletion.run()
  }

  /// Corrects the wall times of records that were stored in this boot. A record without a time, or
  /// with the time of a wrong clock, gets the wall time that the present clock gives for its `at`.
  /// The time is stored before the record is sent, so that the record is the same when it is sent
  /// again.
  ///
  /// The outbox does not remember which records were sent before. If the clock is set between two
  /// tries of one record, the second try has a better time under the same name; a server that has
  /// the first one keeps it. Records of an earlier boot stay as they are, because the agent cannot
  /// tell the wall time of that boot any more.
  private func correctTimes(
    _ records: inout [StoredRecord], wall: Int64, now: Int64
  ) throws(OutboxError) {
    guard Clock.plausible(wall) != nil, !boot.isEmpty else { return }
    var wrong: [Int] = []
    for (index, record) in records.enumerated() where record.boot == boot {
      // The arithmetic wraps: a damaged file may hold any number, and any number is then just a
      // wrong time.
      let time = wall &- (now &- record.at)
      let error = record.time.map { ($0 &- time).magnitude } ?? .max
      guard error > OutboxLimits.clockErrorNanosecondsMax, Clock.plausible(time) != nil else {
        continue
      }
      records[index].time = time
      wrong.append(index)
    }
    guard !wrong.isEmpty else { return }
    try log.bound(database)
    try database.transaction { () throws(OutboxError) in
      for index in wrong {
        try correction.bind(1, records[index].time)
        try correction.bind(2, records[index].sequence)
        try correction.run()
      }
    }
  }
}
