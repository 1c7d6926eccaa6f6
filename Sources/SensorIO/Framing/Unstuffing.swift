/// The loop of every stuffing in which an escape and the byte behind it stand for one byte.
enum Unstuffing {
  /// Hot: puts the content at the frame's begin.
  ///
  /// - Parameter stands: what an escape before this byte stands for; nil for none.
  /// - Returns: the content's length.
  /// - Throws: `.escapeBroken`, also for an escape at the frame's end.
  @inline(__always)
  static func run(
    _ frame: UnsafeMutableRawBufferPointer, escape: UInt8, _ stands: (UInt8) -> UInt8?
  ) throws(FrameError) -> Int {
    let bytes = UnsafeRawBufferPointer(frame)
    var (count, place) = (0, 0)
    while let found = bytes.firstIndex(of: escape, from: place) {
      guard found + 1 < frame.count, let byte = stands(frame[found + 1]) else {
        throw .escapeBroken
      }
      frame.move(place..<found, to: count)
      count += found - place
      frame[count] = byte
      (count, place) = (count + 1, found + 2)
    }
    frame.move(place..<frame.count, to: count)
    return count + frame.count - place
  }
}
