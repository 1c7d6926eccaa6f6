/// Counts what a port's bytes became since the reader was made.
package struct FrameCounters: Equatable, Sendable {
  package internal(set) var frames: UInt64 = 0
  package internal(set) var bytes: UInt64 = 0
  /// Bytes that became no frame: bytes of bad frames and of half frames, and bytes before the first
  /// boundary.
  package internal(set) var bytesDropped: UInt64 = 0
  /// Frames that a reset cut short: the device left, or paused in the middle.
  package internal(set) var halfFrames: UInt64 = 0

  package internal(set) var payloadsTooLong: UInt64 = 0
  package internal(set) var payloadsEmpty: UInt64 = 0
  package internal(set) var checksumsMissing: UInt64 = 0
  package internal(set) var checksumMismatches: UInt64 = 0
  package internal(set) var cobsTruncated: UInt64 = 0

  package init() {}

  /// Frames lost to a fault, all kinds together.
  package var faults: UInt64 {
    payloadsTooLong + payloadsEmpty + checksumsMissing + checksumMismatches + cobsTruncated
  }

  mutating func count(_ fault: FrameError) {
    switch fault {
    case .payloadTooLong: payloadsTooLong += 1
    case .payloadEmpty: payloadsEmpty += 1
    case .checksumMissing: checksumsMissing += 1
    case .checksumMismatch: checksumMismatches += 1
    case .cobsTruncated: cobsTruncated += 1
    }
  }
}
