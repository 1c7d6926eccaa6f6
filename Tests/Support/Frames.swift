@testable import SensorIO

/// A frame, and the index of its framing.
package struct TaggedFrame: Equatable {
  package let framing: Int
  package let bytes: [UInt8]

  package init(_ framing: Int, _ bytes: [UInt8]) { (self.framing, self.bytes) = (framing, bytes) }
}

extension FrameReader {
  /// The frames that these bytes complete, pushed in one piece or in pieces of `chunk` bytes.
  package func frames(of bytes: [UInt8], chunk: Int = .max) -> [[UInt8]] {
    tagged(of: bytes) { chunk }.map { $0.bytes }
  }

  /// The same, in pieces whose sizes `size` says.
  package func tagged(of bytes: [UInt8], size: () -> Int = { .max }) -> [TaggedFrame] {
    var frames: [TaggedFrame] = []
    bytes.withUnsafeBytes { bytes in
      var first = 0
      while first < bytes.count {
        let end = first + min(size(), bytes.count - first)
        while first < end {
          first += take(UnsafeRawBufferPointer(rebasing: bytes[first..<end])) { frame, framing, _ in
            frames.append(TaggedFrame(framing, Array(frame)))
            return true
          }
        }
      }
    }
    return frames
  }

  /// What a pause brings to light.
  package func framesOfPause() -> [[UInt8]] {
    var frames: [[UInt8]] = []
    pause { frame, _ in frames.append(Array(frame)) }
    return frames
  }
}

extension FrameEncoder {
  package func wire(_ payload: [UInt8]) throws(FrameError) -> [UInt8] {
    var wire: [UInt8] = []
    do {
      try payload.withUnsafeBytes { try encode($0, to: &wire) }
    } catch {
      throw error as! FrameError
    }
    return wire
  }
}
