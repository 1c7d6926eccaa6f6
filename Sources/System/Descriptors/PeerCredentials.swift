import CPlatform

/// What the kernel says of the process at the other end of a Unix socket. It keeps this from the
/// moment of connecting: what the process becomes afterwards, and to whom it hands the socket, the
/// kernel does not tell. The process cannot choose it.
package struct PeerCredentials: Equatable, Sendable {
  /// 0 where it is in another container.
  package let process: Int32
  package let user: UInt32
  package let group: UInt32
  /// The process's supplementary groups. None where it has more than `groupsMax`, or where the
  /// kernel is older than 4.13.
  package let groups: [UInt32]

  package static let groupsMax = 256

  package init(process: Int32, user: UInt32, group: UInt32, groups: [UInt32] = []) {
    (self.process, self.user, self.group, self.groups) = (process, user, group, groups)
  }

  /// Nil if `descriptor` is no connected Unix socket.
  package init?(of descriptor: Descriptor) {
    var (process, user, group) = (Int32(0), UInt32(0), UInt32(0))
    guard cp_peer(descriptor.raw, &process, &user, &group) == 0 else { return nil }
    var groups = [UInt32](repeating: 0, count: Self.groupsMax)
    let count = cp_peer_groups(descriptor.raw, &groups, Int32(groups.count))
    self.init(
      process: process, user: user, group: group, groups: Array(groups.prefix(max(0, Int(count)))))
  }

  /// The number of the process that connected; 0 where it is in another container, -1 where
  /// `descriptor` is no connected Unix socket.
  package static func process(of descriptor: Descriptor) -> Int32 {
    var (process, user, group) = (Int32(0), UInt32(0), UInt32(0))
    return cp_peer(descriptor.raw, &process, &user, &group) == 0 ? process : -1
  }

  /// The name that the process gives itself now; empty where it has ended or may not be seen. It
  /// proves nothing: any process takes any name, and a number is used again.
  package var processName: String {
    guard let text = try? Files.read("/proc/\(process)/comm", bytesMax: 64) else { return "" }
    return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}
