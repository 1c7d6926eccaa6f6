/// The check values that sensors' frames carry. Each has its value for "123456789", by which
/// implementations are compared.
package enum Checksum: Equatable, Sendable, CaseIterable {
  /// The sum of the bytes, its low byte: 0xDD.
  case sum8
  /// What that sum lacks to 0: 0x23.
  case negatedSum8
  /// The sum of the bytes, its low word: 0x01DD.
  case sum16
  /// All bytes, exclusive or: 0x31.
  case xor8
  /// Polynomial 0x07, start 0 (CRC-8/SMBUS): 0xF4.
  case crc8
  /// Polynomial 0x8005 reflected, start 0xFFFF: 0x4B37.
  case crc16Modbus
  /// CRC-16/CCITT-FALSE, polynomial 0x1021, start 0xFFFF: 0x29B1.
  case crc16CCITT
  /// The frame check sequence of HDLC: polynomial 0x1021 reflected, start and end inverted: 0x906E.
  case crc16X25
  /// IEEE 802.3, as Ethernet and zlib have it: 0xCBF43926.
  case crc32
  /// The two sums of UBX, each of 8 bits: the bytes' (low byte, sent first), and the sums' (high
  /// byte): 0x15DD.
  case fletcher8

  /// The word in the configuration.
  package var word: String {
    switch self {
    case .sum8: "sum8"
    case .negatedSum8: "negated-sum8"
    case .sum16: "sum16"
    case .xor8: "xor8"
    case .crc8: "crc8"
    case .crc16Modbus: "crc16-modbus"
    case .crc16CCITT: "crc16-ccitt"
    case .crc16X25: "crc16-x25"
    case .crc32: "crc32"
    case .fletcher8: "fletcher8"
    }
  }

  /// The bytes that it takes in a frame.
  package var byteCount: Int {
    switch self {
    case .sum8, .negatedSum8, .xor8, .crc8: 1
    case .sum16, .crc16Modbus, .crc16CCITT, .crc16X25, .fletcher8: 2
    case .crc32: 4
    }
  }

  /// Cold: the checksum of these bytes.
  package func value(of bytes: UnsafeRawBufferPointer) -> UInt32 {
    ChecksumEngine(self).value(of: bytes)
  }

  /// The number that stands in the first `byteCount` bytes.
  func stored(in bytes: UnsafeRawBufferPointer, at place: Int, isBigEndian: Bool) -> UInt32 {
    loadUnsigned(bytes, at: place, byteCount: byteCount, isBigEndian: isBigEndian)
  }

  /// Cold: appends the checksum of these bytes.
  func append(of bytes: UnsafeRawBufferPointer, isBigEndian: Bool, to wire: inout [UInt8]) {
    let value = value(of: bytes)
    for index in 0..<byteCount {
      let shift = 8 * (isBigEndian ? byteCount - 1 - index : index)
      wire.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
    }
  }
}

/// An unsigned number of 1 to 4 bytes. The caller has proved that they are there.
func loadUnsigned(
  _ bytes: UnsafeRawBufferPointer, at place: Int, byteCount: Int, isBigEndian: Bool
) -> UInt32 {
  var value: UInt32 = 0
  for index in 0..<byteCount {
    let at = place &+ (isBigEndian ? index : byteCount &- 1 &- index)
    value = value << 8 | UInt32(bytes[at])
  }
  return value
}
