/// RFC 1055: END ends a frame; in a frame, ESC ESC_END stands for END, and ESC ESC_ESC for ESC.
///
/// A careful sender begins with an END too, which ends what the line's noise has begun.
enum SlipStuffing {
  static let end: UInt8 = 0xC0
  private static let escape: UInt8 = 0xDB
  private static let escapedEnd: UInt8 = 0xDC
  private static let escapedEscape: UInt8 = 0xDD

  static func unstuff(_ frame: UnsafeMutableRawBufferPointer) throws(FrameError) -> Int {
    try Unstuffing.run(frame, escape: escape) { byte in
      switch byte {
      case escapedEnd: end
      case escapedEscape: escape
      default: nil
      }
    }
  }

  static func stuff(_ content: [UInt8], to wire: inout [UInt8]) {
    wire.append(end)
    for byte in content {
      switch byte {
      case end: wire += [escape, escapedEnd]
      case escape: wire += [escape, escapedEscape]
      default: wire.append(byte)
      }
    }
    wire.append(end)
  }
}
