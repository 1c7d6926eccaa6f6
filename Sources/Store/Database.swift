import CPlatform
import CSQLite
import System

/// One connection to one SQLite file. Each call that fails throws SQLite's error number.
///
/// One thread at a time may use it. `OutboxLimits.heapBytesMax` bounds all of SQLite's memory in
/// the process. A call may wait `OutboxLimits.busyMilliseconds` for another process's transaction.
final class Database {
  enum Access {
    /// Makes the file if there is none.
    case create
    case existing
    /// Changes nothing: no row, no setting, and the log stays as it is.
    case reading
  }

  private let connection: OpaquePointer
  /// The pages that the log had after this connection's last commit. SQLite tells them after each.
  private let logPageCount: UnsafeMutablePointer<Int32>

  init(_ path: String, _ access: Access) throws(OutboxError) {
    sqlite3_hard_heap_limit64(Int64(OutboxLimits.heapBytesMax))
    var opened: OpaquePointer?
    let create = access == .create ? SQLITE_OPEN_CREATE : 0
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | create
    let code = path.withCString { sqlite3_open_v2($0, &opened, flags, nil) }
    guard code == SQLITE_OK, let opened else {
      let error = OutboxError.sqlite(
        code: opened.map(sqlite3_extended_errcode) ?? code,
        system: opened.map(sqlite3_system_errno) ?? 0)
      sqlite3_close_v2(opened)
      throw error
    }
    connection = opened
    logPageCount = .allocate(capacity: 1)
    logPageCount.initialize(
      to: Int32(clamping: Files.bytes(of: path + "-wal") / OutboxLimits.pageBytes))
    sqlite3_extended_result_codes(connection, 1)
    sqlite3_busy_timeout(connection, OutboxLimits.busyMilliseconds)
    // In the place of SQLite's own checkpoints after a commit: `OutboxLog` says when there is one.
    sqlite3_wal_hook(
      connection,
      { count, _, _, pages in
        count!.assumingMemoryBound(to: Int32.self).pointee = pages
        return SQLITE_OK
      }, logPageCount)
    guard access == .reading else { return }
    keepLogAtClose()
    try execute("PRAGMA query_only=ON")
  }

  deinit {
    sqlite3_close_v2(connection)
    logPageCount.deallocate()
  }

  /// The last connection to a file moves the log into it when it closes. After this call, this one
  /// does not.
  func keepLogAtClose() { _ = cs_keep_log_at_close(connection, 1) }

  /// Runs statements without a result, separated by `;`.
  func execute(_ sql: String) throws(OutboxError) {
    try check(sql.withCString { sqlite3_exec(connection, $0, nil, nil, nil) })
  }

  /// Compiles one statement, which the caller keeps and uses again.
  func prepare(_ sql: String) throws(OutboxError) -> Statement {
    var statement: OpaquePointer?
    let code = sql.withCString {
      sqlite3_prepare_v3(connection, $0, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    }
    try check(code)
    return Statement(statement!, of: self)
  }

  /// The first column of the first row; nil where there is no row.
  func integer(_ sql: String) throws(OutboxError) -> Int64? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.integer(0) : nil
  }

  /// The first column of the first row as text; nil where there is no row.
  func text(_ sql: String) throws(OutboxError) -> String? {
    let statement = try prepare(sql)
    return try statement.step() ? statement.text(0) : nil
  }

  /// Commits all of `body` or nothing of it. It takes the writer's lock at once, because a reader's
  /// lock can fail to become a writer's lock later.
  func transaction<Result>(
    _ body: () throws(OutboxError) -> Result
  ) throws(OutboxError) -> Result {
    try execute("BEGIN IMMEDIATE")
    do throws(OutboxError) {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // After some failures SQLite has already rolled back. Then this statement fails, which does
      // no harm.
      try? execute("ROLLBACK")
      throw error
    }
  }

  /// The pages in the log that are not in the database yet, as far as this connection knows.
  var logPages: Int { Int(logPageCount.pointee) }

