import CPlatform

/// Identifies the file at a path, without following a link.
package struct FileIdentity: Equatable, Sendable {
  package let device: UInt64
  package let index: UInt64
  let isSocket: Bool

  /// nil when nothing is there.
  package init?(path: String) throws(SystemError) {
    var status = stat()
    guard path.withCString({ lstat($0, &status) }) == 0 else {
      guard cp_errno() == ENOENT else { throw .last(.lstat) }
      return nil
    }
    device = UInt64(status.st_dev)
    index = UInt64(status.st_ino)
    isSocket = UInt32(status.st_mode) & CP_S_IFMT == CP_S_IFSOCK
  }
}
