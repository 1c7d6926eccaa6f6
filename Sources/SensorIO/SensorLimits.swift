import CPlatform

/// Every bound of this module. Nothing grows beyond them, whatever a device sends.
public enum SensorLimits {
  /// 64 values of 8 characters; 44 ms of line at 115 200 baud.
  public typealias LineStorage = InlineArray<512, UInt8>
  /// Without its CR and LF.
  public static let lineBytesMax = LineStorage.count

  /// 256 values of 4 bytes; 89 ms of line at 115 200 baud.
  public static let payloadBytesMax = 1024
  /// A payload and its checksum.
  public typealias PayloadStorage = InlineArray<1026, UInt8>

  /// What a line or a payload can hold is less but for single bytes; a bit for each fits 4 words.
  public static let fieldsMax = 256

  /// A page of results, a registry's answer. What is larger comes in pages.
  public static let jsonBytesMax = 1 << 20

  /// `sockaddr_un.sun_path` is 108 bytes and ends with a zero.
  public static let socketPathBytesMax = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
  /// Producers that may wait to be accepted; the hot thread accepts once a tick.
  static let backlog: Int32 = 8
}
