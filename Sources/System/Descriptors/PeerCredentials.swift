import CPlatform

/// What the kernel says of the process at the other end of a Unix socket: as it was when the
/// process connected. The process cannot choose it.
package struct PeerCredentials: Equatable, Sendable {
  package let process: Int32
  package let user: UInt32
  package let group: UInt32
  /// The process's supplementary groups; those beyond `groupsMax` are left out.
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

  /// The name of the process, as it gives itself; empty where it has ended or may not be seen.
  package var processName: String {
    guard let text = try? Files.read("/proc/\(process)/comm", bytesMax: 64) else { return "" }
    return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}
