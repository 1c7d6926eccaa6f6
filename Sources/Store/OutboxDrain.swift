import System

/// The sync process's end of the store: reads what is to be sent, and deletes what a server has.
///
/// It opens a file that is there, changes no setting but its own connection's, and never puts the
/// file aside: only the core does. When the core does so while this is open, what is read and
/// deleted here is still the old file's, under the old file's epoch, so nothing of the new file is
/// lost or taken for something else; make a new one for each round, so that the new file's turn
/// comes.
///
/// Deletions are committed with `synchronous=NORMAL`: a power cut may bring records back that a
/// server has, they are sent again, and the server knows them by `<epoch>-<sequence>`. Waiting for
/// the disk would buy nothing and wear it.
///
/// Used by one thread at a time.
package final class OutboxDrain {
  package let path: String
  /// 16 hexadecimal digits: a record's name is `<epoch>-<sequence>`.
  package let epoch: String
  /// Of the bodies that `next` returns; what is deleted in one transaction has to fit the log.
  let bodyBytesMax: Int
  private let database: Database
  private let boot: String
  private let log: OutboxLog
  private let losses: LossTable
  private let nextKind: Statement
  private let selection: Statement
  private let deletion: Statement
  private let correction: Statement

  /// - Parameter boot: the id of the present boot; "" where the kernel does not tell, and then no
  ///   time is corrected.
  package init(_ path: String, boot: String = Clock.bootIdentifier()) throws(OutboxError) {
    (self.path, self.boot) = (path, boot)
    database = try Outbox.reader(path)
    let size = try database.integer("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'size'")
    let bytesMax = size.map { Int($0) } ?? OutboxLimits.bytesDefault
    bodyBytesMax = OutboxLimits.batchBytesMax(of: bytesMax)
    log = OutboxLog(of: path, bytesMax: bytesMax)
    // Checkpoints wait for the disk: only at the log's bound, not after every few deletions.
    try database.execute(
      log.settings + "PRAGMA wal_autocheckpoint=0; "
        + "PRAGMA max_page_count=\(OutboxLimits.pagesMax(of: bytesMax))")
    epoch = try database.text("SELECT value FROM meta WHERE name = 'epoch'") ?? ""
    losses = try LossTable(database)
    nextKind = try database.prepare("SELECT max(kind) FROM record WHERE kind < ?")
    selection = try database.prepare(
      "SELECT \(StoredRecord.columns) FROM record WHERE kind = ? ORDER BY sequence LIMIT ?")
    // The plus keeps the index out of it: it would be read beside the table.
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

  /// Whether an alert waits, which is worth a connection of its own.
  package func hasAlert() throws(OutboxError) -> Bool {
    try database.integer(
      "SELECT EXISTS(SELECT 1 FROM record WHERE kind = \(RecordKind.alert.rawValue))") == 1
  }

  /// The next records: the weightiest kind first, the oldest of it first; at least one where there
  /// is any, at most `max`, and `bodyBytesMax` bytes of bodies. Times that are to be corrected are,
  /// in the store too.
  ///
  /// - Parameters:
  ///   - wall: nanoseconds since 1970.
  ///   - now: CLOCK_BOOTTIME at that moment.
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

  /// The server has them: they are gone at once, and their room is free. Records that the core has
  /// dropped meanwhile are no fault.
  ///
  /// - Parameter records: a slice of what `next` returned, in that order.
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

  /// A server refused it for good: it is kept beside the records, for a person, and never sent
  /// again. Beyond `OutboxLimits.setAsideMax` the oldest goes, and is counted.
  package func setAside(_ record: StoredRecord, reason: String) throws(OutboxError) {
    let insertion = try database.prepare(
      "INSERT OR REPLACE INTO set_aside(\(StoredRecord.columns), reason) "
        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
    try record.bind(to: insertion)
    try insertion.bind(8, reason)
    try log.bound(database)
    try database.transaction { () throws(OutboxError) in
      // First, so that a store without a free page has one.
      try delete(record.kind, record.sequence, record.sequence)
      // The core dropped and counted it meanwhile: it is not to be counted twice.
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
    // A statement that is not at its end holds the log.
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

  /// Records of one kind. Between the first and the last of a slice there is no other of that kind:
  /// the slice is what `next` read, in order, and later records have later sequences. So one pass
  /// over the table takes them all, unless they lie far apart in it.
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

  /// What was stored in this boot gets the wall time that its `at` has by the present clock, if it
  /// has none or one that a wrong clock gave it. It is written down before it is sent, so that the
  /// record is the same when it is sent again.
  ///
  /// Nothing remembers which records were sent before: if the clock is set between two tries of one
  /// record, the second has a better time under the same name, and a server that has the first
  /// keeps it. Records of an earlier boot stay as they are; nothing ties that boot to the wall any
  /// more.
  private func correctTimes(
    _ records: inout [StoredRecord], wall: Int64, now: Int64
  ) throws(OutboxError) {
    guard Clock.plausible(wall) != nil, !boot.isEmpty else { return }
    var wrong: [Int] = []
    for (index, record) in records.enumerated() where record.boot == boot {
      // Whatever a damaged file holds, it is a time far away.
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
