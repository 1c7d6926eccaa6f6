import Text

/// The one line that `systemctl status` shows: what came in, what was wrong, what was raised.
///
/// Hot: writes into its own buffer.
final class StatusLine {
  private let channels: [SensorChannel]
  private let board: AlertBoard
  private let disabledCount: Int
  private let buffer: UnsafeMutableRawBufferPointer

  /// - Parameter disabledCount: pipelines whose model was refused.
  init(channels: [SensorChannel], board: AlertBoard, disabledCount: Int = 0) {
    self.disabledCount = disabledCount
    self.channels = channels
    self.board = board
    buffer = .allocate(byteCount: PipelineLimits.lineBytesMax, alignment: 16)
  }

  deinit { buffer.deallocate() }

  /// `STATUS=…`, valid until the next call.
  func text() -> UnsafeRawBufferPointer {
    var output = FixedOutput(buffer)
    var (samples, faults, connected) = (Int64(0), Int64(0), 0)
    for channel in channels {
      samples += channel.sampleCount
      faults += channel.faultCount
      if channel.isConnected && !channel.isStale { connected += 1 }
    }
    output.put("STATUS=")
    if disabledCount > 0 {
      output.put("DEGRADED: ")
      output.put(Int64(disabledCount), " pipeline cannot score, ", " pipelines cannot score, ")
    }
    output.integer(connected)
    output.put(" of ")
    output.put(Int64(channels.count), " sensor", " sensors")
    output.put(" live, ")
    output.put(samples, " sample", " samples")
    output.put(", ")
    output.put(faults, " bad frame", " bad frames")
    output.put(", ")
    output.put(Int64(board.standingCount), " alert", " alerts")
    output.put(" standing, ")
    output.integer(board.raiseCount)
    output.put(" raised")
    return output.written!
  }
}

extension FixedOutput {
  fileprivate mutating func put(_ count: Int64, _ one: StaticString, _ many: StaticString) {
    integer(count)
    put(count == 1 ? one : many)
  }
}
