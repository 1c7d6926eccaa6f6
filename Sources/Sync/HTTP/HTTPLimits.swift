/// How much the HTTP client takes from any server. A body passes through one buffer, so a longer
/// body needs no more memory.
package enum HTTPLimits {
  /// nginx and Apache have this limit for request lines. A cookie or a redirect's address fits.
  static let lineBytesMax = 8 * 1024
  /// An answer behind a content delivery network has some 30 fields; Apache takes 100 of a request.
  static let fieldsMax = 64
  /// Four of the longest lines; the fields of an answer are in memory at once.
  static let headBytesMax = 32 * 1024
  /// Heads such as 100 or 103 before the answer. A server that sends more only keeps the client
  /// busy.
  static let interimHeadsMax = 8
  /// The line with a chunk's size in hexadecimal and its extensions.
  static let chunkLineBytesMax = 256
  /// The fields after the last chunk. The client reads them and drops them: one long line of them
  /// is enough.
  static let trailerBytesMax = 8 * 1024
  /// One read takes the payload of one TLS record, which has 16 KiB at most.
  static let bufferBytes = 16 * 1024
  /// To https, to another name, to the place of the file: three are usual, more are a circle.
  static let redirectsMax = 5
  /// The body of a redirect. The client reads it only to use the connection again.
  static let drainedBytesMax: Int64 = 64 * 1024
  /// The client tries at most so many addresses of one name, one after the other: with ten seconds
  /// for each, no more than 80 s go by before the fault is told.
  static let addressesMax = 8
  /// A file of request headers. It has room for many tokens of the usual size.
  package static let headerFileBytesMax = 16 * 1024
  /// The fields of that file. With the client's own they stay below what a server takes.
  static let requestFieldsMax = 32
  /// The body of an answer, where the request sets no limit: four times a small answer. Every
  /// request of sync sets one.
  static let bodyBytesMax: Int64 = 1 << 20
  /// The answer to a small question. Registries and event receivers answer with some kilobytes; the
  /// list of a folder is longer.
  static let answerBytesMax: Int64 = 256 << 10
  /// The authorities that Mozilla trusts take 220 KiB.
  static let authoritiesBytesMax = 1 << 20
  /// A chain of certificates and a key take some 10 KiB.
  static let identityBytesMax = 64 << 10
  /// The answer about a model version, which sync reads as it comes. Ten thousand boards have a tag
  /// of it each, of 1,100 bytes at most and of 86 as a rule.
  static let streamedBytesMax: Int64 = 16 << 20
  /// A download, where the caller sets no limit: `fetch` is for files that a board's disk holds.
  package static let downloadBytesMax: Int64 = 1 << 30
}

/// How long an exchange may take. The client counts by CLOCK_BOOTTIME. So no exchange ends because
/// a process sets the wall clock.
package struct TimeLimits: Equatable, Sendable {
  /// Each address has this time to answer. The TLS handshake has the same time again.
  package var connectMilliseconds: Int64 = 10_000
  /// The longest time without a byte in either direction, after the handshake.
  package var idleMilliseconds: Int64 = 30_000
  /// The whole exchange with its redirects. 0 means no limit. Then `bytesPerSecondMin` ends a
  /// download that is too slow.
  package var totalMilliseconds: Int64 = 120_000
  /// The least average rate in each window of `rateWindowMilliseconds`, from the first byte of the
  /// answer on. 0 means any rate.
  package var bytesPerSecondMin: Int64 = 100
  package var rateWindowMilliseconds: Int64 = 30_000
}
