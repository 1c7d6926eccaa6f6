/// Cuts bytes into frames. A framer knows no port and owns its buffer. After every answer, a frame
/// or a fault, it is ready for the next frame.
protocol Framer {
  /// Hot: takes one byte.
  ///
  /// - Returns: true when it completed a frame.
  /// - Throws: when it completed a bad frame, or when it showed that the present frame is bad.
  /// - Complexity: constant, except for the checksum of a whole frame; allocates nothing.
  mutating func push(_ byte: UInt8) throws(FrameError) -> Bool

  /// Hot: lends the frame that `push` completed, without its framing, until the next `push`.
  func withFrame(_ body: (UnsafeRawBufferPointer) -> Void)

  /// Forgets a frame that has begun.
  ///
  /// - Parameter discardUntilBoundary: the next bytes may belong to a frame whose start was missed.
  ///   The framer then skips them up to the first boundary, if the framing has boundaries.
  mutating func reset(discardUntilBoundary: Bool)

  /// True while the framer skips bytes up to the next boundary.
  var isDiscarding: Bool { get }

  /// True when a frame has begun and is not yet complete.
  var isMidFrame: Bool { get }
}
