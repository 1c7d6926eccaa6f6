/// How a sensor's bytes are cut into frames.
package enum FramingSettings: Equatable, Sendable {
  /// Text lines that end with LF. The framer drops a CR before the LF and skips empty lines.
  case line
  /// A length prefix of `prefixBytes` (1, or 2 with the low byte first), then the payload, then the
  /// payload's checksum, low byte first. The length counts only the payload.
  case length(prefixBytes: Int, checksum: Checksum)
  /// Consistent Overhead Byte Stuffing, in which 0x00 ends a frame. The stuffed bytes are the
  /// payload, then its checksum, low byte first.
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
