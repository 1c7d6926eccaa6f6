import CPlatform

/// Why a Unix socket was neither connected nor made.
package enum SocketError: Error, Equatable, Sendable {
  /// Nothing is there.
  case missing(path: String)
  case notPermitted(path: String)
  /// Another program answers there.
  case busy(path: String)
  /// Something that is no socket stands where a socket is to be.
  case notSocket(path: String)
  /// A socket file without a listener behind it.
  case nobodyListens(path: String)
  /// A path holds `UnixSocket.pathBytesMax` bytes.
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
