import SensorIO

extension FrameCounters {
  /// Each kind of bad frame, in words, with its count.
  var kinds: [(words: String, count: UInt64)] {
    [
      ("too long", payloadsTooLong), ("empty", payloadsEmpty),
      ("too short for a checksum", checksumsMissing), ("wrong checksum", checksumMismatches),
      ("cut short", cobsTruncated),
    ]
  }
}

extension DecodeCounters {
  /// Each kind of frame that was no sample, in words, with its count.
  var kinds: [(words: String, count: UInt64)] {
    [
      ("wrong field count", fieldCounts), ("not a number", notNumbers),
      ("not finite", notFinite), ("field missing", fieldsMissing),
      ("field twice", fieldsDuplicate), ("not JSON", jsonMalformed),
      ("no JSON object", notObjects), ("wrong payload size", payloadBytes),
    ]
  }
}

extension SensorChannel {
  /// `wrist: 2 wrong checksum, 1 wrong field count`, or nil when every frame was good.
  var faultSummary: String? {
    var counts = decoder.counters.kinds
    for connection in connections { counts += connection.reader.counters.kinds }
    var merged: [(words: String, count: UInt64)] = []
    for entry in counts where entry.count > 0 {
      if let index = merged.firstIndex(where: { $0.words == entry.words }) {
        merged[index].count += entry.count
      } else {
        merged.append(entry)
      }
    }
    guard !merged.isEmpty else { return nil }
    let kinds = merged.map { "\($0.count) \($0.words)" }
    return "\(settings.name): \(kinds.joined(separator: ", "))"
  }
}
