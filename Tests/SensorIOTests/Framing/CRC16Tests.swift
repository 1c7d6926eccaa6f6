import Testing

@testable import SensorIO

/// Goal: both checks agree with other implementations.
/// Method: published vectors, and the property that the check over a message and its check is 0.
@Suite struct CRC16Tests {
  private static let digits = Array("123456789".utf8)

  @Test(
    arguments: [
      (digits, 0x4B37), ([], 0xFFFF), ([0x11, 0x03, 0x00, 0x6B, 0x00, 0x03], 0x8776),
      ([0x01, 0x03, 0x00, 0x00, 0x00, 0x0A], 0xCDC5),
    ] as [([UInt8], UInt16)])
  func `Modbus vectors`(bytes: [UInt8], expected: UInt16) {
    #expect(bytes.withUnsafeBytes { CRC16.modbus($0) } == expected)
    let whole = bytes + [UInt8(truncatingIfNeeded: expected), UInt8(expected >> 8)]
    #expect(whole.withUnsafeBytes { CRC16.modbus($0) } == 0)
  }

  @Test(arguments: [(digits, 0x29B1), ([], 0xFFFF), ([0x41], 0xB915)] as [([UInt8], UInt16)])
  func `CCITT vectors`(bytes: [UInt8], expected: UInt16) {
    #expect(bytes.withUnsafeBytes { CRC16.ccitt($0) } == expected)
    let whole = bytes + [UInt8(expected >> 8), UInt8(truncatingIfNeeded: expected)]
    #expect(whole.withUnsafeBytes { CRC16.ccitt($0) } == 0)
  }

  @Test func `every single flipped bit is noticed`() {
    let message: [UInt8] = [0x31, 0x00, 0xFF, 0x80]
    for checksum in [Checksum.crc16Modbus, .crc16CCITT] {
      let right = message.withUnsafeBytes { checksum.value(of: $0) }
      for bit in 0..<32 {
        var wrong = message
        wrong[bit / 8] ^= 1 << (bit % 8)
        #expect(wrong.withUnsafeBytes { checksum.value(of: $0) } != right)
      }
    }
  }
}
