import CPlatform

/// The client's side of a Unix stream socket, and functions that both sides need.
package enum UnixSocket {
  /// `sockaddr_un.sun_path` is 108 bytes and ends with a zero.
  package static let pathBytesMax = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// Connects without waiting.
  ///
  /// - Throws: `.missing`, `.noListener`, `.busy` while the listener's queue is full, …
  package static func connect(path: String) throws(SocketError) -> Descriptor {
    var address = try address(path: path)
    do throws(SystemError) {
      let descriptor = try stream()
      let bytes = socklen_t(MemoryLayout<sockaddr_un>.size)
      guard uninterrupted({ cp_connect(descriptor.raw, &address, bytes) }) == 0 else {
        throw .last(.connect)
      }
      return descriptor
    } catch {
      switch error.code {
      case ECONNREFUSED: throw .noListener(path: path)
      // A full queue, or a socket of another type: in both cases a program has the socket.
      case EAGAIN, EPROTOTYPE: throw .busy(path: path)
      default: throw .from(error, path: path)
      }
    }
  }

  static func stream() throws(SystemError) -> Descriptor { try make(CP_STREAM) }

  static func make(_ type: Int32) throws(SystemError) -> Descriptor {
    let raw = socket(AF_UNIX, type, 0)
    guard raw >= 0 else { throw .last(.socket) }
    return Descriptor(owning: raw)
  }

  static func address(path: String) throws(SocketError) -> sockaddr_un {
    let count = path.utf8.count
    guard (1...UnixSocket.pathBytesMax).contains(count) else {
      throw .pathBytes(path: path, bytes: count)
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return address
  }
}
