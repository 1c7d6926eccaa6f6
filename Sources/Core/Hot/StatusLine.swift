import Text

/// The one line that `systemctl status` shows: what came in, what was wrong, what was raised.
///
/// Hot: writes into its own buffer.
final class StatusLine {
  private let channels: [SensorChannel]
  private let board: AlertBoard
  private let disabledCount: Int
  /// For each of the configuration's pipelines what is said while it waits for its first model.
  private let waits: [[UInt8]]
  private let buffer: UnsafeMutableRawBufferPointer

  /// - Parameters:
  ///   - disabledCount: pipelines whose model was refused.
  ///   - waits: for each of the configuration's pipelines what is said while it waits for its first
  ///     model (`FirstModelText.status`).
  init(
    channels: [SensorChannel], board: AlertBoard, disabledCount: Int = 0,
    waits: [[UInt8]] = []
  ) {
    (self.disabledCount, self.waits) = (disabledCount, waits)
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
    for pipeline in waits.indices where totals.waiting & 1 << UInt32(pipeline) != 0 {
      waits[pipeline].withUnsafeBytes { output.put($0) }
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
