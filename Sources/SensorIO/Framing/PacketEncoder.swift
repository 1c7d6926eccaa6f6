/// Writes packets.
extension PacketFramer {
  /// Appends a frame around this content. Marks, length, matches and check are written over it
  /// where they have their places in the content.
  static func encode(
    _ content: UnsafeRawBufferPointer, _ settings: PacketSettings, to wire: inout [UInt8]
  ) throws(FrameError) {
    guard !content.isEmpty else { throw .payloadEmpty }
    let count = settings.header + content.count + settings.trailer
    guard content.count <= SensorLimits.packetBytesMax, count <= settings.frameBytes.upperBound
    else { throw .payloadTooLong(bytes: content.count) }
    guard count >= settings.frameBytes.lowerBound else {
      throw .payloadTooShort(bytes: content.count)
    }
    var frame = [UInt8](repeating: 0, count: count)
    for index in 0..<content.count { frame[settings.header + index] = content[index] }
    for (index, byte) in settings.start.enumerated() { frame[index] = byte }
    for (index, byte) in settings.end.enumerated() {
      frame[count - settings.end.count + index] = byte
    }
    for match in settings.match { frame[match.at] = match.byte }
    if case .carried(let place, let byteCount, let isBigEndian, let adds) = settings.length {
      let carried = count - adds
      guard carried >= 0, byteCount == 4 || carried < 1 << (8 * byteCount) else {
        throw .payloadTooLong(bytes: content.count)
      }
      for index in 0..<byteCount {
        let shift = 8 * (isBigEndian ? byteCount - 1 - index : index)
        frame[place + index] = UInt8(truncatingIfNeeded: carried >> shift)
      }
    }
    if let check = settings.check {
      let place = count - check.trailing - check.kind.byteCount
      var stored: [UInt8] = []
      frame.withUnsafeBytes {
        check.kind.append(
          of: UnsafeRawBufferPointer(rebasing: $0[check.from..<place]),
          isBigEndian: check.isBigEndian, to: &stored)
      }
      for (index, byte) in stored.enumerated() { frame[place + index] = byte }
    }
    wire.append(contentsOf: frame)
  }
}
