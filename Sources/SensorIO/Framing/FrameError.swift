/// Why bytes did not become a frame.
package enum FrameError: Error, Equatable, Sendable {
  /// The frame announced this length, or reached it before its end came.
  case payloadTooLong(bytes: Int)
  case payloadEmpty
  /// A frame too short for the checksum it must end with.
  case checksumMissing(bytes: Int)
  case checksumMismatch(computed: UInt16, received: UInt16)
  /// A COBS frame ended where a block still owed this many bytes.
  case cobsTruncated(missing: Int)
}
