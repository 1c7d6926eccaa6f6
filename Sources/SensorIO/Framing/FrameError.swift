/// Why bytes did not become a frame.
package enum FrameError: Error, Equatable, BitwiseCopyable, Sendable {
  /// The frame announced this length, or reached it before its end came.
  case payloadTooLong(bytes: Int)
  /// The frame announced less than the least that can be right.
  case payloadTooShort(bytes: Int)
  case payloadEmpty
  /// A frame too short for the checksum it must end with, or a sentence without one.
  case checksumMissing(bytes: Int)
  case checksumMismatch(computed: UInt32, received: UInt32)
  /// A COBS frame ended where a block still owed this many bytes.
  case cobsTruncated(missing: Int)
  /// A SLIP frame has an ESC that nothing follows which may.
  case escapeBroken
  /// The sender of an HDLC frame gave it up: an escape stands before the flag.
  case aborted
  /// Other bytes are where the frame has to end.
  case endMissing
  /// So many bytes stand where a frame has to begin, and none begins among them.
  case startMissing(bytes: Int)
  /// A sentence broke off: another one begins in it, or a byte that is no text.
  case sentenceCut(bytes: Int)
}
