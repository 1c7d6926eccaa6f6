/// CRC-32 of IEEE 802.3 (zlib, PNG): finds every burst of up to 32 wrong bits. It protects against
/// a torn write and not against a person.
package struct CRC32 {
  private var state: UInt32 = 0xFFFF_FFFF

  package init() {}

  /// For each half of a byte: 64 bytes of table are enough for records of a few hundred bytes.
  private static let table: InlineArray<16, UInt32> = [
    0x0000_0000, 0x1DB7_1064, 0x3B6E_20C8, 0x26D9_30AC, 0x76DC_4190, 0x6B6B_51F4, 0x4DB2_6158,
    0x5005_713C, 0xEDB8_8320, 0xF00F_9344, 0xD6D6_A3E8, 0xCB61_B38C, 0x9B64_C2B0, 0x86D3_D2D4,
    0xA00A_E278, 0xBDBD_F21C,
  ]

  package mutating func add(_ byte: UInt8) {
    state ^= UInt32(byte)
    state = Self.table[Int(state & 15)] ^ state >> 4
    state = Self.table[Int(state & 15)] ^ state >> 4
  }

  package var value: UInt32 { ~state }

  package static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc = CRC32()
    for byte in bytes { crc.add(byte) }
    return crc.value
  }
}
