/// Sizes of the outbox: on the disk, in memory, and in time.
package enum OutboxLimits {
  /// SQLite's default, and a multiple of the sectors of disks and flash cards.
  static let pageBytes = 4096

  /// The least cap of the database and its log together. With less, the log has no room for a batch
  /// beside the records.
  static let bytesMin = 1 << 20

  /// The size that a reader assumes when the file does not say how large it may be: the default of
  /// `[store]`.
  static let bytesDefault = 64 << 20

  /// The part of the cap that the write-ahead log may take: a quarter of a small outbox. In a large
  /// outbox it is 1 MiB. That is enough for many batches, because a reader may hold the log for a
  /// while.
  package static func logBytesMax(of bytes: Int) -> Int { min(1 << 20, bytes / 4) }

  /// SQLite moves the log into the database when the log reaches a quarter of its limit. Above a
  /// half of the limit no transaction begins, and one transaction adds less than the other half.
  static func logPages(of bytes: Int) -> Int { logBytesMax(of: bytes) / 4 / pageBytes }

  /// The most bytes of records in one transaction.
  package static func batchBytesMax(of bytes: Int) -> Int { logBytesMax(of: bytes) / 8 }

  /// The part of the cap that is kept for alerts while the outbox takes none: some 10,000 alerts'
  /// transitions of 400 bytes, and 300 in the smallest outbox.
  package static func reserveBytes(of bytes: Int) -> Int { min(4 << 20, bytes / 8) }

  /// The pages that the cap leaves for the database itself.
  static func pagesMax(of bytes: Int) -> Int {
    (bytes - logBytesMax(of: bytes) - reserveBytes(of: bytes)) / pageBytes
  }

  /// The slow reading of the whole file takes so many rows between two looks at the clock.
  static let scrubbedRows = 16

  /// SQLite's page cache: the pages that one batch touches.
  static let cacheKiB = 256

  /// The same for a process that drains the file itself: the pages of a deletion, which lie side by
  /// side.
  static let drainCacheKiB = 128

  /// The hard limit that SQLite itself puts on all of its memory in the process. The measured peak
  /// is about a tenth of it.
  package static let heapBytesMax = 4 << 20

  /// A process tries a checkpoint so often, once a millisecond, while the other process reads.
  /// After that the log counts as held.
  static let checkpointAttempts = 50

  /// One process waits so long for the other process's transaction. Transactions are short, and a
  /// process that hangs must not stop the other one for longer.
  static let busyMilliseconds: Int32 = 2000

  /// The outbox deletes so many rows at a time to make room. They take a few pages of the log.
  static let evictionRows = 64

  /// The longest body: a summary of 64 labels of 64 bytes, each with three numbers.
  package static let bodyBytesMax = 16 * 1024

  /// Sync sends no longer recording. No agent makes one of half this size.
  package static let recordingBytesMax = 64 * 1024

  /// The server's words about a record that it refused: more than any person reads.
  package static let reasonBytesMax = 1_000

  /// So many set-aside records go back at a time. Each has 16 KiB at most, so that a step fits the
  /// log of the smallest outbox.
  static let retriedRows = 4

  /// Sync passes over so many records that a server refused, at most. `next` reads each of them
  /// again, so this many more rows are a batch more.
  package static let passedOverMax = 256

  /// The outbox keeps so many set-aside records for a person to look at.
  static let setAsideMax = 1_000

  /// The core reads an outbox up to this size whole when it opens it. From flash this takes half a
  /// second.
  static let checkedBytesMax = 64 << 20

  /// The core keeps so many quarantined files, and deletes the oldest first.
  static let quarantinedMax = 3

  /// When a stored wall time differs by more than this from what the clock says now, a wrong clock
  /// gave it. A smaller difference is the clock's drift and its slewing within one boot.
  static let clockErrorNanosecondsMax: Int64 = 60_000_000_000

  /// The rows that `store export` reads at once. No transaction stays open for longer.
  static let readRows = 256
}
