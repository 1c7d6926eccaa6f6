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
    let totals = AgentTotals(channels, board)
    output.put("STATUS=")
    if disabledCount > 0 {
      output.put("DEGRADED: ")
      output.put(Int64(disabledCount), " pipeline cannot score, ", " pipelines cannot score, ")
    }
    output.integer(totals.live)
    output.put(" of ")
    output.put(Int64(totals.sensors), " sensor", " sensors")
    output.put(" live, ")
    output.put(totals.samples, " sample", " samples")
    output.put(", ")
    output.put(totals.badFrames, " bad frame", " bad frames")
    output.put(", ")
    output.put(Int64(totals.standing), " alert", " alerts")
    output.put(" standing, ")
    output.integer(totals.raised)
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
