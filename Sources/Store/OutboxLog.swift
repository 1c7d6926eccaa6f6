import CPlatform
import System

/// The write-ahead log beside the database, which the writer keeps within its part of the cap.
///
/// **One writer.** Up to version 3.51.2 SQLite can lose a committed transaction when one connection
/// commits while another one is in the middle of a checkpoint (sqlite.org/wal.html, section 11),
/// and Debian links such a version. So every commit and every checkpoint of every process is made
/// under one lock of the Linux kernel (`FileLock`), and SQLite makes no checkpoint by itself: not
/// after a commit, and not where a connection closes that does not hold the lock. The core holds
/// the lock as long as it has the file open. Another process holds it for one step.
struct OutboxLog {
  /// What the lock's file is called, beside the database.
  static func lockPath(of database: String) -> String { database + ".lock" }

  private let bytesMax: Int

  /// - Parameter bytesMax: the cap of the database and its log together.
  init(bytesMax: Int) { self.bytesMax = bytesMax }

  /// The settings that each writing connection must make. With NORMAL a commit does not wait for
  /// the disk, but a checkpoint does. So the file is whole after a power cut. With FAST, SQLite
  /// overwrites deleted bytes only in pages that it writes anyway. With Debian's default it would
  /// also write freed pages for that alone, and these are a third of what a deletion writes.
  var settings: String {
    let bytes = OutboxLimits.logPages(of: bytesMax) * OutboxLimits.pageBytes
    return """
      PRAGMA synchronous=NORMAL; PRAGMA cache_size=-\(OutboxLimits.cacheKiB);
      PRAGMA temp_store=MEMORY; PRAGMA secure_delete=FAST; PRAGMA journal_size_limit=\(bytes);
      """
  }

  /// Call it before each transaction, because a log that a reader holds must not grow for ever. At
  /// a quarter of its limit the log moves into the database, if no reader keeps it from that. At a
  /// half this call waits for readers, some 50 ms at most, because reads are short. If a reader
  /// holds the log for longer, the caller cannot write until the reader lets go.
  ///
  /// - Throws: `.logFull` and `.sqlite`.
  func bound(_ database: Database) throws(OutboxError) {
    guard database.logPages >= OutboxLimits.logPages(of: bytesMax) else { return }
    if try database.checkpoint() { return }
    let limit = OutboxLimits.logBytesMax(of: bytesMax) / 2 / OutboxLimits.pageBytes
    guard database.logPages > limit else { return }
    for _ in 0..<OutboxLimits.checkpointAttempts {
      usleep(1_000)
      if try database.checkpoint() { return }
    }
    throw .logFull
  }
}
