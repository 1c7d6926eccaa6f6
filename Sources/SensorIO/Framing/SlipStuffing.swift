/// RFC 1055: END ends a frame; in a frame, ESC ESC_END stands for END, and ESC ESC_ESC for ESC.
///
/// A careful sender begins with an END too, which ends what the line's noise has begun.
enum SlipStuffing {
  static let end: UInt8 = 0xC0
  private static let escape: UInt8 = 0xDB
  private static let escapedEnd: UInt8 = 0xDC
  private static let escapedEscape: UInt8 = 0xDD

  static func unstuff(_ frame: UnsafeMutableRawBufferPointer) throws(FrameError) -> Int {
    let bytes = UnsafeRawBufferPointer(frame)
    var (count, place) = (0, 0)
    while let found = bytes.firstIndex(of: escape, from: place) {
      guard found + 1 < frame.count else { throw .escapeBroken }
      let stands: UInt8
      switch frame[found + 1] {
      case escapedEnd: stands = end
      case escapedEscape: stands = escape
      default: throw .escapeBroken
      }
      frame.move(place..<found, to: count)
      count += found - place
      frame[count] = stands
      (count, place) = (count + 1, found + 2)
    }
    frame.move(place..<frame.count, to: count)
    return count + frame.count - place
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
