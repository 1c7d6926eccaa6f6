/// Length, payload, checksum.
///
///     length     1 byte, or 2 with the low byte first: of the payload alone, 1...1024
///     payload
///     checksum   0 or 2 bytes, low byte first, over the payload alone
///     resync     none but luck: after any fault the next byte is taken for a length, until one
///                fits. A pause on the line is the sure boundary: `reset` after one.
package struct LengthFramer: Framer {
  private enum Expecting { case lengthLow, lengthHigh, content }

  private let prefixBytes: Int
  private let checksum: Checksum
  private var expecting = Expecting.lengthLow
  private var storage = SensorLimits.PayloadStorage(repeating: 0)
  private var count = 0
  /// The bytes of payload and checksum together.
  private var countExpected = 0
  private var frameCount = 0

  /// - Parameter prefixBytes: 1 or 2.
  package init(prefixBytes: Int, checksum: Checksum) {
    precondition(prefixBytes == 1 || prefixBytes == 2)
    self.prefixBytes = prefixBytes
    self.checksum = checksum
  }

  package var isDiscarding: Bool { false }
  package var isMidFrame: Bool { expecting != .lengthLow }

  package mutating func push(_ byte: UInt8) throws(FrameError) -> Bool {
    switch expecting {
    case .lengthLow:
      countExpected = Int(byte)
      if prefixBytes == 2 { expecting = .lengthHigh } else { try start() }
    case .lengthHigh:
      countExpected |= Int(byte) << 8
      try start()
    case .content:
      storage[count] = byte
      count += 1
      guard count == countExpected else { return false }
      expecting = .lengthLow  // comes first, so that a bad checksum costs this frame only
      frameCount = try storage.span.withUnsafeBytes { bytes throws(FrameError) in
        try checksum.verify(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
      }
      return true
    }
    return false
  }

  package func withFrame(_ body: (UnsafeRawBufferPointer) -> Void) {
    storage.span.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<frameCount])) }
  }

  /// Nothing in the bytes marks a boundary, so there are no bytes to discard up to one.
  package mutating func reset(discardUntilBoundary: Bool) { expecting = .lengthLow }

  package static func encode(
    _ payload: UnsafeRawBufferPointer, prefixBytes: Int, checksum: Checksum, to wire: inout [UInt8]
  ) throws(FrameError) {
    try check(payloadBytes: payload.count)
    guard prefixBytes == 2 || payload.count <= UInt8.max else {
      throw .payloadTooLong(bytes: payload.count)
    }
    wire.append(UInt8(truncatingIfNeeded: payload.count))
    if prefixBytes == 2 { wire.append(UInt8(payload.count >> 8)) }
    wire.append(contentsOf: payload)
    checksum.append(of: payload, to: &wire)
  }

  private mutating func start() throws(FrameError) {
    expecting = .lengthLow
    try Self.check(payloadBytes: countExpected)
    expecting = .content
    countExpected += checksum.byteCount
    count = 0
  }

  private static func check(payloadBytes: Int) throws(FrameError) {
    guard payloadBytes > 0 else { throw .payloadEmpty }
    guard payloadBytes <= SensorLimits.payloadBytesMax else {
      throw .payloadTooLong(bytes: payloadBytes)
    }
  }
}
