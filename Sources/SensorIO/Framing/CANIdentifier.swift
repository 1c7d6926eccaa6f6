/// Which frames of a CAN bus are a sensor's: by their identifier of 11 or of 29 bits.
///
/// Frames come as Linux hands them on (linux/can.h `can_frame`), 16 bytes each: identifier and
/// flags as a little-endian word, the count of data bytes, three bytes of nothing, data.
package struct CANIdentifier: Equatable, Sendable {
  private let word: UInt32

  /// Nil where the number has more bits than the identifier.
  package init?(_ number: UInt32, isExtended: Bool) {
    guard number <= (isExtended ? 0x1FFF_FFFF : 0x7FF) else { return nil }
    word = number | (isExtended ? Self.extendedFlag : 0)
  }

  private static let extendedFlag: UInt32 = 1 << 31

  /// As the configuration has it: `C9`; `18FEF100x` for one of 29 bits.
  package var text: String {
    let digits = String(word & ~Self.extendedFlag, radix: 16, uppercase: true)
    return word & Self.extendedFlag == 0 ? digits : digits + "x"
  }

  /// Hot: the data of a frame that has this identifier; nil for every other frame, for remote
  /// requests (bit 30) and for error frames (bit 29).
  package func data(of frame: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard frame.count == 16 else { return nil }
    let head = UInt32(littleEndian: frame.loadUnaligned(as: UInt32.self))
    guard head == word else { return nil }
    return UnsafeRawBufferPointer(rebasing: frame[8..<8 + min(Int(frame[4]), 8)])
  }
}
