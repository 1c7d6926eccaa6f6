import Text

/// The one line that `systemctl status` shows: what came in, what was wrong, what was raised.
///
/// Hot: writes into its own buffer.
final class StatusLine {
  private let channels: [SensorChannel]
  private let alerts: [Alert]
  private let buffer: UnsafeMutableRawBufferPointer

  init(channels: [SensorChannel], alerts: [Alert]) {
    self.channels = channels
    self.alerts = alerts
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
    var (standing, raised) = (Int64(0), Int64(0))
    for alert in alerts {
      raised += alert.raiseCount
      if alert.rule.stands { standing += 1 }
    }
    output.put("STATUS=")
    output.integer(connected)
    output.put(" of ")
    output.put(Int64(channels.count), " sensor", " sensors")
    output.put(" live, ")
    output.put(samples, " sample", " samples")
    output.put(", ")
    output.put(faults, " bad frame", " bad frames")
    output.put(", ")
    output.put(standing, " alert", " alerts")
    output.put(" standing, ")
    output.integer(raised)
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
