import CPlatform
import System

/// The write-ahead log beside the database. Whoever writes keeps it within its part of the cap: the
/// core as well as the process that empties the store.
struct OutboxLog {
  private let path: String
  private let bytesMax: Int

  /// - Parameter bytesMax: of the database and its log together.
  init(of database: String, bytesMax: Int) {
    (path, self.bytesMax) = (database + "-wal", bytesMax)
  }

  /// What a connection that writes has to set for itself. With NORMAL a commit waits for no disk,
  /// and a checkpoint does, so that the file is whole after a power cut. FAST: what is deleted is
  /// overwritten where its page is written anyway; freed pages are not written for that alone
  /// (Debian's SQLite would: a third of what a deletion writes).
  var settings: String {
    let pages = OutboxLimits.logPages(of: bytesMax)
    return """
      PRAGMA synchronous=NORMAL; PRAGMA cache_size=-\(OutboxLimits.cacheKiB);
      PRAGMA wal_autocheckpoint=\(pages); PRAGMA temp_store=MEMORY; PRAGMA secure_delete=FAST;
      PRAGMA journal_size_limit=\(pages * OutboxLimits.pageBytes);
      """
  }

  /// Before each transaction: a log that a reader holds up must not grow for ever. The other
  /// process's reads are over in a moment and are waited for; beyond that nothing is written until
  /// the reader lets go.
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
