/// Sizes of the outbox: on the disk, in memory, and in time.
package enum OutboxLimits {
  /// SQLite's default and a multiple of every flash page that matters.
  static let pageBytes = 4096

  /// The least size of the whole: below it the log has no room for a batch beside the records.
  static let bytesMin = 1 << 20

  /// What a file is taken for that does not say how large it may be: a store's default.
  static let bytesDefault = 64 << 20

  /// The write-ahead log beside the database is a part of the cap: a quarter of a small store, and
  /// enough for many batches in a large one, because a reader may hold it up for a while.
  static func logBytesMax(of bytes: Int) -> Int { min(1 << 20, bytes / 4) }

  /// The log is moved into the database at a quarter of its limit, nothing is written to it beyond
  /// a half, and one transaction adds less than the other half.
  static func logPages(of bytes: Int) -> Int { logBytesMax(of: bytes) / 4 / pageBytes }

  /// Of the records of one transaction.
  package static func batchBytesMax(of bytes: Int) -> Int { logBytesMax(of: bytes) / 8 }

  /// What is left of the cap for the database itself.
  static func pagesMax(of bytes: Int) -> Int { (bytes - logBytesMax(of: bytes)) / pageBytes }

  /// SQLite's page cache: the pages that one batch touches.
  static let cacheKiB = 256

  /// All of SQLite's memory in the process, its own hard limit; measured high water is about a
  /// tenth of it.
  package static let heapBytesMax = 4 << 20

  /// A checkpoint that another's short read holds up is tried again so often, a millisecond apart,
  /// before the log counts as held.
  static let checkpointAttempts = 50

  /// How long one process waits for the other's transaction. Theirs are short; a hung one must not
  /// hang this one for longer.
  static let busyMilliseconds: Int32 = 2000

  /// Rows deleted at a time to make room: a few pages of the log.
  static let evictionRows = 64

  /// The longest body: a summary of 64 labels of 64 bytes, each with three numbers.
  package static let bodyBytesMax = 16 * 1024

  /// Items finally refused by a server, kept for a person to look at.
  static let setAsideMax = 1_000

  /// A store up to this size is read whole when it is opened: half a second from flash.
  static let checkedBytesMax = 64 << 20

  /// Files that were put aside because they were no good; the oldest goes first.
  static let quarantinedMax = 3

  /// A stored wall time so far from what the clock says now was written by a wrong clock; less is
  /// what a clock drifts and is slewed in a boot.
  static let clockErrorNanosecondsMax: Int64 = 60_000_000_000

  /// Rows read at once by `store export`: no transaction stays open for longer.
  static let readRows = 256
}
