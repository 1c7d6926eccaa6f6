/// Every bound of this module. Nothing grows beyond them, no matter what a device sends.
package enum SensorLimits {
  /// The length of a line without its end, where the settings say nothing else: 64 values of 8
  /// characters; 44 ms of line at 115 200 baud.
  package static let lineBytesMax = 512
  /// What the settings may say instead: from one value to 512 values of 8 characters, as loggers
  /// with many channels print them.
  package static let lineBytesRange = 16...4096

  /// 256 values of 4 bytes; 89 ms of line at 115 200 baud.
  package static let payloadBytesMax = 1024
  /// The longest packet with all that is around its content, of which a reader keeps two: twice the
  /// raw measurement of a receiver that sees 63 satellites.
  package static let packetBytesMax = 4096

  /// The standard says 82 characters; receivers with long proprietary sentences go beyond it.
  package static let sentenceBytesMax = 256

  /// NMEA and UBX, or the kinds of frames that one device sends, which are each a framing.
  package static let framingsMax = 8
  /// The longest known mark of a start, and of an end, have four bytes; a word holds twice that.
  package static let startBytesMax = 8
  package static let endBytesMax = 4
  /// Group and kind of a message, and two bytes more to tell it by.
  package static let matchesMax = 4
  /// What a length may leave out or count twice: a few marks and checks around the content.
  package static let lengthAdds = -64...64

  /// What one call of `FrameReader.take` looks at: sixteen buffers of a port if every byte is
  /// sound. In noise each byte may begin a frame, and each such frame's checksum is computed; then
  /// this is 0.15 ms of work.
  package static let looksPerCall = 65_536
  /// What an answer of a framer costs beside the bytes that it is about.
  static let looksPerAnswer = 8

  /// In a bad frame of up to so many bytes a sound one is looked for each time bytes arrive: 4 KiB
  /// of checks at most, some 8 µs. Most frames of sensors are shorter.
  static let bytesSearchedAgain = 64

  /// What a message shows of a bad frame: enough to recognize text, or another protocol's start.
  package typealias FaultStorage = InlineArray<48, UInt8>
  package static let faultBytesMax = FaultStorage.count

  /// More than a line or a payload can hold, except with fields of one byte. A bit for each field
  /// fits 4 words.
  package static let fieldsMax = 256
}
