import CPlatform

public enum PortLimits {
  /// `sockaddr_un.sun_path` is 108 bytes and ends with a zero.
  public static let socketPathBytesMax = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
  /// Producers that may wait to be accepted; the hot thread accepts once a tick.
  static let backlog: Int32 = 8
}
