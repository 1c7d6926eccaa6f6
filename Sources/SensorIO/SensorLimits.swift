/// Every bound of this module. Nothing grows beyond them, whatever a device sends.
package enum SensorLimits {
  /// 64 values of 8 characters; 44 ms of line at 115 200 baud.
  package typealias LineStorage = InlineArray<512, UInt8>
  /// Without its CR and LF.
  package static let lineBytesMax = LineStorage.count

  /// 256 values of 4 bytes; 89 ms of line at 115 200 baud.
  package static let payloadBytesMax = 1024
  /// A payload and its checksum.
  package typealias PayloadStorage = InlineArray<1026, UInt8>

  /// What a line or a payload can hold is less but for single bytes; a bit for each fits 4 words.
  package static let fieldsMax = 256
}
