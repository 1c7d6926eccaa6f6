/// Finds frames in bytes. A framer knows no port and owns no buffer: it looks at the bytes since
/// its last answer, and these stay until it has one. So the bytes of a false length are looked
/// through again.
protocol Framer {
  /// Hot: what the first of these bytes are.
  ///
  /// It may rewrite the bytes that its answer is about. After `.open` it is asked again with more
  /// bytes behind the same ones, and it has kept how far it looked. After any other answer the
  /// caller passes over what the answer says, and calls `passed`.
  ///
  /// - Parameter bytes: at least one.
  /// - Complexity: linear in the bytes that it has not looked at, and in the frame that ends;
  ///   allocates nothing.
  mutating func scan(_ bytes: UnsafeMutableRawBufferPointer) -> Scan

  /// Hot: so many bytes were passed over, and the next are looked at anew.
  mutating func passed(_ count: Int)

  /// Forgets everything.
  ///
  /// - Parameter joinsMidStream: the next bytes may belong to a frame whose start was missed.
  mutating func reset(joinsMidStream: Bool)

  /// The line was silent, and what had come before is dropped.
  ///
  /// - Parameter hadBegun: that was the beginning of a frame.
  mutating func pause(hadBegun: Bool)

  /// The lengths of a frame on the wire, with all that belongs to it. Whatever the bytes are,
  /// `scan` says `.open` only to fewer than the longest.
  var wireBytesMax: Int { get }
}

/// What a framer says of the first bytes.
enum Scan {
  /// It cannot be told before more bytes come.
  case open
  /// A frame ends before `end`; the bytes of `content` are what it carries.
  case frame(content: Range<Int>, end: Int)
  case pass(Int, Passed)
  /// So many bytes are passed over, and what follows is looked at anew.
  ///
  /// - extent: how far the bad frame seemed to reach. What is wrong up to there has the same cause.
  case fault(FrameError, passes: Int, extent: Int)
}

/// Bytes that are no frame, and no bad one.
enum Passed {
  /// What the framing allows between frames.
  case idle
  /// A sound frame of a kind that nobody asked for.
  case otherKind
  /// Bytes before the start of a frame.
  case noise
  /// What is left of a bad frame, or of one whose start was missed.
  case rest
}
