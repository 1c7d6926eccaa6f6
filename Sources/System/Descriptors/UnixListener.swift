import CPlatform

/// A Unix socket to which other programs connect or send. `deinit` removes the socket's file,
/// unless another program has put another file in its place, or made the socket.
package final class UnixListener: Sendable {
  package let descriptor: Descriptor
  package let path: String
  /// Of its file; nil where that is systemd's.
  private let identity: FileIdentity?
  package let form: Form
  private let mode: UInt32
  private let backlog: Int32

  package enum Form: Sendable {
    case stream
    /// Connections that keep the bounds of each write (SOCK_SEQPACKET).
    case packets
    /// No connections: who sends, sends (SOCK_DGRAM).
    case datagrams

    fileprivate var type: Int32 {
      switch self {
      case .stream: CP_STREAM
      case .packets: CP_PACKETS
      case .datagrams: CP_DATAGRAM
      }
    }
  }

  /// Connections that may wait to be accepted. Few are enough, since the doorkeeper accepts at
  /// once.
  package static let backlog: Int32 = 8

  /// Listens at `path`. Replaces a socket file at which no program listens.
  ///
  /// - Parameters:
  ///   - mode: permissions of the socket file; connecting needs `w`.
  ///   - backlog: connections that may wait to be accepted.
  /// - Throws: `.busy` when another program listens there, `.notSocket` when the file is no socket.
  package static func open(
    path: String, form: Form = .stream, mode: UInt32 = 0o660,
    backlog: Int32 = UnixListener.backlog
  ) throws(SocketError) -> UnixListener {
    var address = try UnixSocket.address(path: path)
    try removeStale(path: path)
    do throws(SystemError) {
      let descriptor = try UnixSocket.make(form.type)
      let bytes = socklen_t(MemoryLayout<sockaddr_un>.size)
      guard cp_bind(descriptor.raw, &address, bytes) == 0 else { throw .last(.bind) }
      guard let identity = try FileIdentity(path: path) else {
        throw SystemError(call: .lstat, code: ENOENT)
      }
      // From here on `deinit` removes the file. No program can connect before `listen`, so the mode
      // that bind gave the file does no harm.
      let listener = UnixListener(descriptor, path, identity, form, mode, backlog)
      guard path.withCString({ chmod($0, mode_t(mode)) }) == 0 else { throw .last(.chmod) }
      if form != .datagrams {
        guard listen(descriptor.raw, backlog) == 0 else { throw .last(.listen) }
      }
      return listener
    } catch {
      if error.code == EADDRINUSE { throw .busy(path: path) }
      throw .from(error, path: path)
    }
  }

  /// A socket that systemd made: its file is systemd's, too.
  init(passed descriptor: Descriptor, path: String, form: Form) {
    (self.descriptor, self.path, self.identity) = (descriptor, path, nil)
    (self.form, mode, backlog) = (form, 0o660, Self.backlog)
  }

  private init(
    _ descriptor: Descriptor, _ path: String, _ identity: FileIdentity, _ form: Form,
    _ mode: UInt32, _ backlog: Int32
  ) {
    (self.descriptor, self.path, self.identity) = (descriptor, path, identity)
    (self.form, self.mode, self.backlog) = (form, mode, backlog)
  }

  /// One more like this, at the same place.
  package func openAgain() throws(SocketError) -> UnixListener {
    try Self.open(path: path, form: form, mode: mode, backlog: backlog)
  }

  deinit { removeFile() }

  /// Whether its file still stands at its path. A cleaner of temporary files may take it away, and
  /// then nobody can connect any more.
  package var hasFile: Bool { identity == nil || isFileThere }

  private var isFileThere: Bool { (try? FileIdentity(path: path)) == identity }

  /// Removes the socket's file, if it is still this listener's. For a process that is about to end
  /// and will run no `deinit`.
  package func removeFile() {
    if identity != nil, isFileThere { _ = path.withCString { unlink($0) } }
  }

  /// Accepts the next connection; its descriptor does not block.
  ///
  /// - Returns: nil when no connection waits any more.
  /// - Throws: EMFILE and similar errors; the connection stays in the queue.
  package func accept() throws(SystemError) -> Descriptor? {
    let raw = uninterrupted { cp_accept(descriptor.raw) }
    if raw >= 0 { return Descriptor(owning: raw) }
    // A program that gave up while it waited counts as none.
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
      case .noListener: _ = path.withCString { unlink($0) }
      case .missing: break  // its owner removed it meanwhile
      default: throw error
      }
      return
    }
    throw .busy(path: path)
  }
}
