/// Bytes of a wire as they came, with the times of the reads that brought them.
package struct WireCapture: Equatable, Sendable {
  /// What one read brought.
  package struct Piece: Equatable, Sendable {
    /// CLOCK_BOOTTIME, nanoseconds.
    package let time: Int64
    package let count: Int
  }

  /// At most `FindingLimits.captureBytesMax`; what comes later is left out.
  package private(set) var bytes: [UInt8] = []
  package private(set) var pieces: [Piece] = []
  /// The first bytes may be the end of a frame.
  package var joinsMidStream: Bool
  /// Each piece is whole messages.
  package var keepsMessages: Bool

  package init(joinsMidStream: Bool = false, keepsMessages: Bool = false) {
    (self.joinsMidStream, self.keepsMessages) = (joinsMidStream, keepsMessages)
  }

  /// True when no more bytes are kept.
  package var isFull: Bool { bytes.count >= FindingLimits.captureBytesMax }

  package mutating func append(_ piece: UnsafeRawBufferPointer, at time: Int64) {
    let count = min(piece.count, FindingLimits.captureBytesMax - bytes.count)
    guard count > 0 else { return }
    bytes += UnsafeRawBufferPointer(rebasing: piece[..<count])
    pieces.append(Piece(time: time, count: count))
  }

  /// The first bytes of it.
  func prefix(_ count: Int) -> WireCapture {
    guard count < bytes.count else { return self }
    var prefix = WireCapture(joinsMidStream: joinsMidStream, keepsMessages: keepsMessages)
    var first = 0
    for piece in pieces where first < count {
      let end = min(first + piece.count, count)
      bytes[first..<end].withUnsafeBytes { prefix.append($0, at: piece.time) }
      first = end
    }
    return prefix
  }

  /// The same bytes with each eighth bit cleared, as a line of seven bits hands them on.
  func withSevenBits() -> WireCapture {
    var capture = self
    for index in capture.bytes.indices { capture.bytes[index] &= 0x7F }
    return capture
  }

  /// The parts between two silences; of a socket that keeps messages, these.
  var bursts: [Range<Int>] {
    var bursts: [Range<Int>] = []
    var (start, place, before) = (0, 0, Int64?.none)
    for piece in pieces {
      let isApart = before.map { piece.time - $0 >= FindingLimits.silenceNanoseconds } ?? false
      if place > start, isApart || keepsMessages {
        bursts.append(start..<place)
        start = place
      }
      (place, before) = (place + piece.count, piece.time)
    }
    if place > start { bursts.append(start..<place) }
    return bursts
  }

  /// Cuts the bytes into frames, as the core does.
  ///
  /// - Parameter body: gets each frame, the index of its framing, and when it arrived.
  /// - Returns: what became of the bytes.
  func read(
    _ framings: [FramingSettings], _ body: (UnsafeRawBufferPointer, Int, Int64) -> Void
  ) -> FrameCounters {
    let cut = CutFrames(framings, of: self)
    cut.forEach(body)
    return cut.counters
  }

  /// The contents of its frames.
  func frames(_ framing: FramingSettings, max: Int = .max) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    _ = read([framing]) { frame, _, _ in
      if frames.count < max { frames.append(Array(frame)) }
    }
    return frames
  }
}

/// The frames of a capture, kept one behind the other: a reader that hands each to a closure would
/// be compiled once for each of them.
private struct CutFrames {
  private struct Place {
    let first: Int
    let count: Int
    let framing: Int
    let time: Int64
  }

  private(set) var counters = FrameCounters()
  private var bytes: [UInt8] = []
  private var places: [Place] = []

  init(_ framings: [FramingSettings], of capture: WireCapture) {
    let reader = FrameReader(framings, discardUntilBoundary: capture.joinsMidStream)
    var (first, before) = (0, Int64?.none)
    for piece in capture.pieces {
      if let before, piece.time - before > FindingLimits.pauseNanoseconds {
        reader.pause { add($0, $1, before) }
      }
      capture.bytes[first..<first + piece.count].withUnsafeBytes { bytes in
        var place = 0
        while place < bytes.count {
          let rest = UnsafeRawBufferPointer(rebasing: bytes[place...])
          place += reader.take(rest) { frame, framing, _ in
            add(frame, framing, piece.time)
            return true
          }
        }
      }
      if capture.keepsMessages { reader.endMessage { add($0, $1, piece.time) } }
      (first, before) = (first + piece.count, piece.time)
    }
    counters = reader.counters
  }

  private mutating func add(_ frame: UnsafeRawBufferPointer, _ framing: Int, _ time: Int64) {
    places.append(Place(first: bytes.count, count: frame.count, framing: framing, time: time))
    bytes += frame
  }

  func forEach(_ body: (UnsafeRawBufferPointer, Int, Int64) -> Void) {
    bytes.withUnsafeBytes { bytes in
      for place in places {
        let frame = bytes[place.first..<place.first + place.count]
        body(UnsafeRawBufferPointer(rebasing: frame), place.framing, place.time)
      }
    }
  }
}
