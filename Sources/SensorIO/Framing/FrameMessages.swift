import Text

extension FrameError {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .payloadTooLong(let bytes): "a frame of \(bytes) bytes is longer than the limit"
      case .payloadEmpty: "an empty frame"
      case .checksumMissing(let bytes):
        "a frame of \(Decimal.count(bytes, "byte")) has no room for its checksum"
      case .checksumMismatch(let computed, let received):
        "checksum \(String(received, radix: 16)) received, \(String(computed, radix: 16)) computed"
      case .cobsTruncated(let missing): "a COBS frame ended \(Decimal.count(missing, "byte")) early"
      }
    }
  }
}

extension FrameCounters {
  /// The kinds of bad frames, in words, each with its count.
  package var kinds: [(words: String, count: UInt64)] {
    [
      ("too long", payloadsTooLong), ("empty", payloadsEmpty),
      ("too short for a checksum", checksumsMissing), ("wrong checksum", checksumMismatches),
      ("cut short", cobsTruncated),
    ]
  }
}
