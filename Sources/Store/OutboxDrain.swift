import System

/// The sync process's end of the outbox. It reads records that wait, and deletes records that a
/// server has.
///
/// It opens only a file that is there, and changes only the settings of its own connection. Only
/// the core quarantines the file. If the core does so while a drain is open, this drain still reads
/// and deletes the old file's records, under the old file's epoch. So it cannot lose or confuse
/// records of the new file. Sync makes a new drain for each round, and so reads the new file from
/// the next round on.
///
/// A commit of a deletion does not wait for the disk (`synchronous=NORMAL`). After a power cut,
/// records that a server has may be in the file again. Sync then sends them again, and the server
/// knows them by `<epoch>-<sequence>`. To wait for the disk would gain nothing and would wear the
/// flash.
///
/// One thread at a time may use it.
package final class OutboxDrain {
  package let path: String
  /// 16 hexadecimal digits. A record's name is `<epoch>-<sequence>`.
  package let epoch: String
  /// The most bytes of bodies that `next` returns, because one deletion of them has to fit the log.
  let bodyBytesMax: Int
  private let database: Database
  private let boot: String
  private let log: OutboxLog
  private let losses: LossTable
  /// What the last `next` passed over: a deletion must not take it along.
  private var passedOver: Set<Int64> = []
  private let nextKind: Statement
  private let selection: Statement
  private let deletion: Statement
  private let correction: Statement

  /// - Parameter boot: the id of the present boot; "" if the Linux kernel does not tell it. Then
  ///   the drain corrects no time.
  /// - Throws: `.empty`, `.foreign`, `.newer` and `.sqlite`.
  @export(interface)
  package init(_ path: String, boot: String = Clock.bootIdentifier()) throws(OutboxError) {
    (self.path, self.boot) = (path, boot)
    database = try Outbox.reader(path)
    let size = try database.integer("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'size'")
    let bytesMax = size.map { Int($0) } ?? OutboxLimits.bytesDefault
    bodyBytesMax = OutboxLimits.batchBytesMax(of: bytesMax)
    log = OutboxLog(of: path, bytesMax: bytesMax)
    // A checkpoint waits for the disk. So it happens only at the log's bound, and not after every
    // few deletions.
    try database.execute(
      log.settings + "PRAGMA wal_autocheckpoint=0; "
        + "PRAGMA max_page_count=\(OutboxLimits.pagesMax(of: bytesMax))")
    epoch = try database.text("SELECT value FROM meta WHERE name = 'epoch'") ?? ""
    losses = try LossTable(database)
    nextKind = try database.prepare("SELECT max(kind) FROM record WHERE kind < ?")
    selection = try database.prepare(
      "SELECT \(StoredRecord.columns) FROM record WHERE kind = ? ORDER BY sequence LIMIT ?")
    // Because of the plus, SQLite does not use the index, which it would read in addition to the
    // table.
    deletion = try database.prepare(
      "DELETE FROM record WHERE +kind = ? AND sequence BETWEEN ? AND ?")
    correction = try database.prepare("UPDATE record SET time = ? WHERE sequence = ?")
  }

  // MARK: what waits

  package func count() throws(OutboxError) -> Int64 {
    try database.integer("SELECT count(*) FROM record") ?? 0
  }

  package func hasRecords() throws(OutboxError) -> Bool {
    try database.integer("SELECT EXISTS(SELECT 1 FROM record)") == 1
  }

  /// Whether an alert waits. Sync brings its next round forward for an alert.
  package func hasAlert() throws(OutboxError) -> Bool {
    try database.integer(
      "SELECT EXISTS(SELECT 1 FROM record WHERE kind = \(RecordKind.alert.rawValue))") == 1
  }

  /// Returns the next records: the weightiest kind first, and of each kind the oldest first. They
  /// are at most `max` records and `bodyBytesMax` bytes of bodies, but at least one record if there
  /// is any. This also corrects wrong and missing times, in the outbox too.
  ///
  /// - Parameters:
  ///   - passedOver: the sequences of records that this leaves out, `OutboxLimits.passedOverMax` at
  ///     most. Those behind them come in their place.
  ///   - wall: the wall clock, in nanoseconds since 1970.
  ///   - now: CLOCK_BOOTTIME at that moment.
  @export(interface)
  package func next(
    max: Int, passingOver passedOver: Set<Int64> = [], wall: Int64 = Clock.wall(),
    now: Int64 = Clock.boot()
  ) throws(OutboxError) -> [StoredRecord] {
    precondition(passedOver.count <= OutboxLimits.passedOverMax)
    self.passedOver = passedOver
    var records: [StoredRecord] = []
    var (bytes, kind) = (0, Int64.max)
    while records.count < max, bytes < bodyBytesMax, let lower = try kindBelow(kind) {
      kind = lower
      try read(kind, max, &records, &bytes)
    }
    try correctTimes(&records, wall: wall, now: now)
    return records
  }

  /// The bytes of the first recording behind a sequence; nil where there is none.
  package func recordingBytes(after sequence: Int64) throws(OutboxError) -> Int? {
    let query = try database.prepare(
      "SELECT length(frames) FROM recording WHERE \(Self.isBehind) ORDER BY sequence LIMIT 1")
    try query.bind(1, sequence)
    return try query.step() ? Int(query.integer(0)) : nil
  }

  /// That recording. Its time is corrected as a record's is, but not in the outbox: the recording
  /// stays in it after it was sent, and its head has the time that was known.
  @export(interface)
  package func recording(
    after sequence: Int64, wall: Int64 = Clock.wall(), now: Int64 = Clock.boot()
  ) throws(OutboxError) -> StoredRecording? {
    let query = try database.prepare(
      "SELECT \(StoredRecording.columns) FROM recording WHERE \(Self.isBehind) "
        + "ORDER BY sequence LIMIT 1")
    try query.bind(1, sequence)
    guard try query.step() else { return nil }
    var recording = StoredRecording(row: query)
    let corrected = betterTime(
      than: recording.time, at: recording.at, boot: recording.boot, wall: wall, now: now)
    if let corrected { recording.time = corrected }
    return recording
  }

  /// Passes over what no agent writes: a damaged file may hold anything.
  private static let isBehind =
    "sequence > ? AND length(frames) BETWEEN 1 AND \(OutboxLimits.recordingBytesMax)"

  // MARK: what became of it

  /// Deletes records that the server has. Their room is free at once. It is no fault if the core
  /// has dropped some of them meanwhile.
  ///
  /// - Parameter records: a slice of what `next` returned, in that order.
  /// - Throws: `.logFull` while a reader holds the log; `.sqlite`.
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

  /// Sets a record aside that a server refused for good. The outbox keeps it for a person to look
  /// at, and sync does not send it again. Beyond `OutboxLimits.setAsideMax` records, this drops the
  /// oldest one and counts it.
  ///
  /// - Parameter reason: the server's words.
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
      // If this deleted nothing, the core has dropped and counted the record meanwhile. The record
      // must not count twice.
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

  /// Deletes records of one kind. Between the first and the last record of a slice there is no
  /// other record of that kind but those that were passed over: `next` read the slice in order, and
  /// later records have later sequences. So one pass over the table deletes all of them, unless
  /// they lie far apart in it or a record among them has to stay.
  private func delete(_ records: ArraySlice<StoredRecord>, _ kind: Int64) throws(OutboxError) {
    let (first, last) = (records.first!.sequence, records.last!.sequence)
    let isWhole = !passedOver.contains { first < $0 && $0 < last }
    if isWhole, last &- first < 4 * Int64(records.count) {
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
      let time = betterTime(
        than: record.time, at: record.at, boot: record.boot, wall: wall, now: now)
      guard let time else { continue }
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

  /// Nil where the time is right as far as the clock tells, or the clock tells nothing of it.
  private func betterTime(
    than known: Int64?, at: Int64, boot: String, wall: Int64, now: Int64
  ) -> Int64? {
    guard Clock.plausible(wall) != nil, !boot.isEmpty, boot == self.boot else { return nil }
    // The arithmetic wraps: a damaged file may hold any number, and any number is then just a
    // wrong time.
    let time = wall &- (now &- at)
    let error = known.map { ($0 &- time).magnitude } ?? .max
    guard error > OutboxLimits.clockErrorNanosecondsMax else { return nil }
    return Clock.plausible(time)
  }
}
