/// How much the HTTP client takes from any server. A body passes through one buffer, so a longer
/// body needs no more memory.
package enum HTTPLimits {
  /// nginx and Apache have this limit for request lines. A cookie or a redirect's address fits.
  static let lineBytesMax = 8 * 1024
  static let fieldsMax = 64
  static let headBytesMax = 32 * 1024
  /// Heads with 100 or 103 before the answer. A server that sends more keeps the client busy.
  static let interimHeadsMax = 8
  /// A chunk's size in hexadecimal, extensions included.
  static let chunkLineBytesMax = 256
  /// The client reads trailers and drops them.
  static let trailerBytesMax = 8 * 1024
  /// One read takes the payload of one TLS record.
  static let bufferBytes = 16 * 1024
  static let redirectsMax = 5
  /// A body that the client reads only to use the connection again.
  static let drainedBytesMax: Int64 = 64 * 1024
  /// The client tries so many addresses of one name, one after the other.
  static let addressesMax = 8
  /// A file of request headers. It has room for many tokens of the usual size.
  package static let headerFileBytesMax = 16 * 1024
  static let requestFieldsMax = 32
  /// A body in memory, where the request sets no limit.
  static let bodyBytesMax: Int64 = 1 << 20
  /// The answer to a small question. Registries and event receivers answer with some kilobytes; the
  /// list of a folder is longer.
  static let answerBytesMax: Int64 = 256 << 10
  /// A download, where the caller sets no limit.
  package static let downloadBytesMax: Int64 = 1 << 30
}

/// How long an exchange may take. The client counts by CLOCK_BOOTTIME, so a clock that is set ends
/// no exchange.
package struct TimeLimits: Equatable, Sendable {
  /// Each address has this time to answer. The TLS handshake has it again.
  package var connectMilliseconds: Int64 = 10_000
  /// The longest time without one byte in either direction.
  package var idleMilliseconds: Int64 = 30_000
  /// The whole exchange with its redirects. 0 means no limit: the minimum rate ends a download.
  package var totalMilliseconds: Int64 = 120_000
  /// The least average of each window, while a response comes. 0 means any rate.
  package var bytesPerSecondMin: Int64 = 100
  package var rateWindowMilliseconds: Int64 = 30_000
}