  /// Moves the log into the database as far as readers allow. This waits for the disk. Only the
  /// process that holds the outbox's lock may call it (`OutboxLog`).
  ///
  /// - Returns: whether the database has all pages of the log. Then the next write begins the log
  ///   anew, unless a reader still uses it.
  func checkpoint() throws(OutboxError) -> Bool {
    var (pages, moved) = (Int32(0), Int32(0))
    let code = sqlite3_wal_checkpoint_v2(
      connection, nil, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved)
    guard code != SQLITE_BUSY else { return false }
    try check(code)
    guard pages == moved else { return false }
    logPageCount.pointee = 0
    return true
  }

  /// Lets go of the pages in memory: the next reads are of the file.
  func forgetPages() { sqlite3_db_release_memory(connection) }

  /// Rows that the last statement changed.
  var changes: Int64 { sqlite3_changes64(connection) }

  /// The key of the row that this connection inserted last.
  var lastSequence: Int64 { sqlite3_last_insert_rowid(connection) }

  fileprivate func check(_ code: Int32) throws(OutboxError) {
    guard code != SQLITE_OK else { return }
    throw .sqlite(code: code, system: sqlite3_system_errno(connection))
  }
}

/// One prepared statement. The caller uses it again and again: `bind`, `step`, `reset`.
final class Statement {
  private let statement: OpaquePointer
  private let database: Database

  fileprivate init(_ statement: OpaquePointer, of database: Database) {
    (self.statement, self.database) = (statement, database)
  }

  deinit { sqlite3_finalize(statement) }

  /// Parameters count from 1.
  func bind(_ index: Int32, _ value: Int64?) throws(OutboxError) {
    guard let value else { return try database.check(sqlite3_bind_null(statement, index)) }
    try database.check(sqlite3_bind_int64(statement, index, value))
  }

  func bind(_ index: Int32, _ text: String) throws(OutboxError) {
    var text = text
    let code = text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        // SQLITE_TRANSIENT: SQLite copies it.
        sqlite3_bind_text(
          statement, index, $0.baseAddress, Int32($0.count),
          unsafeBitCast(-1, to: sqlite3_destructor_type.self))
      }
    }
    try database.check(code)
  }

  func bind(_ index: Int32, _ bytes: [UInt8]) throws(OutboxError) {
    let code = bytes.withUnsafeBytes { bytes in
      // SQLITE_TRANSIENT: SQLite copies it.
      sqlite3_bind_blob(
        statement, index, bytes.baseAddress, Int32(bytes.count),
        unsafeBitCast(-1, to: sqlite3_destructor_type.self))
    }
    try database.check(code)
  }

  /// Makes one step. True if there is a row; its columns are valid until the next call.
  func step() throws(OutboxError) -> Bool {
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      sqlite3_reset(statement)
      try database.check(code)
      return false
    }
  }

  /// Runs a statement that has no rows, and makes it ready for the next use.
  func run() throws(OutboxError) {
    _ = try step()
    reset()
  }

  func reset() { sqlite3_reset(statement) }

  /// Columns count from 0.
  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

  func bytes(_ column: Int32) -> [UInt8] {
    guard let bytes = sqlite3_column_blob(statement, column) else { return [] }
    let count = Int(sqlite3_column_bytes(statement, column))
    return Array(UnsafeRawBufferPointer(start: bytes, count: count))
  }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

  func text(_ column: Int32) -> String {
    guard let bytes = sqlite3_column_text(statement, column) else { return "" }
    let count = Int(sqlite3_column_bytes(statement, column))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  /// Does the same for a column that seldom changes from row to row. It returns `last` itself where
  /// the text is equal, and then copies nothing.
  func text(_ column: Int32, like last: String) -> String {
    guard let bytes = sqlite3_column_text(statement, column) else { return "" }
    let count = Int(sqlite3_column_bytes(statement, column))
    var last = last
    let isEqual = last.withUTF8 {
      $0.count == count && count > 0 && memcmp($0.baseAddress!, bytes, count) == 0
    }
    return isEqual ? last : text(column)
  }
}
