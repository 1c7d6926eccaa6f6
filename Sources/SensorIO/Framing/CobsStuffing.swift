/// Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): 0x00 ends a frame and occurs
/// nowhere else.
///
///     block      a code n in 1...255, then n − 1 bytes that are not zero; stands for those bytes
///                and a zero, except that code 255 and the last block bring no zero
///
/// An encoder may end a frame after a full block of 254 bytes, or add an empty block. Both decode
/// to the same bytes.
enum CobsStuffing {
  static func unstuff(_ frame: UnsafeMutableRawBufferPointer) throws(FrameError) -> Int {
    var (count, place) = (0, 0)
    while place < frame.count {
      let code = Int(frame[place])
      let next = place + code
      guard next <= frame.count else { throw .cobsTruncated(missing: next - frame.count) }
      frame.move(place + 1..<next, to: count)
      count += code - 1
      if code != 255 && next < frame.count {
        frame[count] = 0
        count += 1
      }
      place = next
    }
    return count
  }

  /// The reference encoding: no empty block follows a last block of 254 bytes.
  static func stuff(_ content: [UInt8], to wire: inout [UInt8]) {
    var code = wire.count
    wire.append(1)
    for (index, byte) in content.enumerated() {
      if byte != 0 {
        wire.append(byte)
        wire[code] += 1
      }
      let isLast = index == content.count - 1
      if byte == 0 || wire[code] == 255 && !isLast {
        code = wire.count
        wire.append(1)
      }
    }
    wire.append(0)
  }
}
