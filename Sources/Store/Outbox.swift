import CSQLite
import System

/// Keeps the records that shall leave the board, in a SQLite file with a hard limit on its size.
///
/// One call of `append` is one commit, and after `durably: true` its records survive a power cut.
/// The outbox makes room before it needs it, because on a full disk even a deletion fails. What was
/// sent goes first. Then it drops recordings, then the lowest kind of records, and of each kind the
/// oldest record first. It counts everything that it drops.
///
/// It holds the outbox's lock as long as it lives, so no other process commits (`OutboxLog`). What
/// leaves the outbox leaves it through a `FileDrain` of this object. Another process may read.
///
/// One thread at a time may use it.
package final class Outbox {
  let database: Database
  let path: String
  /// 16 hexadecimal digits that were made with the file. A record's name is `<epoch>-<sequence>`.
  package let epoch: String
  /// The cap of the database and its log together.
  let bytesMax: Int
  private let boot: String
  private let insertion: Statement
  private let eviction: Statement
  private let sentEviction: Statement
  private let losses: LossTable
  private let recordings: RecordingTable
  private let pagesMax: Int
  let log: OutboxLog
  private let pageCount: Statement
  private let emptyPageCount: Statement
  private var isDurable = false
  /// The last sequence that the outbox gave and committed. Only the core gives sequences.
  package private(set) var lastSequence: Int64
  /// Records that are lost in the present transaction, which counts them.
  private var lost = LossCount()
  /// Recordings that the present transaction dropped to make room for records.
  private var lostRecordings: Int64 = 0
  /// The last member, because the database closes first: that can be a checkpoint.
  let lock: FileLock

  /// Opens the file, or makes it.
  ///
  /// - Parameters:
  ///   - bytesMax: the cap of the database and its log together, at least `OutboxLimits.bytesMin`.
  ///   - boot: the id of the present boot.
  ///   - keepSeconds: what was sent stays so long; 0: it goes at once.
  /// - Throws: `.foreign` or `.newer` for a file that must not be changed; `.held` while another
  ///   process writes; `.sqlite`.
  init(
    _ path: String, bytesMax: Int, boot: String, keepSeconds: Int64 = 0
  ) throws(OutboxError) {
    lock = try FileLock(ofOutbox: path)
    guard lock.take(withinMilliseconds: Int64(OutboxLimits.busyMilliseconds)) else { throw .held }
    database = try Database(path, .create)
    (self.path, self.bytesMax, self.boot) = (path, bytesMax, boot)
    log = OutboxLog(bytesMax: bytesMax)
    pagesMax = OutboxLimits.pagesMax(of: bytesMax)
    try database.execute(
      """
      PRAGMA page_size=\(OutboxLimits.pageBytes); PRAGMA journal_mode=WAL;
      \(log.settings)
      """)
    try OutboxSchema.prepare(database)
    // A file may be larger when a person lowered the cap later. It keeps its pages and fills them
    // again.
    try database.execute("PRAGMA max_page_count=\(pagesMax)")
    try database.execute(
      "INSERT OR REPLACE INTO meta VALUES ('size', '\(bytesMax)'), ('keep', '\(keepSeconds)')")
    epoch = try database.text("SELECT value FROM meta WHERE name = 'epoch'") ?? ""
    insertion = try database.prepare(
      "INSERT INTO record(\(NewRecord.columns)) VALUES (?, ?, ?, ?, ?, ?)")
    eviction = try database.prepare(
      "DELETE FROM record WHERE sequence IN "
        + "(SELECT sequence FROM record INDEXED BY record_by_kind "
        + "WHERE sent IS NULL AND kind = ? ORDER BY sequence LIMIT ?)")
    sentEviction = try database.prepare(
      "DELETE FROM record WHERE sequence IN "
        + "(SELECT sequence FROM record INDEXED BY record_sent "
        + "WHERE sent < ? ORDER BY sent, sequence LIMIT \(OutboxLimits.evictionRows))")
    losses = try LossTable(database)
    recordings = try RecordingTable(database)
    lastSequence =
      try database.integer("SELECT seq FROM sqlite_sequence WHERE name = 'record'") ?? 0
    pageCount = try database.prepare("PRAGMA page_count")
    emptyPageCount = try database.prepare("PRAGMA freelist_count")
  }

  /// Adds the records in one transaction, or throws and adds none. The weightiest records get room
  /// first. The outbox counts a record that finds no room as lost, and drops no weightier record
  /// for it.
  ///
  /// - Parameters:
  ///   - durably: the commit waits for the disk.
  ///   - losses: records that were lost on the way here. The same transaction counts them.
  ///   - mark: of the reserve, if the records come from there. The same transaction notes it.
  /// - Returns: all records that this commit counted as lost.
  /// - Throws: `.logFull` while a reader holds the log; `.sqlite`.
  @discardableResult
  @export(interface)
  package func append(
    _ records: [NewRecord], durably: Bool, losses: LossCount = LossCount(),
    from mark: OutboxReserve.Mark? = nil
  ) throws(OutboxError) -> LossCount {
    try commit(durably: durably)
    try log.bound(database)
    (lost, lostRecordings) = (losses, 0)
    var last = lastSequence
    try database.transaction { () throws(OutboxError) in
      for kind in RecordKind.allCases.reversed() {
        for record in records where record.kind == kind {
          if try makeRoom(for: record) {
            try record.bind(to: insertion, boot: boot)
            try insertion.run()
            last = database.lastSequence
          } else {
            lost.add(.noRoom, kind)
          }
        }
      }
      try self.losses.addRecordings(.noRoom, lostRecordings)
      for entry in lost.entries { try self.losses.add(entry.reason, entry.kind, entry.count) }
      if let mark {
        try database.execute("INSERT OR REPLACE INTO meta VALUES ('reserve', '\(mark.text)')")
      }
    }
    lastSequence = last
    return lost
  }

  /// Adds a recording, or throws and adds none. Older recordings make room for it when all of them
  /// would have more than `bytesMax` bytes, and when the file has no room. If that is not enough,
  /// the outbox counts the new recording as lost. It drops no record for a recording. The commit
  /// waits for the disk: after a power cut the outbox would else give its sequence again, under
  /// which a server may have it.
  ///
  /// - Parameters:
  ///   - bytesMax: the most bytes of all recordings together.
  ///   - lost: recordings that were lost on the way here. The same transaction counts them.
  @export(interface)
  package func append(
    _ recording: NewRecording, bytesMax: Int, lost: LostRecordings = LostRecordings()
  ) throws(OutboxError) {
    try commit(durably: true)
    try log.bound(database)
    try database.transaction { () throws(OutboxError) in
      var dropped: Int64 = 0
      while try recordings.bytes() + recording.bytes.count > bytesMax, try recordings.evict() {
        dropped += 1
      }
      let needed = 2 * recording.bytes.count / OutboxLimits.pageBytes + 8
      while try freePages() < needed, try evictSent() {}
      while try freePages() < needed, try recordings.evict() { dropped += 1 }
      if try freePages() >= needed, recording.bytes.count <= bytesMax {
        try recordings.add(recording, boot: boot)
      } else {
        dropped += 1
      }
      try losses.addRecordings(.noRoom, dropped)
      try losses.addRecordings(.queueFull, lost.refused)
      try losses.addRecordings(.storeFailed, lost.failed)
    }
  }

  private func commit(durably: Bool) throws(OutboxError) {
    guard isDurable != durably else { return }
    try database.execute("PRAGMA synchronous=\(durably ? "FULL" : "NORMAL")")
    isDurable = durably
  }

  /// Deletes what was sent so long ago that nobody asked to keep it, some rows at a time.
  ///
  /// - Parameter seconds: since 1970 UTC. Records that were sent before go.
  /// - Returns: whether there may be more.
  @export(interface)
  package func forgetSent(before seconds: Int64) throws(OutboxError) -> Bool {
    try commit(durably: false)
    try log.bound(database)
    return try database.transaction { () throws(OutboxError) in try evictSent(before: seconds) }
  }

  /// Whether the file at the path is the one that is open, and its lock's file too. Somebody may
  /// have removed them, or put others there.
  package func isInPlace(_ identity: FileIdentity?) -> Bool {
    identity != nil && (try? FileIdentity(path: path)) == identity && lock.stands
  }

  /// The records that wait, by kind, as they would count if they were lost now.
  package func waiting() throws(OutboxError) -> LossCount {
    let query = try database.prepare(
      "SELECT kind, count(*) FROM record WHERE sent IS NULL GROUP BY kind")
    var count = LossCount()
    while try query.step() {
      count.add(.storeFailed, RecordKind(rawValue: query.integer(0)) ?? .debug, query.integer(1))
    }
    return count
  }

  /// How far the outbox has taken the reserve over; nil for never.
  package func reserveMark() throws(OutboxError) -> OutboxReserve.Mark? {
    try database.text("SELECT value FROM meta WHERE name = 'reserve'")
      .flatMap { OutboxReserve.Mark(text: $0) }
  }

  // MARK: room

  /// Frees pages for a record. What was sent goes first, and is no loss. Then it drops recordings,
  /// then the oldest records of the lowest kind, but none of a kind above the record's own. It
  /// drops set-aside records only when no record that sync can still send is left to drop.
  ///
  /// - Returns: false when there is still no room.
  private func makeRoom(for record: NewRecord) throws(OutboxError) -> Bool {
    let needed = Self.pagesNeeded(for: record)
    while try freePages() < needed, try evictSent() {}
    while try freePages() < needed, try recordings.evict() { lostRecordings += 1 }
    for kind in RecordKind.allCases where kind.rawValue <= record.kind.rawValue {
      while try freePages() < needed {
        let gone = try evict(kind)
        guard gone > 0 else { break }
        lost.add(.noRoom, kind, gone)
      }
    }
    while try freePages() < needed {
      guard try evictSetAside() else { return false }
    }
    return true
  }

  /// Drops the oldest set-aside records, and counts each as the kind that it is of.
  ///
  /// - Returns: false when there are none.
  private func evictSetAside() throws(OutboxError) -> Bool {
    let oldest =
      "SELECT sequence, kind FROM set_aside ORDER BY sequence LIMIT "
      + "\(OutboxLimits.evictionRows)"
    let counts = try database.prepare("SELECT kind, count(*) FROM (\(oldest)) GROUP BY kind")
    while try counts.step() {
      lost.add(
        .setAsideFull, RecordKind(rawValue: counts.integer(0)) ?? .debug, counts.integer(1))
    }
    counts.reset()
    try database.execute(
      "DELETE FROM set_aside WHERE sequence IN (SELECT sequence FROM (\(oldest)))")
    return database.changes > 0
  }

  /// Deletes the records that were sent first.
  ///
  /// - Returns: false when there are none.
  private func evictSent(before seconds: Int64 = .max) throws(OutboxError) -> Bool {
    try sentEviction.bind(1, seconds)
    try sentEviction.run()
    return database.changes > 0
  }

  private func evict(_ kind: RecordKind) throws(OutboxError) -> Int64 {
    try eviction.bind(1, kind.rawValue)
    try eviction.bind(2, Int64(OutboxLimits.evictionRows))
    try eviction.run()
    return database.changes
  }

  /// Pages that the outbox may still fill. Room inside half-empty pages does not count, because the
  /// next record may not fit it.
  private func freePages() throws(OutboxError) -> Int {
    max(0, pagesMax - (try value(of: pageCount))) + (try value(of: emptyPageCount))
  }

  private func value(of statement: Statement) throws(OutboxError) -> Int {
    defer { statement.reset() }
    return try statement.step() ? Int(statement.integer(0)) : 0
  }

  /// Twice the pages that the record's bytes need, and a page for each level of each tree that may
  /// split.
  private static func pagesNeeded(for record: NewRecord) -> Int {
    let bytes = record.body.utf8.count + record.source.utf8.count + 100
    return 2 * bytes / OutboxLimits.pageBytes + 8
  }
}

extension FileLock {
  /// The lock of the outbox at a path, which this does not take.
  convenience init(ofOutbox path: String) throws(OutboxError) {
    do throws(Files.Failure) {
      try self.init(OutboxLog.lockPath(of: path))
    } catch {
      guard case .system(let code) = error else { throw .sqlite(code: SQLITE_CANTOPEN, system: 0) }
      throw .sqlite(code: SQLITE_CANTOPEN, system: code)
    }
  }
}
