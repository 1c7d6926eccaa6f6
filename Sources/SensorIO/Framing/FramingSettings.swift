/// How a sensor's bytes are cut into frames.
package enum FramingSettings: Equatable, Sendable {
  /// Text lines ended by LF; a CR before it is dropped, empty lines are skipped.
  case line
  /// Length prefix of `prefixBytes` (1, or 2 little-endian) counting the payload alone, the
  /// payload, then the checksum of the payload alone, low byte first.
  case length(prefixBytes: Int, checksum: Checksum)
  /// Consistent Overhead Byte Stuffing, frames ended by 0x00; the payload's checksum, low byte
  /// first, is the tail of the stuffed bytes.
  case cobs(checksum: Checksum)
}

/// The check value that ends a binary frame.
package enum Checksum: Equatable, Sendable {
  case none
  /// Polynomial 0xA001 reflected, start 0xFFFF: "123456789" → 0x4B37.
  case crc16Modbus
  /// CRC-16/CCITT-FALSE, polynomial 0x1021, start 0xFFFF: "123456789" → 0x29B1.
  case crc16CCITT
}
