/// Turns one port's bytes into frames, and counts frames, faults and dropped bytes.
///
/// It lives as long as the sensor, also when the port is opened again: call `reset` then.
package final class FrameReader {
  package let settings: FramingSettings
  package private(set) var counters = FrameCounters()
  /// The latest fault, for people who look for the cause.
  package private(set) var faultLatest: FrameError?

  // All three framers are here, 2.6 KiB together: an enum of the three would copy its buffer on
  // each push.
  private var line = LineFramer()
  private var length = LengthFramer(prefixBytes: 1, checksum: .none)
  private var cobs = CobsFramer(checksum: .none)
  /// The memory that one reader takes, with its buffers, in bytes.
  package static let byteCount =
    MemoryLayout<LineFramer>.size + MemoryLayout<LengthFramer>.size
    + MemoryLayout<CobsFramer>.size + MemoryLayout<FrameCounters>.size

  /// Bytes since the last frame or fault.
  private var bytesUnanswered: UInt64 = 0

  /// - Parameter discardUntilBoundary: true if the device may be in the middle of a frame, as on a
  ///   serial line that was just opened. A connection or a file starts at a boundary.
  package init(_ settings: FramingSettings, discardUntilBoundary: Bool = false) {
    self.settings = settings
    switch settings {
    case .line: break
    case .length(let prefixBytes, let checksum):
      length = LengthFramer(prefixBytes: prefixBytes, checksum: checksum)
    case .cobs(let checksum): cobs = CobsFramer(checksum: checksum)
    }
    reset(discardUntilBoundary: discardUntilBoundary)
  }

  /// Hot: takes the bytes of a read and hands each frame that they complete to `body`, in order. A
  /// frame is valid during the call. Faults are counted, and a fault costs only the frame that has
  /// it.
  ///
  /// - Complexity: linear; allocates nothing.
  package func push(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    _ = take(bytes) { frame, _ in
      body(frame)
      return true
    }
  }

  /// Hot: `push` for a caller that may stop in the middle. It goes on later with the bytes from
  /// there on.
  ///
  /// - Parameter body: gets each frame and the count of the bytes behind it. It returns whether to
  ///   go on.
  /// - Returns: how many of the bytes were looked at: all, unless `body` stopped.
  package func take(
    _ bytes: UnsafeRawBufferPointer, while body: (UnsafeRawBufferPointer, Int) -> Bool
  ) -> Int {
    switch settings {
    case .line: take(bytes, through: &line, body)
    case .length: take(bytes, through: &length, body)
    case .cobs: take(bytes, through: &cobs, body)
    }
  }

  /// Hot: drops a half frame. Call it when the port was opened again, or when the line paused for
  /// longer than its device ever does inside a frame. The last line of a file is a half frame, too,
  /// if it has no LF: half a number looks like a number.
  package func reset(discardUntilBoundary: Bool = false) {
    switch settings {
    case .line: reset(&line, discardUntilBoundary)
    case .length: reset(&length, discardUntilBoundary)
    case .cobs: reset(&cobs, discardUntilBoundary)
    }
  }

  private func take(
    _ bytes: UnsafeRawBufferPointer, through framer: inout some Framer,
    _ body: (UnsafeRawBufferPointer, Int) -> Bool
  ) -> Int {
    var (count, goesOn) = (0, true)
    while goesOn && count < bytes.count {
      let byte = bytes[count]
      count += 1
      if framer.isDiscarding { counters.bytesDropped += 1 } else { bytesUnanswered += 1 }
      do throws(FrameError) {
        guard try framer.push(byte) else { continue }
        counters.frames += 1
        bytesUnanswered = 0
        framer.withFrame { goesOn = body($0, bytes.count - count) }
      } catch {
        counters.count(error)
        faultLatest = error
        drop()
      }
    }
    counters.bytes += UInt64(count)
    return count
  }

  private func reset(_ framer: inout some Framer, _ discardUntilBoundary: Bool) {
    if framer.isMidFrame { counters.halfFrames += 1 }
    drop()
    framer.reset(discardUntilBoundary: discardUntilBoundary)
  }

  private func drop() {
    counters.bytesDropped += bytesUnanswered
    bytesUnanswered = 0
  }
}
