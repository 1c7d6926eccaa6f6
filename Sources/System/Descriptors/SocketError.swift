import CPlatform

/// Why a Unix socket could not be connected or made.
package enum SocketError: Error, Equatable, Sendable {
  /// Nothing is there.
  case missing(path: String)
  case notPermitted(path: String)
  /// Another program listens there.
  case busy(path: String)
  /// The file at the path is no socket.
  case notSocket(path: String)
  /// There is a socket file, but no program listens.
  case noListener(path: String)
  /// The path is longer than `UnixSocket.pathBytesMax` bytes.
  case pathBytes(path: String, bytes: Int)
  case system(path: String, SystemError)

  /// The case for an errno value that a call left for `path`.
  static func from(_ error: SystemError, path: String) -> SocketError {
    switch error.code {
    case ENOENT, ENOTDIR, ENXIO, ENODEV: .missing(path: path)
    case EACCES, EPERM: .notPermitted(path: path)
    case EBUSY: .busy(path: path)
    default: .system(path: path, error)
    }
  }
}
