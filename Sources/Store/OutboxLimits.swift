/// Sizes of the outbox: on the disk, in memory, and in time.
package enum OutboxLimits {
  /// SQLite's default and a multiple of every flash page that matters.
  static let pageBytes = 4096

  /// The least size of the database and its log together. In less, the log has no room for a batch
  /// beside the records.
  static let bytesMin = 1 << 20

  /// The size that a reader assumes when the file does not say how large it may be: the default of
  /// `[store]`.
  static let bytesDefault = 64 << 20

  /// The part of the cap that the write-ahead log may take: a quarter of a small outbox. In a large
  /// one it is enough for many batches, because a reader may hold the log up for a while.
  static func logBytesMax(of bytes: Int) -> Int { min(1 << 20, bytes / 4) }

  /// SQLite moves the log into the database when the log reaches a quarter of its limit. Above a
  /// half no transaction begins, and one transaction adds less than the other half.
  static func logPages(of bytes: Int) -> Int { logBytesMax(of: bytes) / 4 / pageBytes }

  /// The most bytes of records in one transaction.
  package static func batchBytesMax(of bytes: Int) -> Int { logBytesMax(of: bytes) / 8 }

  /// The pages that the cap leaves for the database itself.
  static func pagesMax(of bytes: Int) -> Int { (bytes - logBytesMax(of: bytes)) / pageBytes }

  /// SQLite's page cache: the pages that one batch touches.
  static let cacheKiB = 256

  /// The hard limit that SQLite itself puts on all of its memory in the process. The measured peak
  /// is about a tenth of it.
  package static let heapBytesMax = 4 << 20

  /// How often a checkpoint is tried again, a millisecond apart, while the other process reads.
  /// After that the log counts as held.
  static let checkpointAttempts = 50

  /// How long one process waits for the other's transaction. Transactions are short, and a process
  /// that hangs must not stop the other one for longer.
  static let busyMilliseconds: Int32 = 2000

  /// Rows deleted at a time to make room: a few pages of the log.
  static let evictionRows = 64

  /// The longest body: a summary of 64 labels of 64 bytes, each with three numbers.
  package static let bodyBytesMax = 16 * 1024

  /// Records that a server refused for good and that are kept for a person to look at.
  static let setAsideMax = 1_000

  /// An outbox up to this size is read whole when it is opened: half a second from flash.
  static let checkedBytesMax = 64 << 20

  /// Quarantined files that are kept; the oldest is deleted first.
  static let quarantinedMax = 3

  /// A stored wall time that differs by more than this from what the clock says now was written by
  /// a wrong clock. A smaller difference is the clock's drift and its slewing within one boot.
  static let clockErrorNanosecondsMax: Int64 = 60_000_000_000

  /// Rows that `store export` reads at once. No transaction stays open for longer.
  static let readRows = 256
}
