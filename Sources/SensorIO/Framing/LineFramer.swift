import Text

/// Text lines ended by LF.
///
///     frame      1...512 bytes, any but LF
///     dropped    one CR before the LF; empty lines
///     resync     a line too long is passed over up to its LF
package struct LineFramer: Framer {
  private var storage = SensorLimits.LineStorage(repeating: 0)
  private var count = 0
  /// True when the latest byte was a CR, which is part of the line unless LF follows.
  private var holdsReturn = false
  /// The length of the line that `withFrame` lends; its bytes stay until the next push.
  private var frameCount = 0
  package private(set) var isDiscarding = false

  package init() {}

  package var isMidFrame: Bool { count > 0 || holdsReturn }

  package mutating func push(_ byte: UInt8) throws(FrameError) -> Bool {
    if byte == .lineFeed { return end() }
    if isDiscarding { return false }
    if holdsReturn {
      holdsReturn = false
      try store(.carriageReturn)
    }
    if byte == .carriageReturn {
      holdsReturn = true
    } else {
      try store(byte)
    }
    return false
  }

  package func withFrame(_ body: (UnsafeRawBufferPointer) -> Void) {
    storage.span.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<frameCount])) }
  }

  package mutating func reset(discardUntilBoundary: Bool) {
    (count, holdsReturn, isDiscarding) = (0, false, discardUntilBoundary)
  }

  /// - Parameter payload: must hold no LF, and no CR at its end.
  package static func encode(
    _ payload: UnsafeRawBufferPointer, to wire: inout [UInt8]
  ) throws(FrameError) {
    guard !payload.isEmpty else { throw .payloadEmpty }
    guard payload.count <= SensorLimits.lineBytesMax else {
      throw .payloadTooLong(bytes: payload.count)
    }
    precondition(!payload.contains(.lineFeed) && payload.last != .carriageReturn)
    wire.append(contentsOf: payload)
    wire.append(.lineFeed)
  }

  private mutating func end() -> Bool {
    frameCount = isDiscarding ? 0 : count
    reset(discardUntilBoundary: false)
    return frameCount > 0
  }

  private mutating func store(_ byte: UInt8) throws(FrameError) {
    guard count < SensorLimits.lineBytesMax else {
      reset(discardUntilBoundary: true)
      throw .payloadTooLong(bytes: SensorLimits.lineBytesMax + 1)
    }
    storage[count] = byte
    count += 1
  }
}
