import Text

/// Turns one port's bytes into frames, and counts frames, faults and dropped bytes.
///
///     buffer    held bytes │ room
///               ▲ no framer has answered for these yet; all before them are forgotten
///
/// Several framings may share a wire, if they mark where their frames begin. Of the frames that
/// begin at one place the shortest is the one that was sent, and each framing whose frame it is
/// gets it: a longer one would keep it back until as many bytes have come. What stands inside a
/// frame is no frame.
///
/// It lives as long as the sensor, also when the port is opened again: call `reset` then.
package final class FrameReader {
  package let framings: [FramingSettings]
  package private(set) var counters = FrameCounters()
  /// The latest fault, and how its frame begins, for people who look for the cause.
  package private(set) var faultLatest: FrameError?
  package private(set) var faultBytes = FaultBytes()

  private let slots: UnsafeMutableBufferPointer<FramerSlot>
  private let buffer: UnsafeMutableRawBufferPointer
  /// The held bytes are from `start` to `end`.
  private var start = 0
  private var end = 0
  private var run: FaultRun
  /// Bytes that this call may still look at.
  private var looksLeft = 0

  /// - Parameters:
  ///   - framings: one, or up to `SensorLimits.framingsMax` that all mark their starts
  ///     (`marksStart`); a packet has no `problem`.
  ///   - discardUntilBoundary: true if the device may be in the middle of a frame, as on a serial
  ///     line that was just opened. A connection or a file starts at a boundary.
  package init(_ framings: [FramingSettings], discardUntilBoundary: Bool = false) {
    precondition((1...SensorLimits.framingsMax).contains(framings.count))
    precondition(framings.count == 1 || framings.allSatisfy { $0.marksStart })
    self.framings = framings
    slots = .allocate(capacity: framings.count)
    for index in framings.indices {
      slots.initializeElement(at: index, to: FramerSlot(framings[index]))
    }
    let longest = slots.reduce(0) { max($0, $1.wireBytesMax) }
    buffer = .allocate(byteCount: Self.bufferBytes(longest), alignment: 16)
    run = FaultRun(longest: longest)
    reset(discardUntilBoundary: discardUntilBoundary)
  }

  package convenience init(_ framing: FramingSettings, discardUntilBoundary: Bool = false) {
    self.init([framing], discardUntilBoundary: discardUntilBoundary)
  }

  deinit {
    slots.deinitialize()
    slots.deallocate()
    buffer.deallocate()
  }

  /// The memory that a reader of these framings takes, with its buffer, in bytes.
  package static func byteCount(of framings: [FramingSettings]) -> Int {
    let slots = framings.map { FramerSlot($0) }
    let longest = slots.reduce(0) { max($0, $1.wireBytesMax) }
    return bufferBytes(longest) + slots.count * MemoryLayout<FramerSlot>.stride
      + MemoryLayout<FrameCounters>.size + MemoryLayout<FaultRun>.size
      + MemoryLayout<FaultBytes>.size
  }

  /// Twice the longest frame: before the held bytes are moved again, as many more have an answer.
  private static func bufferBytes(_ longest: Int) -> Int { max(2 * longest, 256) }

  /// True when bytes are held that may begin a frame.
  package var isMidFrame: Bool { start < end }

  /// Takes the bytes of a read and hands each frame that they complete to `body`, in order, for
  /// each framing whose frame it is. A frame is valid during the call. Faults are counted, and a
  /// fault costs only the frame that has it.
  ///
  /// - Complexity: linear, but for noise in packets; the hot path has `take`. Allocates nothing.
  package func push(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    var rest = bytes
    repeat {
      let count = take(rest) { frame, _, _ in
        body(frame)
        return true
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    } while !rest.isEmpty
  }

  /// Hot: `push` for a caller that may stop in the middle, and that does not wait for long. It goes
  /// on later with the bytes from there on, even if none was taken.
  ///
  /// - Parameter body: gets each frame, the index of its framing, and the count of the bytes behind
  ///   it. It returns whether to go on. A frame of several framings comes for each of them, also
  ///   where `body` stops.
  /// - Returns: how many of the bytes were taken: all, unless `body` stopped, or the call has
  ///   looked at `SensorLimits.looksPerCall` bytes.
  /// - Complexity: linear in what it looks at; allocates nothing.
  package func take(
    _ bytes: UnsafeRawBufferPointer,
    while body: (_ frame: UnsafeRawBufferPointer, _ framing: Int, _ bytesLeft: Int) -> Bool
  ) -> Int {
    var taken = 0
    looksLeft = SensorLimits.looksPerCall
    while true {
      taken += append(UnsafeRawBufferPointer(rebasing: bytes[taken...]))
      var goesOn = true
      while goesOn, start < end {
        let found = look()
        if case .open = found.answer { break }
        let place = start
        if pass(found) {
          let bytesLeft = end - start + bytes.count - taken
          for index in slots.indices {
            guard let frame = content(of: index, at: place) else { continue }
            goesOn = body(frame, index, bytesLeft) && goesOn
          }
        }
        goesOn = goesOn && looksLeft > 0
      }
      if !goesOn || taken == bytes.count {
        if !goesOn { taken -= giveBack(taken) }
        counters.bytes += UInt64(taken)
        return taken
      }
    }
  }

  /// Hot: drops a half frame. Call it when the port was opened again. The last line of a file is a
  /// half frame, too, if it has no end: half a number looks like a number.
  package func reset(discardUntilBoundary: Bool = false) {
    if isMidFrame { counters.halfFrames += 1 }
    dropHeld()
    for index in slots.indices { slots[index].reset(joinsMidStream: discardUntilBoundary) }
    run.reset(joinsMidStream: discardUntilBoundary && slots[0].searches)
  }

  /// Hot: the line was silent for longer than any device is inside a frame, or a file has ended.
  ///
  /// The half frame is dropped. Where it only seemed to be one, because its length was false, there
  /// may be frames inside it: `body` gets these, with the index of their framing. Where nothing
  /// proves a frame (a line, COBS and SLIP without a check), what comes up to the next end may be
  /// the rest of the half one, and is dropped too.
  ///
  /// - Complexity: as `take`.
  package func pause(
    _ body: (_ frame: UnsafeRawBufferPointer, _ framing: Int) -> Void = { _, _ in }
  ) {
    looksLeft = SensorLimits.looksPerCall
    var hadBegun = false
    while start < end && looksLeft > 0 {
      let found = look(isOver: true)
      let place = start
      if case .open = found.answer {
        if !hadBegun {
          counters.halfFrames += 1
          counters.brokenByPause += 1
          // No fault of the bytes themselves: what there was of the frame says enough.
          faultLatest = nil
          faultBytes = FaultBytes(UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
        }
        hadBegun = true
        run.own(end - start)
        guard slots[0].searches else { break }
        _ = pass(Finding(answer: .pass(1, .rest)))
      } else if pass(found) {
        for index in slots.indices {
          guard let frame = content(of: index, at: place) else { continue }
          body(frame, index)
        }
      }
    }
    dropHeld()
    for index in slots.indices { slots[index].pause(hadBegun: hadBegun) }
    run.reset(joinsMidStream: false)
  }

  /// Hot: the bytes before were a whole message, as a datagram is: a line needs no end there, and
  /// half of anything else is dropped.
  ///
  /// - Complexity: as `take`.
  ///
  /// - Parameter isCut: the message was longer than what was read of it.
  package func endMessage(
    isCut: Bool = false, _ body: (_ frame: UnsafeRawBufferPointer, _ framing: Int) -> Void
  ) {
    // A line too long is over with its message.
    defer { reset() }
    guard isMidFrame else { return }
    guard case .line(let settings) = framings[0], !isCut else { return pause(body) }
    let end: InlineArray<2, UInt8> = [.carriageReturn, .lineFeed]
    let used = settings.end == .cr ? 0..<1 : settings.end == .crlf ? 0..<2 : 1..<2
    end.span.withUnsafeBytes { bytes in
      _ = take(UnsafeRawBufferPointer(rebasing: bytes[used])) { frame, framing, _ in
        body(frame, framing)
        return true
      }
    }
  }

  /// The bytes that have an answer: it grows when the first held bytes are done with.
  package var position: UInt64 {
    counters.bytesFramed + counters.bytesPassed + counters.bytesDropped
  }

  // MARK: The buffer

  /// Takes over as many of the bytes as there is room for. There is room for one at least, unless
  /// the held bytes have answers that nobody has asked for yet.
  private func append(_ bytes: UnsafeRawBufferPointer) -> Int {
    if start == end { (start, end) = (0, 0) }
    if bytes.count > buffer.count - end, start > 0 {
      buffer.move(start..<end, to: 0)
      (start, end) = (0, end - start)
    }
    let count = min(bytes.count, buffer.count - end)
    if count > 0 {
      UnsafeMutableRawBufferPointer(rebasing: buffer[end..<end + count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
      end += count
    }
    return count
  }

  /// The caller stops here: of the bytes that it brought and nobody has looked at, it keeps all.
  ///
  /// - Returns: how many that are.
  private func giveBack(_ taken: Int) -> Int {
    let count = min(end - start, taken)
    end -= count
    for index in slots.indices { slots[index].answer = nil }
    return count
  }

  private func dropHeld() {
    counters.bytesDropped += UInt64(end - start)
    (start, end) = (0, 0)
  }

  // MARK: Answers

  /// What the first held bytes are.
  private struct Finding {
    let answer: Scan
    /// Behind so many bytes another framing may have something.
    var bytesMax = Int.max
  }

  /// - Parameter isOver: nothing comes any more, so a frame that has only begun is none.
  private func look(isOver: Bool = false) -> Finding {
    let held = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<end])
    guard slots.count > 1 else {
      let answer = slots[0].scan(held)
      looksLeft -= cost(answer)
      slots[0].answer = answer
      return Finding(answer: answer)
    }
    // What is decided when the shortest frame is there is decided alike when more is there, so that
    // the pieces in which bytes arrive change nothing. All else waits for each that has begun.
    var (count, isIdle, isOpen) = (Int.max, false, false)
    var (frame, frameEnd) = (Scan?.none, Int.max)
    var fault: Scan?
    var other: Scan?
    for index in slots.indices {
      let answer: Scan
      if let known = slots[index].answer {
        answer = known
      } else {
        answer = slots[index].scan(held)
        looksLeft -= cost(answer)
      }
      switch answer {
      case .open:
        isOpen = true
        continue
      case .frame(_, let end):
        if end < frameEnd { (frame, frameEnd) = (answer, end) }
      case .pass(_, .otherKind): other = other ?? answer
      case .pass(let bytes, let what):
        count = min(count, bytes)
        isIdle = isIdle || what == .idle
      case .fault(_, let bytes, _):
        count = min(count, bytes)
        fault = fault ?? answer
      }
      slots[index].answer = answer
    }
    if let frame { return Finding(answer: frame) }
    if isOpen && !(isOver && other != nil) { return Finding(answer: .open) }
    if let other { return Finding(answer: other) }
    if let fault { return Finding(answer: fault, bytesMax: count) }
    return Finding(answer: .pass(count, isIdle ? .idle : .noise))
  }

  private func cost(_ answer: Scan) -> Int {
    let bytes =
      switch answer {
      case .open: 0
      case .frame(_, let end): end
      case .pass(let count, _): count
      case .fault(_, let count, let extent): max(count, extent)
      }
    return bytes + SensorLimits.looksPerAnswer
  }

  /// Counts what the first held bytes are and passes over them.
  ///
  /// - Returns: whether they are a frame, which `content` has until the next bytes are appended.
  private func pass(_ found: Finding) -> Bool {
    let place = start
    switch found.answer {
    case .open: return false
    case .frame(_, let end):
      for index in slots.indices { slots[index].keepContent(endingAt: end) }
      soundFrame(end)
      counters.frames += 1
      counters.bytesFramed += UInt64(end)
      advance(end)
      return true
    case .pass(let count, let what):
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[place..<place + count])
      switch what {
      case .idle:
        counters.bytesPassed += UInt64(count)
        run.pass(count)
      case .otherKind:
        counters.bytesPassed += UInt64(count)
        soundFrame(count)
      case .rest:
        counters.bytesDropped += UInt64(count)
        run.pass(count)
      case .noise:
        counters.bytesDropped += UInt64(count)
        for _ in 0..<run.noise(bytes) {
          note(.startMissing(bytes: run.noiseBytesMax), run.noiseHead)
        }
      }
      advance(count)
    case .fault(let error, let passes, let extent):
      if run.isNew(extent: extent) {
        let shown = min(end - start, max(passes, extent))
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[start..<start + shown])
        note(error, slots[0].head ?? FaultBytes(bytes))
      }
      run.own(passes)
      let count = min(passes, found.bytesMax)
      counters.bytesDropped += UInt64(count)
      run.pass(count)
      advance(count)
    }
    return false
  }

  /// What the frame that was passed over carries in that framing; nil where it is none of its.
  ///
  /// - Parameter place: where the frame began.
  private func content(of framing: Int, at place: Int) -> UnsafeRawBufferPointer? {
    guard let content = slots[framing].content else { return nil }
    return UnsafeRawBufferPointer(
      rebasing: buffer[place + content.lowerBound..<place + content.upperBound])
  }

  private func advance(_ count: Int) {
    start += count
    for index in slots.indices { slots[index].pass(count) }
  }

  /// After it nothing is left of what was wrong, also for a framing that was not asked about it.
  private func soundFrame(_ count: Int) {
    for index in slots.indices { slots[index].foundSound() }
    if let fault = run.sound(count) { note(fault, run.noiseHead) }
  }

  private func note(_ fault: FrameError, _ bytes: FaultBytes) {
    counters.count(fault)
    (faultLatest, faultBytes) = (fault, bytes)
  }
}
