/// Every bound of this module. Nothing grows beyond them, no matter what a device sends.
package enum SensorLimits {
  /// 64 values of 8 characters; 44 ms of line at 115 200 baud.
  package typealias LineStorage = InlineArray<512, UInt8>
  /// The length of a line without its CR and LF.
  package static let lineBytesMax = LineStorage.count

  /// 256 values of 4 bytes; 89 ms of line at 115 200 baud.
  package static let payloadBytesMax = 1024
  /// A payload and its checksum.
  package typealias PayloadStorage = InlineArray<1026, UInt8>

  /// More than a line or a payload can hold, except with fields of one byte. A bit for each field
  /// fits 4 words.
  package static let fieldsMax = 256
}
