/// Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): 0x00 ends a frame and occurs
/// nowhere else.
///
///     block      a code n in 1...255, then n − 1 bytes that are not zero; stands for those bytes
///                and a zero, except that code 255 and the last block bring no zero
///     content    payload of 1...1024 bytes, then its checksum, 0 or 2 bytes, low byte first
///     skipped    empty frames: idle lines and careful senders repeat the 0x00
///     resync     the next 0x00
///
/// An encoder may end a frame after a full block of 254 bytes, or add an empty block. Both decode
/// to the same bytes.
package struct CobsFramer: Framer {
  private let checksum: Checksum
  private var storage = SensorLimits.PayloadStorage(repeating: 0)
  private var count = 0
  /// The bytes that the block still lacks. At 0, the next byte is a code.
  private var blockLeft = 0
  /// True when the block that ended stands for a zero, if another block follows.
  private var owesZero = false
  private var frameCount = 0
  package private(set) var isMidFrame = false
  package private(set) var isDiscarding = false

  package init(checksum: Checksum) { self.checksum = checksum }

  package mutating func push(_ byte: UInt8) throws(FrameError) -> Bool {
    if byte == 0 { return try end() }
    if isDiscarding { return false }
    isMidFrame = true
    if blockLeft > 0 {
      blockLeft -= 1
      try store(byte)
    } else {
      if owesZero { try store(0) }
      blockLeft = Int(byte) - 1
      owesZero = byte != 255
    }
    return false
  }

  package func withFrame(_ body: (UnsafeRawBufferPointer) -> Void) {
    storage.span.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<frameCount])) }
  }

  package mutating func reset(discardUntilBoundary: Bool) {
    (count, blockLeft, owesZero) = (0, 0, false)
    (isMidFrame, isDiscarding) = (false, discardUntilBoundary)
  }

  /// The reference encoding: no empty block follows a last block of 254 bytes.
  package static func encode(
    _ payload: UnsafeRawBufferPointer, checksum: Checksum, to wire: inout [UInt8]
  ) throws(FrameError) {
    guard !payload.isEmpty else { throw .payloadEmpty }
    guard payload.count <= SensorLimits.payloadBytesMax else {
      throw .payloadTooLong(bytes: payload.count)
    }
    var content = Array(payload)
    checksum.append(of: payload, to: &content)
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

  private mutating func end() throws(FrameError) -> Bool {
    let (wasMidFrame, contentCount, missing) = (isMidFrame, count, blockLeft)
    reset(discardUntilBoundary: false)  // comes first, so that a fault costs this frame only
    guard wasMidFrame else { return false }
    guard missing == 0 else { throw .cobsTruncated(missing: missing) }
    frameCount = try storage.span.withUnsafeBytes { bytes throws(FrameError) in
      try checksum.verify(UnsafeRawBufferPointer(rebasing: bytes[..<contentCount]))
    }
    return true
  }

  private mutating func store(_ byte: UInt8) throws(FrameError) {
    guard count < SensorLimits.payloadBytesMax + checksum.byteCount else {
      reset(discardUntilBoundary: true)
      throw .payloadTooLong(bytes: SensorLimits.payloadBytesMax + 1)
    }
    storage[count] = byte
    count += 1
  }
}
