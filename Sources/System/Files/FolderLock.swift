import CPlatform

/// A lock on a folder, so that only one process changes it at a time. The kernel unlocks it at the
/// latest when that process ends.
package final class FolderLock {
  private let descriptor: Int32

  /// - Returns: nil while another process holds it.
  package init?(_ folder: String) throws(Files.Failure) {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    descriptor = folder.withCString { cp_open($0, flags, 0) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      if cp_errno() == EWOULDBLOCK { return nil }
      throw .system(code: cp_errno())
    }
  }

  // `deinit` also runs when `init` throws or returns nil, since all properties are set by then.
  deinit { if descriptor >= 0 { close(descriptor) } }
}
