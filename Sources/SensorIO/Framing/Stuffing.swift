/// How a sender keeps the delimiter out of a frame.
enum Stuffing {
  case cobs, slip, hdlc

  /// The byte that ends a frame.
  var delimiter: UInt8 {
    switch self {
    case .cobs: 0
    case .slip: SlipStuffing.end
    case .hdlc: HDLCStuffing.flag
    }
  }

  /// The most bytes that a content of so many can have on the wire, without the delimiter.
  func bytesMax(content: Int) -> Int {
    switch self {
    // A code for each 254 bytes, and an empty block that some encoders add.
    case .cobs: content + content / 254 + 2
    case .slip, .hdlc: 2 * content
    }
  }

  /// Hot: rewrites a frame without its delimiter, at least one byte, as its content.
  ///
  /// - Returns: the length of the content.
  /// - Complexity: linear.
  func unstuff(_ frame: UnsafeMutableRawBufferPointer) throws(FrameError) -> Int {
    switch self {
    case .cobs: try CobsStuffing.unstuff(frame)
    case .slip: try SlipStuffing.unstuff(frame)
    case .hdlc: try HDLCStuffing.unstuff(frame)
    }
  }

  /// Appends a frame with its delimiter.
  func stuff(_ content: [UInt8], to wire: inout [UInt8]) {
    switch self {
    case .cobs: CobsStuffing.stuff(content, to: &wire)
    case .slip: SlipStuffing.stuff(content, to: &wire)
    case .hdlc: HDLCStuffing.stuff(content, to: &wire)
    }
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Hot: moves bytes of the buffer to its front, or less far.
  func move(_ bytes: Range<Int>, to place: Int) {
    guard place != bytes.lowerBound, !bytes.isEmpty, let base = baseAddress else { return }
    (base + place).copyMemory(from: base + bytes.lowerBound, byteCount: bytes.count)
  }
}
