import CPlatform

/// A lock that one process at a time holds (flock(2)), on a file that has no other purpose. The
/// file is made where it is missing, and it stays. The Linux kernel frees the lock when the process
/// ends, however it ends.
///
/// One thread at a time may use it.
package final class FileLock {
  package let path: String
  private let descriptor: Descriptor
  private let identity: FileIdentity?

  /// Opens the file, or makes it. This takes no lock.
  ///
  /// - Throws: the error of the Linux kernel; EINVAL for a file that is no regular file.
  package init(_ path: String) throws(Files.Failure) {
    self.path = path
    let flags = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    var raw = path.withCString { cp_open($0, O_RDWR | O_CREAT | flags, 0o600) }
    // A lock works on a disk that may only be read, too.
    if raw < 0, cp_errno() == EROFS { raw = path.withCString { cp_open($0, O_RDONLY | flags, 0) } }
    guard raw >= 0 else { throw .system(code: cp_errno()) }
    descriptor = Descriptor(owning: raw)
    identity = try? FileIdentity(path: path)
    guard fileType(raw) == CP_S_IFREG else { throw .system(code: EINVAL) }
    giveToOwner()
  }

  /// Root may run a command before the agent has run. The agent's user has to open the file later.
  private func giveToOwner() {
    var status = stat()
    guard geteuid() == 0, Files.folder(of: path).withCString({ stat($0, &status) }) == 0 else {
      return
    }
    _ = fchown(descriptor.raw, status.st_uid, status.st_gid)
  }

  /// Takes the lock without waiting.
  ///
  /// - Returns: false while another process holds it.
  package func take() -> Bool { flock(descriptor.raw, LOCK_EX | LOCK_NB) == 0 }

  /// Takes the lock, and waits for a process that holds it.
  ///
  /// - Returns: false when that process still holds it after so long.
  package func take(withinMilliseconds milliseconds: Int64) -> Bool {
    let end = Clock.boot() + milliseconds * 1_000_000
    while !take() {
      guard Clock.boot() < end else { return false }
      usleep(2_000)
    }
    return true
  }

  package func release() { _ = flock(descriptor.raw, LOCK_UN) }

  /// Whether the file is still the one at its path. If a person has removed it, another process can
  /// make a new file and lock that one.
  package var stands: Bool { identity != nil && (try? FileIdentity(path: path)) == identity }
}
