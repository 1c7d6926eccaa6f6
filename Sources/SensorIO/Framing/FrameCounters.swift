/// Counts what a port's bytes became since the reader was made.
///
/// bytes = bytesFramed + bytesPassed + bytesDropped + those of which nothing can be told yet
package struct FrameCounters: Equatable, Sendable {
  package internal(set) var frames: UInt64 = 0
  package internal(set) var bytes: UInt64 = 0
  /// Bytes of frames, with their framing.
  package internal(set) var bytesFramed: UInt64 = 0
  /// Bytes between frames that the framing allows there, and sound frames that nobody asked for.
  package internal(set) var bytesPassed: UInt64 = 0
  /// Bytes that became no frame: bytes of bad frames and of half frames, noise, and bytes before
  /// the first boundary.
  package internal(set) var bytesDropped: UInt64 = 0
  /// Frames that a reset or a pause cut short: the device left, or fell silent in the middle.
  package internal(set) var halfFrames: UInt64 = 0
  /// Those of them that a pause cut short.
  package internal(set) var brokenByPause: UInt64 = 0

  package internal(set) var payloadsTooLong: UInt64 = 0
  package internal(set) var payloadsTooShort: UInt64 = 0
  package internal(set) var payloadsEmpty: UInt64 = 0
  package internal(set) var checksumsMissing: UInt64 = 0
  package internal(set) var checksumMismatches: UInt64 = 0
  package internal(set) var cobsTruncated: UInt64 = 0
  package internal(set) var escapesBroken: UInt64 = 0
  package internal(set) var aborted: UInt64 = 0
  package internal(set) var endsMissing: UInt64 = 0
  package internal(set) var startsMissing: UInt64 = 0
  package internal(set) var sentencesCut: UInt64 = 0

  package init() {}

  /// Faults of the wire, all kinds together: each is one, however many bytes it costs.
  package var faults: UInt64 {
    payloadsTooLong + payloadsTooShort + payloadsEmpty + checksumsMissing + checksumMismatches
      + cobsTruncated + escapesBroken + aborted + endsMissing + startsMissing + sentencesCut
  }

  mutating func count(_ fault: FrameError) {
    switch fault {
    case .payloadTooLong: payloadsTooLong += 1
    case .payloadTooShort: payloadsTooShort += 1
    case .payloadEmpty: payloadsEmpty += 1
    case .checksumMissing: checksumsMissing += 1
    case .checksumMismatch: checksumMismatches += 1
    case .cobsTruncated: cobsTruncated += 1
    case .escapeBroken: escapesBroken += 1
    case .aborted: aborted += 1
    case .endMissing: endsMissing += 1
    case .startMissing: startsMissing += 1
    case .sentenceCut: sentencesCut += 1
    }
  }
}
