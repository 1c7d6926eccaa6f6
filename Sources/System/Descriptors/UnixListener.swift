import CPlatform

/// A Unix stream socket that producers connect to. Its file goes when the listener does, unless
/// somebody has put another in its place.
package final class UnixListener: Sendable {
  package let descriptor: Descriptor
  package let path: String
  private let identity: FileIdentity

  /// Producers that may wait to be accepted; the doorkeeper accepts at once.
  private static let backlog: Int32 = 8

  /// Listens at `path`, replacing a socket file that nobody answers.
  ///
  /// - Parameter mode: permissions of the socket file; connecting needs `w`.
  /// - Throws: `.busy` when somebody answers, `.notSocket` when something else is in the place.
  package static func open(path: String, mode: UInt32 = 0o660) throws(SocketError) -> UnixListener {
    var address = try UnixSocket.address(path: path)
    try removeStale(path: path)
    do throws(SystemError) {
      let descriptor = try UnixSocket.stream()
      let bytes = socklen_t(MemoryLayout<sockaddr_un>.size)
      guard cp_bind(descriptor.raw, &address, bytes) == 0 else { throw .last(.bind) }
      guard let identity = try FileIdentity(path: path) else {
        throw SystemError(call: .lstat, code: ENOENT)
      }
      // From here on the file goes with the listener. Nobody can connect before `listen`, so the
      // mode that bind gave it does no harm.
      let listener = UnixListener(descriptor: descriptor, path: path, identity: identity)
      guard path.withCString({ chmod($0, mode_t(mode)) }) == 0 else { throw .last(.chmod) }
      guard listen(descriptor.raw, Self.backlog) == 0 else { throw .last(.listen) }
      return listener
    } catch {
      if error.code == EADDRINUSE { throw .busy(path: path) }
      throw .from(error, path: path)
    }
  }

  private init(descriptor: Descriptor, path: String, identity: FileIdentity) {
    self.descriptor = descriptor
    self.path = path
    self.identity = identity
  }

  deinit { removeFile() }

  /// For a process that is about to end and runs no `deinit` any more: takes the socket's file
  /// away, if it is still this one's.
  package func removeFile() {
    if (try? FileIdentity(path: path)) == identity { _ = path.withCString { unlink($0) } }
  }

  /// Takes the next producer, non-blocking.
  ///
  /// - Returns: nil when none waits any more.
  /// - Throws: EMFILE and its like; the producer stays in the queue.
  package func accept() throws(SystemError) -> Descriptor? {
    let raw = uninterrupted { cp_accept(descriptor.raw) }
    if raw >= 0 { return Descriptor(owning: raw) }
    // One that gave up while it waited is as good as none.
    guard cp_errno() == EAGAIN || cp_errno() == ECONNABORTED else { throw .last(.accept) }
    return nil
  }

  private static func removeStale(path: String) throws(SocketError) {
    let found: FileIdentity?
    do { found = try FileIdentity(path: path) } catch { throw .from(error, path: path) }
    guard let found else { return }
    guard found.isSocket else { throw .notSocket(path: path) }
    do throws(SocketError) {
      _ = try UnixSocket.connect(path: path)
    } catch {
      switch error {
      case .nobodyListens: _ = path.withCString { unlink($0) }
      case .missing: break  // its owner was faster
      default: throw error
      }
      return
    }
    throw .busy(path: path)
  }
}
