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
    var (standing, raised) = (0, Int64(0))
    for alert in alerts {
      raised += alert.raiseCount
      if alert.rule.stands { standing += 1 }
    }
    output.put("STATUS=")
    output.integer(connected)
    output.put(" of ")
    output.integer(channels.count)
    output.put(" sensors live, ")
    output.integer(samples)
    output.put(" samples, ")
    output.integer(faults)
    output.put(" bad frames, ")
    output.integer(standing)
    output.put(" alerts standing, ")
    output.integer(raised)
    output.put(" raised")
    return output.written!
  }
}
