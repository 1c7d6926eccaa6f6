/// Cuts bytes into frames. Knows no port; owns its buffer; is ready for the next frame after every
/// answer, be it a frame or a fault.
protocol Framer {
  /// Hot: takes one byte.
  ///
  /// - Returns: true when it completed a frame.
  /// - Throws: when it completed a bad one, or showed that one is under way.
  /// - Complexity: constant, but for the checksum of a whole frame; allocates nothing.
  mutating func push(_ byte: UInt8) throws(FrameError) -> Bool

  /// Hot: lends the frame that `push` completed, without its framing, until the next `push`.
  func withFrame(_ body: (UnsafeRawBufferPointer) -> Void)

  /// Forgets a frame that is under way.
  ///
  /// - Parameter discardUntilBoundary: the next bytes may belong to a frame whose start was missed:
  ///   passes over them to the first boundary, if the framing has any.
  mutating func reset(discardUntilBoundary: Bool)

  /// True while bytes are passed over, up to the next boundary.
  var isDiscarding: Bool { get }

  /// True when a frame is under way.
  var isMidFrame: Bool { get }
}
