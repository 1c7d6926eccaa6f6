/// A checksum that is ready to be computed on the hot path: it has its table already.
///
/// A table takes some 2 ns a byte, and bit by bit it would be 5. One frame does not show the
/// difference, but noise does, in which every byte may begin a frame.
struct ChecksumEngine {
  let kind: Checksum
  /// Of 256 remainders; nil for what is no cyclic redundancy check. It lives as long as the
  /// process.
  private let table: UnsafePointer<UInt32>?

  /// Setup: makes the table if this is the first of its kind.
  init(_ kind: Checksum) {
    self.kind = kind
    table =
      switch kind {
      case .crc8: CRCTable.crc8.remainders
      case .crc16Modbus: CRCTable.modbus.remainders
      case .crc16CCITT: CRCTable.ccitt.remainders
      case .crc16X25: CRCTable.x25.remainders
      case .crc32: CRCTable.crc32.remainders
      case .sum8, .negatedSum8, .sum16, .xor8, .fletcher8: nil
      }
  }

  /// Hot: the checksum of these bytes, in the low `byteCount` bytes.
  ///
  /// - Complexity: linear; allocates nothing.
  func value(of bytes: UnsafeRawBufferPointer) -> UInt32 {
    switch kind {
    case .sum8: sum(bytes) & 0xFF
    case .negatedSum8: (0 &- sum(bytes)) & 0xFF
    case .sum16: sum(bytes) & 0xFFFF
    case .xor8: exclusiveOr(bytes)
    case .crc8: forward(bytes, start: 0, topShift: 0) & 0xFF
    case .crc16CCITT: forward(bytes, start: 0xFFFF, topShift: 8) & 0xFFFF
    case .crc16Modbus: reflected(bytes, start: 0xFFFF)
    case .crc16X25: reflected(bytes, start: 0xFFFF) ^ 0xFFFF
    case .crc32: reflected(bytes, start: .max) ^ .max
    case .fletcher8: fletcher(bytes)
    }
  }

  private func sum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var sum: UInt32 = 0
    for byte in bytes { sum &+= UInt32(byte) }
    return sum
  }

  private func exclusiveOr(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var all: UInt8 = 0
    for byte in bytes { all ^= byte }
    return UInt32(all)
  }

  private func fletcher(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var (first, second): (UInt8, UInt8) = (0, 0)
    for byte in bytes {
      first &+= byte
      second &+= first
    }
    return UInt32(first) | UInt32(second) << 8
  }

  /// The lowest bit of a byte comes first.
  private func reflected(_ bytes: UnsafeRawBufferPointer, start: UInt32) -> UInt32 {
    guard let table else { return 0 }
    var remainder = start
    for byte in bytes {
      remainder = remainder >> 8 ^ table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)]
    }
    return remainder
  }

  /// The highest bit of a byte comes first.
  ///
  /// - Parameter topShift: from the remainder's highest byte to its lowest.
  private func forward(
    _ bytes: UnsafeRawBufferPointer, start: UInt32, topShift: UInt32
  ) -> UInt32 {
    guard let table else { return 0 }
    var remainder = start
    for byte in bytes {
      let top = UInt8(truncatingIfNeeded: remainder >> topShift)
      remainder = remainder << 8 ^ table[Int(top ^ byte)]
    }
    return remainder
  }
}

/// The remainders of all bytes by one polynomial: 1 KiB, made once in a process and kept.
struct CRCTable: @unchecked Sendable {
  let remainders: UnsafePointer<UInt32>

  static let crc8 = CRCTable(polynomial: 0x07, bits: 8)
  static let ccitt = CRCTable(polynomial: 0x1021, bits: 16)
  static let modbus = CRCTable(reflected: 0xA001)
  static let x25 = CRCTable(reflected: 0x8408)
  static let crc32 = CRCTable(reflected: 0xEDB8_8320)

  private init(reflected polynomial: UInt32) {
    remainders = Self.table { byte in
      var remainder = byte
      for _ in 0..<8 { remainder = remainder >> 1 ^ (polynomial & (0 &- (remainder & 1))) }
      return remainder
    }
  }

  private init(polynomial: UInt32, bits: UInt32) {
    let (top, mask): (UInt32, UInt32) = (1 << (bits - 1), UInt32.max >> (32 - bits))
    remainders = Self.table { byte in
      var remainder = byte << (bits - 8)
      for _ in 0..<8 {
        let hasTop = remainder & top != 0
        remainder = (remainder << 1 ^ (hasTop ? polynomial : 0)) & mask
      }
      return remainder
    }
  }

  private static func table(_ remainder: (UInt32) -> UInt32) -> UnsafePointer<UInt32> {
    let table = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
    for byte in 0..<256 { (table + byte).initialize(to: remainder(UInt32(byte))) }
    return UnsafePointer(table)
  }
}
