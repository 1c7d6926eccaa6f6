import Testing

@testable import SensorIO
import TestSupport

/// Goal: the checks agree with other implementations.
/// Method: published vectors, every flipped bit, and the cyclic checks bit by bit beside their
/// tables.
@Suite struct ChecksumTests {
  private static let digits = Array("123456789".utf8)

  @Test(
    arguments: [
      (.sum8, digits, 0xDD), (.negatedSum8, digits, 0x23), (.sum16, digits, 0x01DD),
      (.xor8, digits, 0x31), (.crc8, digits, 0xF4), (.crc16Modbus, digits, 0x4B37),
      (.crc16CCITT, digits, 0x29B1), (.crc16X25, digits, 0x906E), (.crc32, digits, 0xCBF4_3926),
      (.fletcher8, digits, 0x15DD),
      (.crc16Modbus, [0x11, 0x03, 0x00, 0x6B, 0x00, 0x03], 0x8776),
      (.crc16Modbus, [0x01, 0x03, 0x00, 0x00, 0x00, 0x0A], 0xCDC5), (.crc16CCITT, [0x41], 0xB915),
      // The request of an MH-Z19, the sentence of the NMEA standard, UBX-CFG-RATE.
      (.negatedSum8, [0x01, 0x86, 0, 0, 0, 0, 0], 0x79),
      (
        .xor8,
        Array("GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,".utf8), 0x47
      ),
      (.fletcher8, [0x06, 0x08, 0x06, 0x00, 0xFA, 0x00, 0x01, 0x00, 0x01, 0x00], 0x9610),
      (.sum8, [], 0), (.negatedSum8, [], 0), (.crc8, [], 0), (.crc16Modbus, [], 0xFFFF),
      (.crc16CCITT, [], 0xFFFF), (.crc16X25, [], 0), (.crc32, [], 0), (.fletcher8, [], 0),
    ] as [(Checksum, [UInt8], UInt32)])
  func `published vectors`(checksum: Checksum, bytes: [UInt8], expected: UInt32) {
    #expect(bytes.withUnsafeBytes { checksum.value(of: $0) } == expected)
  }

  @Test(arguments: Checksum.allCases)
  func `every single flipped bit is noticed`(checksum: Checksum) {
    let message: [UInt8] = [0x31, 0x00, 0xFF, 0x80]
    let right = message.withUnsafeBytes { checksum.value(of: $0) }
    for bit in 0..<32 {
      var wrong = message
      wrong[bit / 8] ^= 1 << (bit % 8)
      #expect(wrong.withUnsafeBytes { checksum.value(of: $0) } != right)
    }
  }

  @Test func `the tables agree with the definition, bit by bit`() {
    var random = SeededGenerator("checksums")
    for _ in 0..<2000 {
      let bytes = random.bytes(.random(in: 0...40, using: &random))
      func value(_ checksum: Checksum) -> UInt32 {
        bytes.withUnsafeBytes { checksum.value(of: $0) }
      }
      #expect(value(.crc16Modbus) == reflected(bytes, 0xA001, 0xFFFF))
      #expect(value(.crc16X25) == reflected(bytes, 0x8408, 0xFFFF) ^ 0xFFFF)
      #expect(value(.crc32) == reflected(bytes, 0xEDB8_8320, .max) ^ .max)
      #expect(value(.crc16CCITT) == forward(bytes, 0x1021, 16, 0xFFFF))
      #expect(value(.crc8) == forward(bytes, 0x07, 8, 0))
    }
  }

  private func reflected(_ bytes: [UInt8], _ polynomial: UInt32, _ start: UInt32) -> UInt32 {
    bytes.reduce(start) { remainder, byte in
      (0..<8).reduce(remainder ^ UInt32(byte)) { bits, _ in
        bits >> 1 ^ (bits & 1 == 1 ? polynomial : 0)
      }
    }
  }

  private func forward(
    _ bytes: [UInt8], _ polynomial: UInt32, _ width: UInt32, _ start: UInt32
  ) -> UInt32 {
    bytes.reduce(start) { remainder, byte in
      (0..<8).reduce(remainder ^ UInt32(byte) << (width - 8)) { bits, _ in
        let isHigh = bits >> (width - 1) & 1 == 1
        return (bits << 1 ^ (isHigh ? polynomial : 0)) & (.max >> (32 - width))
      }
    }
  }

  @Test(arguments: Checksum.allCases)
  func `what is appended is what is read back, in both orders`(checksum: Checksum) {
    for isBigEndian in [false, true] {
      var wire = Self.digits
      Self.digits.withUnsafeBytes {
        checksum.append(of: $0, isBigEndian: isBigEndian, to: &wire)
      }
      #expect(wire.count == 9 + checksum.byteCount)
      wire.withUnsafeBytes { bytes in
        let stored = checksum.stored(in: bytes, at: 9, isBigEndian: isBigEndian)
        #expect(stored == checksum.value(of: UnsafeRawBufferPointer(rebasing: bytes[..<9])))
      }
    }
  }
}
