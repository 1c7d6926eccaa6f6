/// Bounds of the Linux kernel's scans.
package enum IIOLimits {
  /// Values behind each other in one element: a quaternion has four; matrices of 16 are the most
  /// that the Linux kernel's rule can align within a scan of this size.
  static let repeatsMax = 16
  /// Elements of one device that are looked at: the largest converters have 32 inputs, and twice
  /// that as differences.
  static let elementsMax = 256
  /// The bytes of one scan: 32 fields, each in the largest element.
  static let scanBytesMax = 32 * 8 * repeatsMax
  /// What one read takes of the device: as much as a connection's buffer.
  static let readBytes = 4096
  /// A file of sysfs is a page at most.
  static let fileBytesMax = 4096
  /// What the Linux kernel keeps for the agent: half a second, and never less than 16 scans or
  /// more than 65,536.
  static let scansKept = 16...65_536
  /// How often the agent is woken in a second, as of a microphone; of slower devices, and those
  /// whose scans come by events, at each scan.
  static let wakeupsPerSecond = 50.0
}
