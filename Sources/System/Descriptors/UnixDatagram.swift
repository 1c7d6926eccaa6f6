import CPlatform

/// Datagram sockets for the two services of systemd to which the agent writes.
package enum UnixDatagram {
  /// A non-blocking socket connected to a path (`@name`: the abstract namespace), or -1.
  package static func connected(to path: String) -> Int32 {
    open(path) { cp_connect($0, $1, $2) }
  }

  /// A non-blocking socket that receives at a path, or -1.
  package static func bound(to path: String) -> Int32 {
    open(path) { cp_bind($0, $1, $2) }
  }

  private static func open(
    _ path: String, _ attach: (Int32, UnsafePointer<sockaddr_un>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_un()
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      return -1
    }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { target in
      target.copyBytes(from: bytes)
      if bytes[0] == UInt8(ascii: "@") { target[0] = 0 }
    }
    let descriptor = socket(AF_UNIX, CP_DATAGRAM, 0)
    guard descriptor >= 0 else { return -1 }
    let length = MemoryLayout<sa_family_t>.size + bytes.count
    guard attach(descriptor, &address, socklen_t(length)) == 0 else {
      close(descriptor)
      return -1
    }
    return descriptor
  }
}
