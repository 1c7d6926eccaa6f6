import CPlatform
import System

/// The write-ahead log beside the database. Each process that writes keeps the log within its part
/// of the cap: the core, and sync, which drains the outbox.
struct OutboxLog {
  private let path: String
  private let bytesMax: Int

  /// - Parameter bytesMax: the cap of the database and its log together.
  init(of database: String, bytesMax: Int) {
    (path, self.bytesMax) = (database + "-wal", bytesMax)
  }

  /// The settings that each writing connection must make. With NORMAL a commit does not wait for
  /// the disk, but a checkpoint does. So the file is whole after a power cut. With FAST, SQLite
  /// overwrites deleted bytes only in pages that it writes anyway. With Debian's default it would
  /// also write freed pages for that alone, and these are a third of what a deletion writes.
  var settings: String {
    let pages = OutboxLimits.logPages(of: bytesMax)
    return """
      PRAGMA synchronous=NORMAL; PRAGMA cache_size=-\(OutboxLimits.cacheKiB);
      PRAGMA wal_autocheckpoint=\(pages); PRAGMA temp_store=MEMORY; PRAGMA secure_delete=FAST;
      PRAGMA journal_size_limit=\(pages * OutboxLimits.pageBytes);
      """
  }

  /// Call it before each transaction, because a log that a reader holds must not grow for ever. The
  /// other process's reads are short, so this call waits for them, some 50 ms at most. If a reader
  /// holds the log for longer, the caller cannot write until the reader lets go.
  ///
  /// - Throws: `.logFull` and `.sqlite`.
  func bound(_ database: Database) throws(OutboxError) {
    let limit = OutboxLimits.logBytesMax(of: bytesMax) / 2
    guard Files.bytes(of: path) > limit else { return }
    for _ in 0..<OutboxLimits.checkpointAttempts {
      if try database.checkpoint() == 0 { return }
      usleep(1_000)
    }
    throw .logFull
  }
}
