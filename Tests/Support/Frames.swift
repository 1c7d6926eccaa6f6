@testable import SensorIO

extension FrameReader {
  /// The frames that these bytes complete, pushed in one piece or in pieces of `chunk` bytes.
  package func frames(of bytes: [UInt8], chunk: Int = .max) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(chunk))
      rest = rest.dropFirst(chunk)
      piece.withUnsafeBytes { push($0) { frames.append(Array($0)) } }
    }
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
