/// HDLC with octets stuffed, as in RFC 1662: the flag stands between frames, one or more of them;
/// in a frame, an escape stands before a byte that is sent with bit 5 inverted. An escape before
/// the flag gives the frame up.
enum HDLCStuffing {
  static let flag: UInt8 = 0x7E
  private static let escape: UInt8 = 0x7D

  static func unstuff(_ frame: UnsafeMutableRawBufferPointer) throws(FrameError) -> Int {
    guard frame[frame.count - 1] != escape else { throw .aborted }
    return try Unstuffing.run(frame, escape: escape) { $0 ^ 0x20 }
  }

  static func stuff(_ content: [UInt8], to wire: inout [UInt8]) {
    wire.append(flag)
    for byte in content {
      if byte == flag || byte == escape {
        wire += [escape, byte ^ 0x20]
      } else {
        wire.append(byte)
      }
    }
    wire.append(flag)
  }
}
