/// How much the HTTP client takes from any server. It allocates nothing in proportion to a body:
/// the body passes through one buffer.
package enum HTTPLimits {
  /// As nginx and Apache limit request lines; a cookie or a redirect's address fits.
  static let lineBytesMax = 8 * 1024
  static let fieldsMax = 64
  static let headBytesMax = 32 * 1024
  /// 100 and 103 before the answer; a server that sends more plays for time.
  static let interimHeadsMax = 8
  /// A chunk's size in hexadecimal, extensions included.
  static let chunkLineBytesMax = 256
  /// Trailers are read and dropped.
  static let trailerBytesMax = 8 * 1024
  /// One read: a TLS record's payload.
  static let bufferBytes = 16 * 1024
  static let redirectsMax = 5
  /// The body of an answer that is read only to use its connection again.
  static let drainedBytesMax: Int64 = 64 * 1024
  /// Addresses of one name that are tried, one after the other.
  static let addressesMax = 8
  /// A file of request headers: tokens included, one fits thousands of times.
  package static let headerFileBytesMax = 16 * 1024
  static let requestFieldsMax = 32
  /// A body that is kept in memory, where the request does not say otherwise.
  static let bodyBytesMax: Int64 = 1 << 20
  /// A small question's answer: those of registries and event receivers are some kilobytes; a list
  /// of a folder is some more.
  static let answerBytesMax: Int64 = 256 << 10
  /// A file that is downloaded, where its reader does not say otherwise.
  package static let downloadBytesMax: Int64 = 1 << 30
}

/// How long an exchange may take. Times are CLOCK_BOOTTIME, so that setting the clock ends nothing.
package struct TimeLimits: Equatable, Sendable {
  /// Per address tried, TLS handshake apart; and again for the handshake.
  package var connectMilliseconds: Int64 = 10_000
  /// Without one byte either way.
  package var idleMilliseconds: Int64 = 30_000
  /// The whole, redirects included. 0: no end; for downloads, which the minimum rate ends.
  package var totalMilliseconds: Int64 = 120_000
  /// Averaged over each window, while a response arrives. 0: any.
  package var bytesPerSecondMin: Int64 = 100
  package var rateWindowMilliseconds: Int64 = 30_000
}
