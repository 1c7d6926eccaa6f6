import Config
import SensorIO

/// The bytes of one sensor's port, cut into frames as a connection of the core cuts them, in the
/// time of a virtual core.
package final class VirtualPort {
  private final class Stream {
    let reader: FrameReader
    var position: UInt64 = 0
    /// Of the bytes that came last.
    var arrival: Int64 = 0
    /// Since when it holds what no frame has taken.
    var heldSince: Int64 = 0
    /// It may be in the middle of a frame, as a device is that sends whether anybody reads or not.
    var joinsMidStream: Bool

    init(_ framing: FramingSettings, joinsMidStream: Bool) {
      self.joinsMidStream = joinsMidStream
      reader = FrameReader(framing, discardUntilBoundary: joinsMidStream)
    }
  }

  private let core: VirtualCore
  private let sensor: Int
  private let port: PortAddress
  private let pauseNanoseconds: Int64
  private let streams: [Stream]

  /// - Parameter sensor: its index in the core's configuration.
  @export(interface)
  package init(_ core: VirtualCore, sensor: Int, _ settings: SensorSettings) {
    (self.core, self.sensor, port) = (core, sensor, settings.port)
    pauseNanoseconds = PipelineLimits.pause(of: [settings])
    streams = (0..<RawRecordingLimits.streamsMax).map { _ in
      Stream(settings.framing, joinsMidStream: settings.port.joinsMidStream)
    }
  }

  /// What one read of a connection gave, now. Nothing at all says that the connection begins anew.
  @export(interface)
  package func take(_ bytes: UnsafeRawBufferPointer, stream index: Int) {
    let stream = streams[index]
    let reader = stream.reader
    guard !bytes.isEmpty else { return reader.reset() }
    if stream.joinsMidStream {
      stream.joinsMidStream = false
      // A line that was quiet at first begins with a whole frame.
      if core.now >= PipelineLimits.quietNanoseconds { reader.reset() }
    }
    stream.arrival = core.now
    if !reader.isMidFrame { stream.heldSince = core.now }
    reader.push(bytes) { core.frame(sensor: sensor, $0) }
    if reader.position != stream.position {
      (stream.position, stream.heldSince) = (reader.position, core.now)
    }
    if port.keepsMessages {
      reader.endMessage(isCut: bytes.count == PipelineLimits.readBytesMax) { frame, _ in
        core.frame(sensor: sensor, frame)
      }
    }
    countFaults()
  }

  /// The core's time goes on to there. On the way half frames end with pauses, a few times a second
  /// as in the agent.
  @export(interface)
  package func advance(to time: Int64) { core.advance(to: time) { endPauses() } }

  private func endPauses() {
    for stream in streams
    where stream.reader.isMidFrame && core.now - stream.heldSince > pauseNanoseconds {
      _ = end(stream)
      countFaults()
    }
  }

  /// Nothing comes any more: half frames end, as they would with the next pause. One that the end
  /// cut off is no fault of the device's and is not counted, unless its length was false.
  @export(interface)
  package func finish() {
    var hasFound = false
    for stream in streams where stream.reader.isMidFrame { hasFound = end(stream) || hasFound }
    if hasFound { countFaults() }
  }

  /// Drops the half frame. Where its length was false, there may be frames in it.
  ///
  /// - Returns: whether there were.
  private func end(_ stream: Stream) -> Bool {
    var hasFound = false
    stream.reader.pause { frame, _ in
      hasFound = true
      core.frame(sensor: sensor, frame, arrival: stream.arrival)
    }
    return hasFound
  }

  private func countFaults() {
    var count: Int64 = 0
    for stream in streams {
      let counters = stream.reader.counters
      count += Int64(clamping: counters.faults + counters.brokenByPause)
    }
    core.framingFaults(sensor: sensor, count)
  }
}
