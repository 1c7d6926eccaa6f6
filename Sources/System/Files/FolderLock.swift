import CPlatform

/// A folder that only one process changes at a time; let go of at the latest when that one ends.
package final class FolderLock {
  private let descriptor: Int32

  /// - Returns: nil while another process holds it.
  package init?(_ folder: String) throws(Files.Failure) {
    descriptor = folder.withCString { cp_open($0, O_RDONLY | O_CLOEXEC, 0) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      if cp_errno() == EWOULDBLOCK { return nil }
      throw .system(code: cp_errno())
    }
  }

  // Runs also when `init` refuses, since by then the descriptor is there.
  deinit { if descriptor >= 0 { close(descriptor) } }
}
