import CPlatform

/// Sockets that systemd made before the agent started, and handed over with a socket unit
/// (sd_listen_fds(3)): their descriptors begin at 3, and three variables of the environment tell of
/// them.
package struct PassedSockets {
  package struct Socket {
    package let descriptor: Descriptor
    /// Where it listens; empty where it has no path.
    package let path: String
    /// Nil of a socket that is no Unix socket that listens or receives.
    package let form: UnixListener.Form?
  }

  /// Sensors that listen, twice: more are not taken over.
  private static let socketsMax: Int32 = 32
  private static let first: Int32 = 3

  package let sockets: [Socket]

  package init(_ sockets: [Socket] = []) { self.sockets = sockets }

  /// Setup, once and before the first thread: takes over what was handed to this process. The
  /// programs that it starts inherit nothing of it.
  package static func take() -> PassedSockets {
    defer {
      for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] {
        _ = name.withCString { unsetenv($0) }
      }
    }
    guard let process = Environment.value("LISTEN_PID").flatMap({ Int32($0) }),
      process == getpid(),
      let count = Environment.value("LISTEN_FDS").flatMap({ Int32($0) }), count > 0
    else { return PassedSockets() }
    return PassedSockets((first..<first + min(count, socketsMax)).compactMap { socket($0) })
  }

  private static func socket(_ raw: Int32) -> Socket? {
    let flags = cp_fcntl(raw, F_GETFL, 0)
    guard flags >= 0 else { return nil }
    _ = cp_fcntl(raw, F_SETFL, flags | O_NONBLOCK)
    _ = cp_fcntl(raw, F_SETFD, FD_CLOEXEC)
    var path = InlineArray<108, UInt8>(repeating: 0)
    var span = path.mutableSpan
    let text = span.withUnsafeMutableBytes { bytes in
      let count = cp_socket_path(raw, bytes.baseAddress!, Int32(bytes.count))
      return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    }
    return Socket(descriptor: Descriptor(owning: raw), path: text, form: form(raw))
  }

  private static func form(_ raw: Int32) -> UnixListener.Form? {
    let isListening = cp_socket_listens(raw) == 1
    return switch cp_socket_type(raw) {
    case CP_TYPE_STREAM where isListening: .stream
    case CP_TYPE_PACKETS where isListening: .packets
    case CP_TYPE_DATAGRAM: .datagrams
    default: nil
    }
  }

  /// Of the sockets that are none of these.
  package func paths(notAmong known: [String]) -> [String] {
    sockets.map { $0.path.isEmpty ? "no path" : $0.path }.filter { !known.contains($0) }
  }

  /// The socket at that path, if it is of that form.
  package func listener(path: String, form: UnixListener.Form) -> UnixListener? {
    sockets.first { $0.path.utf8.elementsEqual(path.utf8) && $0.form == form }
      .map { UnixListener(passed: $0.descriptor, path: path, form: form) }
  }
}
