/// Keeps the records that are to leave the board: a SQLite file with a hard limit on its size.
///
/// Records appended together are committed together, and after `durably: true` they survive a power
/// cut. The outbox makes room before it needs it, because on a full disk even a deletion fails. It
/// drops the lowest kind first, and of that kind the oldest record first, and it counts every
/// record that it drops.
///
/// Used by one thread at a time; another process may have the same file open.
package final class Outbox {
  let database: Database
  /// 16 hexadecimal digits made with the file: a record's name is `<epoch>-<sequence>`.
  package let epoch: String
  let bytesMax: Int
  private let boot: String
  private let insertion: Statement
  private let eviction: Statement
  private let losses: LossTable
  private let recordings: RecordingTable
  private let pagesMax: Int
  private let log: OutboxLog
  private let pageCount: Statement
  private let emptyPageCount: Statement
  private var isDurable = false
  /// The last sequence that was given and committed; only the core gives sequences.
  package private(set) var lastSequence: Int64
  /// Records that found no room, counted here until the next commit.
  private var lost = LossCount()
  /// And recordings that made room for them.
  private var lostRecordings: Int64 = 0

  /// Opens the file, or makes it.
  ///
  /// - Parameter bytesMax: the cap of the database and its log together.
  init(_ path: String, bytesMax: Int, boot: String) throws(OutboxError) {
    database = try Database(path, .create)
    (self.bytesMax, self.boot) = (bytesMax, boot)
    log = OutboxLog(of: path, bytesMax: bytesMax)
    pagesMax = OutboxLimits.pagesMax(of: bytesMax)
    try database.execute(
      """
      PRAGMA page_size=\(OutboxLimits.pageBytes); PRAGMA journal_mode=WAL;
      \(log.settings)
      """)
    try OutboxSchema.prepare(database)
    // A file may be larger, because the cap was lowered later: it keeps its pages and fills them
    // again.
    try database.execute("PRAGMA max_page_count=\(pagesMax)")
    try database.execute("INSERT OR REPLACE INTO meta VALUES ('size', '\(bytesMax)')")
    epoch = try database.text("SELECT value FROM meta WHERE name = 'epoch'") ?? ""
    insertion = try database.prepare(
      "INSERT INTO record(\(NewRecord.columns)) VALUES (?, ?, ?, ?, ?, ?)")
    eviction = try database.prepare(
      "DELETE FROM record WHERE sequence IN "
        + "(SELECT sequence FROM record WHERE kind = ? ORDER BY sequence LIMIT ?)")
    losses = try LossTable(database)
    recordings = try RecordingTable(database)
    lastSequence =
      try database.integer("SELECT seq FROM sqlite_sequence WHERE name = 'record'") ?? 0
    pageCount = try database.prepare("PRAGMA page_count")
    emptyPageCount = try database.prepare("PRAGMA freelist_count")
  }

  /// Adds all records, or throws and adds none. The weightiest records get room first. A record
  /// that finds no room is lost and counted; no weightier record is dropped for it.
  ///
  /// - Parameter losses: records that were lost on the way here; the same transaction counts them.
  /// - Returns: all records that this commit counted as lost.
  @discardableResult
  @export(interface)
  package func append(
    _ records: [NewRecord], durably: Bool, losses: LossCount = LossCount()
  ) throws(OutboxError) -> LossCount {
    if isDurable != durably {
      try database.execute("PRAGMA synchronous=\(durably ? "FULL" : "NORMAL")")
      isDurable = durably
    }
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
    }
    lastSequence = last
    return lost
  }

  /// Adds a recording, or throws. It takes the places of older ones, beyond `bytesMax` of all of
  /// them together and where the file has no room; where that is not enough, it is lost and
  /// counted. It displaces no record.
  ///
  /// - Parameters:
  ///   - bytesMax: of all recordings.
  ///   - lost: recordings that were lost on the way here, which this counts.
  @export(interface)
  package func append(
    _ recording: NewRecording, bytesMax: Int, lost: LostRecordings = LostRecordings()
  ) throws(OutboxError) {
    try log.bound(database)
    try database.transaction { () throws(OutboxError) in
      var dropped: Int64 = 0
      while try recordings.bytes() + recording.bytes.count > bytesMax, try recordings.evict() {
        dropped += 1
      }
      let needed = 2 * recording.bytes.count / OutboxLimits.pageBytes + 8
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

  // MARK: room

  /// Frees pages for a record. It drops recordings first, then the oldest record of the lowest
  /// kind, but none of a kind above the record's own. It drops set-aside records only when no
  /// record that can still be sent is left to drop.
  private func makeRoom(for record: NewRecord) throws(OutboxError) -> Bool {
    let needed = Self.pagesNeeded(for: record)
    while try freePages() < needed, try recordings.evict() { lostRecordings += 1 }
    for kind in RecordKind.allCases where kind.rawValue <= record.kind.rawValue {
      while try freePages() < needed {
        let gone = try evict(kind)
        guard gone > 0 else { break }
        lost.add(.noRoom, kind, gone)
      }
    }
    while try freePages() < needed {
      try database.execute(
        "DELETE FROM set_aside WHERE sequence IN "
          + "(SELECT sequence FROM set_aside ORDER BY sequence LIMIT \(OutboxLimits.evictionRows))")
      guard database.changes > 0 else { return false }
      lost.add(.setAsideFull, .debug, database.changes)
    }
    return true
  }

  private func evict(_ kind: RecordKind) throws(OutboxError) -> Int64 {
    try eviction.bind(1, kind.rawValue)
    try eviction.bind(2, Int64(OutboxLimits.evictionRows))
    try eviction.run()
    return database.changes
  }

  /// Pages that may still be filled. Room inside half-empty pages does not count: it cannot be
  /// relied on.
  private func freePages() throws(OutboxError) -> Int {
    max(0, pagesMax - (try value(of: pageCount))) + (try value(of: emptyPageCount))
  }

  private func value(of statement: Statement) throws(OutboxError) -> Int {
    defer { statement.reset() }
    return try statement.step() ? Int(statement.integer(0)) : 0
  }

  /// Twice the pages that the bytes need, and a page for each level of each tree that may split.
  private static func pagesNeeded(for record: NewRecord) -> Int {
    let bytes = record.body.utf8.count + record.source.utf8.count + 100
    return 2 * bytes / OutboxLimits.pageBytes + 8
  }
}
