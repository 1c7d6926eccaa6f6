import Text

extension FrameError {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .payloadTooLong(let bytes): "a frame of \(bytes) bytes is longer than the limit"
      case .payloadTooShort(let bytes):
        "a frame of \(Decimal.count(bytes, "byte")) is shorter than any can be"
      case .payloadEmpty: "an empty frame"
      case .checksumMissing(let bytes):
        "a frame of \(Decimal.count(bytes, "byte")) has no room for its checksum"
      case .checksumMismatch(let computed, let received):
        "checksum \(String(received, radix: 16)) received, \(String(computed, radix: 16)) computed"
      case .cobsTruncated(let missing): "a COBS frame ended \(Decimal.count(missing, "byte")) early"
      case .escapeBroken: "a SLIP frame has an escape that stands for nothing"
      case .aborted: "the sender gave up an HDLC frame"
      case .endMissing: "other bytes are where the frame has to end"
      case .startMissing(let bytes): "no frame begins in \(Decimal.count(bytes, "byte"))"
      case .sentenceCut(let bytes):
        "a sentence broke off after \(Decimal.count(bytes, "character"))"
      }
    }
  }
}

extension PacketProblem {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .startTooLong(let max): "at most \(max) bytes can mark a frame's start"
      case .endTooLong(let max): "at most \(max) bytes can mark a frame's end"
      case .lengthByteCount(let count): "a length has 1, 2 or 4 bytes, not \(count)"
      case .lengthAdds(let adds, let min, let max):
        "\(adds) cannot be added to a length; write \(min) to \(max)"
      case .negative: "a place or a count is below 0"
      case .tooShort(let bytes, let needed):
        "the shortest frame has \(Decimal.count(bytes, "byte")), and its parts need \(needed)"
      case .tooLong(let bytes, let max): "\(bytes) bytes a frame; at most \(max) are read"
      case .tooManyMatches(let max): "at most \(max) bytes can tell one kind of frame"
      }
    }
  }
}

extension FrameCounters {
  /// The kinds of bad frames, in words, each with its count.
  package var kinds: [(words: String, count: UInt64)] {
    [
      ("too long", payloadsTooLong), ("too short", payloadsTooShort), ("empty", payloadsEmpty),
      ("too short for a checksum", checksumsMissing), ("wrong checksum", checksumMismatches),
      ("cut short", cobsTruncated), ("broken escape", escapesBroken), ("given up", aborted),
      ("wrong end", endsMissing), ("no start", startsMissing), ("broken off", sentencesCut),
      ("broken by a pause", brokenByPause),
    ]
  }
}

extension FaultBytes {
  /// The bytes for people: as text where all of them are, and in hexadecimal. A frame longer than
  /// what is kept ends with an ellipsis.
  @export(interface)
  package var text: String {
    let shown = (0..<min(count, 24)).map { self[$0] }
    let more = count > shown.count ? " …" : ""
    let digits = shown.map { Hexadecimal.text([$0]) }.joined(separator: " ")
    let isText = shown.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 }
    guard isText else { return digits + more }
    let letters = (0..<count).map { self[$0] }.prefix { (0x20...0x7E).contains($0) || $0 == 0x09 }
    return "\"\(String(decoding: letters, as: UTF8.self))\" (\(digits)\(more))"
  }
}
